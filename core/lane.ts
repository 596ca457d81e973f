import { askedToWaitMs, Contention } from './contention';
import { Cycle, type CycleContext } from './cycle';
import type { Member } from './member';
import { Memory } from './memory';
import { ReadBack } from './read-back';
import {
  isStoreError,
  type Permit,
  type Snapshot,
  type Store,
  StoreError,
  type TimedSnapshot,
} from './store';
import type { LaneOptions, UpdateResult } from './update-types';

/** A cycle sends a read and a write at most, as long as nothing goes wrong. */
const REQUESTS_OF_A_CYCLE = 2;

/**
 * All updates of one record that are under way in this process, in the name of one client. Each cycle
 * takes in whoever waits; whoever comes after its read has been sent is in the next one.
 *
 * Each member keeps its own attempts, deadline, cancellation and outcome: what becomes of one changes
 * nothing for the others.
 */
export class Lane<State, Report> {
  /** All whose update is not over. */
  private readonly members = new Set<Member<State, Report>>();
  private readonly queue = new Set<Member<State, Report>>();
  private running = false;
  /** Whether the next cycle is being waited for, and not under way. */
  private waiting = false;
  /** Ends the wait for the next cycle, so that it is considered anew. */
  private stir = new AbortController();
  /** When the next cycle is to begin, as far as is known. */
  private opensAt = -Infinity;
  private readonly context: CycleContext<State, Report>;

  constructor(
    private readonly store: Store<State>,
    private readonly options: LaneOptions,
  ) {
    const { clock, freshMs, random } = options;
    const contention = new Contention(clock, random);
    const readBack = new ReadBack<State, Report>(store, clock, (read, members) => {
      contention.observe(members, { kind: 'conflict', ...read });
      this.fail(
        members,
        new StoreError('Somebody else wrote to the same attributes right after us.', {
          kind: 'conflict',
          namesVersion: false,
        }),
      );
    });
    const memory = new Memory<State, Report>();
    const onCommit = (from: State, to: State) => {
      this.rebase(from, to);
    };
    this.context = {
      store,
      surroundings: options,
      freshMs,
      memory,
      contention,
      readBack,
      onCommit,
    };
  }

  /** Until when the lane knows something that is worth keeping it for. */
  get freshUntil(): number {
    return this.context.memory.freshUntil;
  }

  /** Takes an update in that is new to the lane. */
  async join(
    member: Member<State, Report>,
    seen: TimedSnapshot<State> | undefined,
  ): Promise<UpdateResult<State, Report>> {
    if (this.queue.size >= this.options.maxQueue) {
      throw member.failed('throttled', `${this.queue.size} updates of this record wait already.`);
    }
    this.members.add(member);
    member.onEnd = () => this.members.delete(member);
    this.context.contention.teach(member);
    if (seen) this.context.memory.keep(seen, this.options.freshMs);
    return await this.ride(member);
  }

  /**
   * Takes a member into the next cycle.
   *
   * @throws {StoreError} where the attempt has failed.
   * @throws {UpdateError} where the update has.
   */
  async ride(member: Member<State, Report>): Promise<UpdateResult<State, Report>> {
    member.stopIfOver();
    const closed = this.store.admission?.closed();
    if (closed && askedToWaitMs(closed.failure) >= member.progress.remainingMs()) {
      member.lastFailure = closed;
      throw member.failed('throttled');
    }
    const outcome = member.takePart();
    this.enqueue(member);
    if (!this.running) void this.run();
    else if (member.notBefore < this.opensAt) this.stir.abort();
    return await outcome;
  }

  private enqueue(member: Member<State, Report>): void {
    this.queue.add(member);
    if (this.waiting) member.progress.beginWait();
    member.heldBackBy = () => (this.queue.has(member) ? this.store.admission?.closed() : undefined);
    member.onLeave = () => {
      if (this.queue.delete(member) && this.queue.size === 0) this.stir.abort();
    };
  }

  /** How long a member waits after the last failure, in ms. */
  delayMs(member: Member<State, Report>): number {
    return this.context.contention.delayMs(member);
  }

  private async run(): Promise<void> {
    this.running = true;
    for (;;) {
      // Whoever comes in the same turn of the event loop is in the same cycle.
      await this.options.clock.turn();
      const permit = (await this.opens()) ? await this.permission() : undefined;
      // Whoever asked for leave may have left, and others may have come, in the same moment.
      if (permit || !this.store.admission) await this.cycle(this.takeBatch(), permit);
      permit?.giveBack();
      this.dropSettled();
      if (this.queue.size === 0) break;
    }
    this.running = false;
  }

