import type { Clock, Random } from '../../../core';
import type { Incident } from './fault';

/** Reads of one record, as the server's replicas answer them. */
export class ModelReplicas<State extends { readonly atMs: number }> {
  private readonly states: State[] = [];
  private stuck: { readonly shows: State; readonly untilMs: number } | undefined;
  private flipping: { readonly byMs: number; readonly untilMs: number } | undefined;

  /** @param lagMs how far behind the next read is, beside what befalls the record */
  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    first: State,
    private readonly lagMs = () => 0,
  ) {
    this.states.push(first);
  }

  get latest(): State {
    return this.states.at(-1) ?? this.oldest;
  }

  add(state: State): void {
    this.states.push(state);
  }

  befall(incident: Extract<Incident, { kind: 'lag' | 'flips' }>): void {
    const untilMs = this.clock.now() + incident.forMs;
    if (incident.kind === 'lag') this.stuck = { shows: this.latest, untilMs };
    else this.flipping = { byMs: incident.byMs, untilMs };
  }

  /** What a read shows. */
  show(): State {
    const now = this.clock.now();
    if (this.stuck && now < this.stuck.untilMs) return this.stuck.shows;
    const shownMs = now - this.lagMs() - this.flipMs(now);
    return this.states.findLast(({ atMs }) => atMs <= shownMs) ?? this.oldest;
  }

  private flipMs(now: number): number {
    if (!this.flipping || now >= this.flipping.untilMs) return 0;
    // One replica is up to date, the others are not.
    return Math.floor(Math.max(0, this.random() * 2 - 1) * this.flipping.byMs);
  }

  private get oldest(): State {
    const [first] = this.states;
    if (!first) throw new Error('A record has a first version.');
    return first;
  }
}
