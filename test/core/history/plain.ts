import { type Clock, StoreError, UpdateError, type UpdateErrorReason } from '../../../core';
import { type Change, type Snapshot, type UpdateResult } from '../flat';
import { heedingRetryAfter, type Implementation, type Target } from './implementation';
import { type Content, holds } from './operation';
import { ProcessMemory, type RecordMemory } from './process-memory';

/** What a plain client may get wrong. */
export type Flaw =
  | 'takes an echo for a base'
  | 'takes an echo for the record'
  | 'believes old reads'
  | 'forgets with its caller'
  | 'takes content for proof'
  | 'applies once more'
  | 'forgets a write without an answer'
  | 'leaves what was taken'
  | 'believes every 404'
  | 'gives way to its own process'
  | 'sees no strangers';

/** Between looks that prove nothing, and between attempts. */
const PAUSE_MS = 100;

type Limits = Parameters<ReturnType<Implementation>>;

/**
 * Each caller for itself: the plainest client that tells the truth in an unclean world, to try the
 * checker on. Nothing but what the callers of a process have seen and written is shared.
 */
export function plain(flaw?: Flaw): Implementation {
  return heedingRetryAfter(({ clock }) => {
    const memory = new ProcessMemory(clock);
    return async (target, change, policy, signal) => {
      const known = flaw === 'forgets with its caller' ? new ProcessMemory(clock) : memory;
      return await new PlainUpdate(
        target,
        change,
        policy,
        signal,
        clock,
        known.of(target.key),
        flaw,
      ).run();
    };
  });
}

interface SentWrite {
  readonly base: Snapshot<Content>;
  readonly next: Content;
  readonly report: Content;
}

class PlainUpdate {
  private readonly endsAt: number;
  private first: Content | undefined;
  /** Sent, and not answered. */
  private lost: SentWrite | undefined;
  /** Answered with 200, but not seen yet. */
  private taken: SentWrite | undefined;
  private failure: StoreError | undefined;

  constructor(
    private readonly target: Target,
    private readonly change: Change<Content, Content>,
    private readonly policy: Limits[2],
    private readonly signal: AbortSignal | undefined,
    private readonly clock: Clock,
    private readonly known: RecordMemory,
    private readonly flaw: Flaw | undefined,
  ) {
    this.endsAt = clock.now() + policy.totalTimeoutMs;
  }

  async run(): Promise<UpdateResult<Content, Content>> {
    for (;;) {
      this.checkTime();
      try {
        const result = await this.attempt();
        if (result) return result;
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.failure = error;
        if (error.failure.kind === 'permanent') this.endAsPermanent(error);
      }
      await this.pause();
    }
  }

  private async attempt(): Promise<UpdateResult<Content, Content> | undefined> {
    const base = await this.base();
    if (!base) return undefined;
    this.checkTime();
    const { taken } = this;
    // What shows has come after it, or is it.
    if (taken) {
      const isPast = (base.version ?? 0) > (taken.base.version ?? 0);
      return isPast ? this.success('written', base, taken.report) : undefined;
    }
    const proved = this.settle(base);
    if (proved) return proved;
    this.first ??= base.state;
    const first = this.known.shifted(
      this.first,
      base.state,
      this.flaw === 'gives way to its own process',
    );
    const { state } = base;
    const seen = this.flaw === 'sees no strangers' ? state : first;
    const reads = { first: { state: seen }, now: { state }, theirs: {} };
    const verdict = this.change.apply(base, reads, undefined);
    switch (verdict.kind) {
      case 'unchanged':
        if (this.lost) this.end('indeterminate');
        return this.success('unchanged', base, verdict.report);
      case 'refused':
        return this.end('refused', verdict.reason);
      case 'write':
        return await this.write({ base, next: verdict.next, report: verdict.report });
    }
  }

  /** The record as it is, unless what is read is known to be older. */
  private async base(): Promise<Snapshot<Content> | undefined> {
    const echo = this.known.takeEcho();
    if (echo && this.flaw === 'takes an echo for a base') return echo;
    const snapshot = await this.target.store.read(this.limits());
    const isOld = (snapshot.version ?? 0) < this.known.newest;
    this.known.see(snapshot.version);
    return isOld && this.flaw !== 'believes old reads' ? undefined : snapshot;
  }

