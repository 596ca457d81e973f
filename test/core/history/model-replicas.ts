import type { Clock, Random } from '../../../core';
import type { Incident } from './fault';
import type { Commit } from './journal';

/** Reads of one record, as the server's replicas answer them. */
export class ModelReplicas {
  private readonly commits: Commit[] = [];
  private stuck: { readonly shows: Commit; readonly untilMs: number } | undefined;
  private flipping: { readonly byMs: number; readonly untilMs: number } | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    first: Commit,
  ) {
    this.commits.push(first);
  }

  get latest(): Commit {
    return this.commits.at(-1) ?? this.oldest;
  }

  add(commit: Commit): void {
    this.commits.push(commit);
  }

  befall(incident: Extract<Incident, { kind: 'lag' | 'flips' }>): void {
    const untilMs = this.clock.now() + incident.forMs;
    if (incident.kind === 'lag') this.stuck = { shows: this.latest, untilMs };
    else this.flipping = { byMs: incident.byMs, untilMs };
  }

  /** What a read shows. */
  show(): Commit {
    const now = this.clock.now();
    if (this.stuck && now < this.stuck.untilMs) return this.stuck.shows;
    if (this.flipping && now < this.flipping.untilMs) {
      // One replica is up to date, the others are not.
      const behindMs = Math.floor(Math.max(0, this.random() * 2 - 1) * this.flipping.byMs);
      return this.commits.findLast(({ atMs }) => atMs <= now - behindMs) ?? this.oldest;
    }
    return this.latest;
  }

  private get oldest(): Commit {
    const [first] = this.commits;
    if (!first) throw new Error('A record has a first version.');
    return first;
  }
}