  /** A cycle may have found out what became of an earlier write of those who wait for the next one. */
  private dropSettled(): void {
    for (const member of this.queue) {
      if (!member.waits) this.queue.delete(member);
    }
  }

  /** Those who go next, in order of arrival: whoever tries again has come before the newcomers. */
  private takeBatch(): Member<State, Report>[] {
    const batch: Member<State, Report>[] = [];
    let company = Infinity;
    for (const member of this.inOrder()) {
      company = Math.min(company, member.company);
      if (batch.length >= company) break;
      this.queue.delete(member);
      if (member.stillTakesPart()) batch.push(member);
    }
    return batch;
  }

  /**
   * Who may go. Where lane-mates do not go along, whoever waits for its own time must neither go
   * before it nor hold up the others.
   */
  private inOrder(): readonly Member<State, Report>[] {
    const waiting = [...this.queue].sort((one, other) => one.arrival - other.arrival);
    if (waiting.every(({ company }) => company === Infinity)) return waiting;
    const now = this.options.clock.now();
    return waiting.filter(({ notBefore }) => notBefore <= now);
  }

  /** Waits until the next cycle may begin. Answers `false` where nobody waits for one any more. */
  private async opens(): Promise<boolean> {
    const { clock } = this.options;
    while (this.queue.size > 0) {
      let earliest = Infinity;
      for (const { notBefore } of this.queue) earliest = Math.min(earliest, notBefore);
      this.opensAt = Math.max(earliest, this.context.contention.floorAt);
      const waitMs = this.opensAt - clock.now();
      if (waitMs <= 0) return true;
      this.stir = new AbortController();
      this.beginWait();
      await clock.sleep(waitMs, this.stir.signal).catch(() => undefined);
      this.endWait();
    }
    return false;
  }

  /** Got before the read: a wait between read and write would invite conflicts. */
  private async permission(): Promise<Permit | undefined> {
    this.stir = new AbortController();
    this.opensAt = -Infinity;
    this.beginWait();
    const permit = await this.store.admission
      ?.permit(REQUESTS_OF_A_CYCLE, this.stir.signal, this.context.contention.hadConflict)
      .catch(() => undefined);
    this.endWait(permit?.waitedMs);
    return permit;
  }

  private beginWait(): void {
    this.waiting = true;
    for (const { progress } of this.queue) progress.beginWait();
  }

  private endWait(atMostMs?: number): void {
    this.waiting = false;
    for (const { progress } of this.queue) progress.endWait(atMostMs);
  }

  private async cycle(
    members: readonly Member<State, Report>[],
    permit: Permit | undefined,
  ): Promise<void> {
    if (members.length === 0) return;
    const cycle = new Cycle(members, permit, this.context);
    try {
      await cycle.run();
    } catch (error) {
      const present = cycle.present();
      // Whoever has left meanwhile may be the one whose part was refused.
      if (isAboutContent(error) && members.length > 1) this.separate(present);
      else if (present.length > 0) this.fail(present, error);
    }
  }

  /** The server refuses what all together wrote: only whose part it was shall hear of it. */
  private separate(members: readonly Member<State, Report>[]): void {
    for (const member of members) {
      member.company = Math.ceil(members.length / 2);
      member.lastFailure = undefined;
      this.enqueue(member);
    }
  }

  /** What lane-mates have written is not "somebody else's". */
  private rebase(from: State, to: State): void {
    // Many share one, and go on sharing it.
    const rebased = new Map<Snapshot<State>, Snapshot<State>>();
    for (const member of this.members) {
      const { first } = member;
      if (!first) continue;
      const known = rebased.get(first) ?? {
        ...first,
        state: this.store.rebase(first.state, from, to),
      };
      rebased.set(first, known);
      member.first = known;
    }
  }

  private fail(members: readonly Member<State, Report>[], error: unknown): void {
    this.context.contention.noteFailure(error);
    for (const member of members) {
      if (isStoreError<State>(error)) member.fail(error);
      else member.crash(error);
    }
  }
}

function isAboutContent(error: unknown): boolean {
  return isStoreError(error) && 'aboutContent' in error.failure;
}