  /** Finds out what became of a write without an answer. */
  private settle(now: Snapshot<Content>): UpdateResult<Content, Content> | undefined {
    const { lost } = this;
    const moves = (now.version ?? 0) - (lost?.base.version ?? 0);
    if (!lost || moves === 0) return undefined;
    const changed = Object.keys({ ...lost.base.state, ...lost.next }).filter(
      (name) => lost.base.state[name] !== lost.next[name],
    );
    const wanted = Object.fromEntries(changed.map((name) => [name, lost.next[name] ?? '']));
    const isThere = holds(now.state, wanted);
    const isNotThere = changed.every((name) => now.state[name] === lost.base.state[name]);
    const provesNothing = !this.change.idempotent || this.change.conditional === true;
    if (isThere && (!provesNothing || this.flaw === 'takes content for proof')) {
      return this.success('written', now, lost.report);
    }
    if (moves === 1 && isNotThere) this.lost = undefined;
    else if (provesNothing && this.flaw !== 'applies once more') this.end('indeterminate');
    return undefined;
  }

  private async write(write: SentWrite): Promise<UpdateResult<Content, Content> | undefined> {
    const { base, next, report } = write;
    const values = this.known.noteWrite(base.state, next);
    try {
      const { snapshot } = await this.target.store.write(next, base, this.limits());
      this.known.noteWriteEnd();
      this.known.see(Math.max((base.version ?? 0) + 1, snapshot?.version ?? 0));
      this.known.keepEcho(snapshot);
      if (this.flaw === 'takes an echo for the record' && snapshot) {
        return this.success('written', snapshot, report);
      }
      this.taken = write;
      this.lost = undefined;
      return undefined;
    } catch (error) {
      if (error instanceof StoreError) {
        this.noteFailure(error, write);
        if (error.failure.kind !== 'ambiguous') this.known.forgetWrite(values);
      }
      throw error;
    }
  }

  private noteFailure({ failure }: StoreError, write: SentWrite): void {
    if (failure.kind === 'ambiguous') {
      this.known.noteWriteEnd();
      if (this.flaw !== 'forgets a write without an answer') this.lost = write;
    }
    if (failure.kind !== 'conflict') return;
    this.known.see(failure.current?.version ?? null);
    if (failure.namesVersion) this.known.see((write.base.version ?? 0) + 1);
  }

  private endAsPermanent(error: StoreError): void {
    const { failure } = error;
    const isAbsent = failure.kind === 'permanent' && failure.isAbsent;
    const passes = isAbsent && this.known.hasJustWritten && this.flaw !== 'believes every 404';
    if (!passes) this.end('permanent');
  }

  private checkTime(): void {
    if (this.signal?.aborted) this.end('cancelled');
    if (this.clock.now() >= this.endsAt) this.end('deadline');
  }

  private async pause(): Promise<void> {
    const ms = Math.min(PAUSE_MS, Math.max(0, this.endsAt - this.clock.now()));
    await this.clock.sleep(ms, this.signal).catch(() => undefined);
  }

  private limits() {
    const timeoutMs = Math.min(this.policy.requestTimeoutMs, this.endsAt - this.clock.now());
    return { timeoutMs, ...(this.signal && { signal: this.signal }) };
  }

  private success(
    outcome: 'written' | 'unchanged',
    snapshot: Snapshot<Content>,
    report: Content,
  ): UpdateResult<Content, Content> {
    return { ...NOTHING_DONE, outcome, snapshot, report, changed: new Map(), batchSize: 1 };
  }

  private end(reason: UpdateErrorReason, message = ''): never {
    const isTaken = this.taken !== undefined && this.flaw !== 'leaves what was taken';
    const isUnknown = this.lost !== undefined || isTaken;
    const why = isUnknown ? 'indeterminate' : reason;
    throw new UpdateError(message, why, NOTHING_DONE, this.failure);
  }
}

const NOTHING_DONE = { attempts: 0, conflicts: 0, waitedMs: 0, elapsedMs: 0 };
