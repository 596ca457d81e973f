import {
  type Base,
  type Batch,
  bystandersOf,
  compose,
  isFreshFor,
  isUnproven,
  type Part,
  writersOf,
} from './batch';
import type { Contention } from './contention';
import type { Member } from './member';
import type { Memory } from './memory';
import { type Judge, type ReadBack, type Watcher, worstOf } from './read-back';
import { readAfterMove } from './read-after-move';
import {
  type Failure,
  isStoreError,
  type Permit,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
} from './store';
import type { Surroundings } from './update-types';

/** State that came with a conflict is fresh for so long, in ms: for a retry at once, not after a wait. */
const FRESH_AFTER_CONFLICT_MS = 250;

/** What the cycles of a lane share. */
export interface CycleContext<State, Report> {
  readonly store: Store<State>;
  readonly surroundings: Surroundings;
  readonly memory: Memory<State, Report>;
  readonly contention: Contention;
  readonly readBack: ReadBack<State, Report>;
  /** Told of what a write has made from what, also of one that was lost and then found applied. */
  readonly onCommit: (from: State, to: State) => void;
  /** For so many ms after a write its receipt may serve as a base; 0 for never. */
  readonly freshMs: number;
}

/** One read, the changes of all members, one write. Tells each member what became of its attempt. */
export class Cycle<State, Report> {
  private readonly abort = new AbortController();
  /** Who waits for nothing but a value to be seen: what becomes of the write is not theirs. */
  private readonly handedOver = new Set<Member<State, Report>>();

  constructor(
    private readonly members: readonly Member<State, Report>[],
    private readonly permit: Permit | undefined,
    private readonly context: CycleContext<State, Report>,
  ) {}

  /** A member has left or wants to: what nobody waits for any more is not to be sent. */
  release(): void {
    const nobody = this.members.every((member) => member.gone || this.handedOver.has(member));
    if (nobody) this.abort.abort();
  }

  /** Who still takes part. */
  present(): readonly Member<State, Report>[] {
    return this.members.filter((member) => !this.handedOver.has(member) && member.stillTakesPart());
  }

  /** @throws what the store throws; whoever still takes part does not know of it yet. */
  async run(): Promise<void> {
    const { contention, memory, onCommit, store } = this.context;
    contention.begin();
    for (const member of this.members) {
      member.progress.attempts++;
      member.onLeave = () => {
        this.release();
      };
    }
    let base = this.kept() ?? (await this.read());
    for (;;) {
      for (const applied of memory.settleUnknown(base.snapshot, store)) {
        onCommit(applied.base.state, applied.next);
      }
      const batch = compose(this.present(), base);
      if (isUnproven(batch)) {
        base = await this.read();
        continue;
      }
      this.settleAtOnce(batch);
      if (batch.next === undefined) return;
      const receipt = await this.write(batch, batch.next);
      const written = receipt.snapshot ?? { state: batch.next, version: null };
      onCommit(base.snapshot.state, written.state);
      if (!receipt.incomplete) {
        this.succeeded(batch, written, receipt);
        return;
      }
      for (const [member, report] of writersOf(batch)) member.noteWritten(report);
      this.refuseUnusable(written);
      base = this.carried(written, 'receipt');
    }
  }

  /** What may stand in for a read. A receipt may well be out of date, so nobody's last attempt rests on one. */
  private kept(): Base<State> | undefined {
    const base = this.context.memory.takeKept(this.members, this.now());
    const isLast = this.members.some(
      ({ policy, progress }) => progress.attempts >= policy.maxAttempts,
    );
    return isLast && base?.carriedBy === 'receipt' ? undefined : base;
  }

  /** Tells those whose verdict rests on nothing but a read that is theirs too. */
  private settleAtOnce(batch: Batch<State, Report>): void {
    for (const part of batch.parts) {
      if (part.restsOnWrite || !isFreshFor(part.member, batch.base)) continue;
      this.conclude(part, batch, batch.base.snapshot, batch.base.snapshot.visibility);
    }
  }

  /** Ends the update of a member that has nothing to write. */
  private conclude(
    { member, verdict }: Part<State, Report>,
    { parts }: Batch<State, Report>,
    snapshot: Snapshot<State>,
    judge: Judge<State> | undefined,
  ): void {
    if (verdict.kind === 'refused') member.end('refused', verdict.reason);
    if (verdict.kind !== 'unchanged') return;
    if (member.isUncertain) {
      member.end(
        'indeterminate',
        'A write of unknown outcome may have been applied, or may still be.',
      );
      return;
    }
    const watcher = { member, report: verdict.report, batchSize: parts.length, wrote: false };
    if (verdict.unseen && judge && member.policy.waitUntilVisible !== false) {
      this.handedOver.add(member);
      this.context.readBack.watch(judge, [watcher]);
    } else {
      member.succeed(member.outcome, snapshot, watcher.report, watcher.batchSize);
    }
  }

  private succeeded(
    batch: Batch<State, Report>,
    written: Snapshot<State>,
    { visibility }: Receipt<State>,
  ): void {
    const { contention, freshMs, memory, readBack } = this.context;
    memory.noteSuccess(batch);
    contention.noteSuccess();
    if (written.version !== null) {
      memory.latest = written;
      memory.keep(this.carried(written, 'receipt'), freshMs);
    }
    const watchers: Watcher<State, Report>[] = [];
    for (const part of batch.parts) {
      const { member, verdict } = part;
      if (verdict.kind !== 'write') {
        this.conclude(part, batch, written, worstOf(batch.base.snapshot.visibility, visibility));
        continue;
      }
      const watcher = { member, report: verdict.report, batchSize: batch.parts.length };
      member.endWrite();
      if (!visibility) {
        member.succeed('written', written, watcher.report, watcher.batchSize);
      } else if (member.policy.waitUntilVisible === false) {
        member.succeed('accepted', written, watcher.report, watcher.batchSize);
      } else {
        member.uncertain = { accepted: true };
        watchers.push({ ...watcher, wrote: true });
      }
    }
    if (visibility) readBack.watch(visibility, watchers);
  }

  private async read(): Promise<Base<State>> {
    const { contention, memory, store, surroundings } = this.context;
    let { permit } = this;
    const timedRead = async () => {
      const sentAt = this.now();
      const limits = this.limits(permit);
      // Further reads must not use up the leave for the write.
      permit = undefined;
      const snapshot = await store.read(limits);
      return { snapshot, sentAt, answeredAt: this.now() };
    };
    const chaseGapMs = this.members
      .map((member) => member.chaseGapMs)
      .find((gapMs) => gapMs !== undefined);
    const read = await this.request(async () =>
      chaseGapMs === undefined
        ? await timedRead()
        : await readAfterMove(timedRead, surroundings.clock, chaseGapMs, this.abort.signal),
    );
    const { snapshot, sentAt, answeredAt } = read;
    this.refuseUnusable(snapshot);
    contention.observe(this.members, {
      kind: 'read',
      sentAt,
      answeredAt,
      version: snapshot.version,
      contentMoved:
        memory.latest !== undefined && !store.sameContent(memory.latest.state, snapshot.state),
    });
    memory.latest = snapshot;
    return read;
  }

  private refuseUnusable({ version }: Snapshot<State>): void {
    const { contention, memory, store } = this.context;
    if (!store.versioned) return;
    if (version === null) {
      throw new StoreError(
        'The record came without a version, so a write could not be made safe.',
        { kind: 'permanent' },
      );
    }
    const seen = memory.latest?.version ?? 0;
    if (version < seen) {
      contention.observe(this.members, { kind: 'fault' });
      throw new StoreError(
        `The record was read at version ${version} after version ${seen} had been seen.`,
        { kind: 'transient' },
      );
    }
  }

  private async write(batch: Batch<State, Report>, next: State): Promise<Receipt<State>> {
    const { memory, store } = this.context;
    const { base, parts } = batch;
    const reports = writersOf(batch);
    for (const member of reports.keys()) member.beginWrite();
    const sentAt = this.now();
    memory.noteWrite(sentAt);
    try {
      return await this.request(async () => {
        try {
          return await store.write(next, base.snapshot, this.limits(this.permit));
        } finally {
          memory.noteWrite(this.now());
        }
      });
    } catch (error) {
      if (!isStoreError<State>(error)) throw error;
      if (error.failure.kind === 'ambiguous') {
        memory.unsettled.push({
          base: base.snapshot,
          next,
          reports,
          bystanders: bystandersOf(batch),
          batchSize: parts.length,
        });
        for (const member of reports.keys()) member.uncertain = { accepted: false };
      }
      for (const member of reports.keys()) member.endWrite();
      if (error.failure.kind !== 'conflict') throw error;
      const isUnexplained = this.noteConflict(error.failure, parts, base, sentAt);
      throw isUnexplained ? this.notAboutVersion(error) : error;
    }
  }

  /** @returns whether it cannot be about the version */
  private noteConflict(
    { current, namesVersion }: Extract<Failure<State>, { kind: 'conflict' }>,
    parts: readonly Part<State, Report>[],
    base: Base<State>,
    sentAt: number,
  ): boolean {
    const { contention, memory } = this.context;
    const { version } = base.snapshot;
    for (const { member } of parts) member.progress.conflicts++;
    contention.noteConflict();
    if (base.carriedBy === 'receipt') {
      // That somebody has written since our own last write says nothing about now.
      contention.retryAtOnce();
    } else {
      contention.observe(this.members, { kind: 'conflict', sentAt, answeredAt: this.now() });
    }
    if (current && contention.isFirstConflict && (current.version ?? 0) > (version ?? 0)) {
      memory.keep(this.carried(current, 'conflict'), FRESH_AFTER_CONFLICT_MS);
      contention.retryAtOnce();
    }
    return memory.noteConflict(version, namesVersion);
  }

  /** What several wrote together may be the fault of one of them; what one wrote alone is its own. */
  private notAboutVersion(error: StoreError<State>): StoreError<State> {
    if (this.members.length > 1) {
      return new StoreError(error.message, { kind: 'permanent', aboutContent: true });
    }
    for (const member of this.present()) member.end('permanent');
    return error;
  }

  /** Runs one request and notes how it failed. */
  private async request<Reply>(send: () => Promise<Reply>): Promise<Reply> {
    try {
      return await send();
    } catch (error) {
      if (isStoreError<State>(error)) {
        const { kind } = error.failure;
        for (const member of this.members) {
          if (!this.handedOver.has(member)) member.lastFailure = error;
        }
        // What is given up because nobody waits for it is no fault.
        if (kind !== 'conflict' && kind !== 'permanent' && !this.abort.signal.aborted) {
          this.context.contention.observe(this.members, { kind: 'fault' });
        }
      }
      throw error;
    }
  }

  /** The longest time that any member allows for a request. */
  private limits(permit: Permit | undefined): RequestLimits {
    let timeoutMs = 0;
    for (const member of this.members) timeoutMs = Math.max(timeoutMs, member.requestTimeoutMs());
    return { timeoutMs, signal: this.abort.signal, ...(permit && { permit }) };
  }

  private carried(snapshot: Snapshot<State>, carriedBy: 'receipt' | 'conflict'): Base<State> {
    return { snapshot, sentAt: this.now(), answeredAt: this.now(), carriedBy };
  }

  private now(): number {
    return this.context.surroundings.clock.now();
  }
}
