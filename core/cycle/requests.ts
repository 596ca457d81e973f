import type { Delta } from '../parts';
import {
  type Failure,
  isAbsent,
  isStoreError,
  type Permit,
  type Receipt,
  type RequestLimits,
  StoreError,
  type TimedSnapshot,
} from '../store';
import type { Update } from '../update/update';
import type { CycleContext } from './cycle-context';
import { readAfterMove } from './read-after-move';
import { cameWith, type Reading, timedRead } from './reading';

/** State that came with a conflict is fresh for so long, in ms: for a retry at once, not after a wait. */
const FRESH_AFTER_CONFLICT_MS = 250;

/** Sends the requests of one cycle, and notes what they tell of the record and of those who compete for it. */
export class Requests<Raw, Note> {
  private readonly abort = new AbortController();
  private isAsking = false;
  private hasRead = false;
  /** Got for the write alone, where the first one was for a single request. */
  private writePermit: Permit | undefined;

  constructor(
    private readonly updates: readonly Update<Raw, Note>[],
    private readonly permit: Permit | undefined,
    private readonly context: CycleContext<Raw, Note>,
  ) {}

  /** Ends a read, and keeps a write from being sent; one that is on its way is seen to its end. */
  giveUp(): void {
    if (this.isAsking) this.abort.abort();
  }

  /**
   * Waits for the permit to write, where there was none to be had for a read and a write together.
   *
   * @returns whether there was one already: else time has passed, and somebody may have left
   */
  async mayWrite(): Promise<boolean> {
    const { permit, writePermit } = this;
    const isForBoth = permit?.requests === undefined;
    if (writePermit || isForBoth || !this.hasRead || this.abort.signal.aborted) return true;
    for (const { progress } of this.updates) progress.beginWait();
    this.isAsking = true;
    this.writePermit = await this.context.store.admission
      ?.permit(1, this.abort.signal)
      .catch(() => undefined);
    this.isAsking = false;
    for (const { progress } of this.updates) progress.endWait();
    return false;
  }

  /** Gives back what was not used. */
  giveBack(): void {
    this.writePermit?.giveBack();
  }

  async read(): Promise<TimedSnapshot<Raw>> {
    const { clock, record, store } = this.context;
    // Further reads must not use up the permit for the write.
    let spare = this.permit;
    this.hasRead = true;
    const read = async () => {
      const limits = { ...this.limits(spare), mayBeAbsent: record.mayBeAbsent };
      spare = undefined;
      return await timedRead(store, limits, clock);
    };
    const chaseGapMs = this.updates
      .map((update) => update.chaseGapMs)
      .find((gapMs) => gapMs !== undefined);
    return await this.noting(async () =>
      chaseGapMs === undefined
        ? await read()
        : await readAfterMove(read, clock, chaseGapMs, this.abort.signal),
    );
  }

  /** Waits so many ms, or until nobody waits with it any more. */
  async pause(ms: number): Promise<void> {
    this.isAsking = true;
    await this.context.clock.sleep(ms, this.abort.signal).catch(() => undefined);
    this.isAsking = false;
  }

  async write(delta: Delta, base: Reading<Raw>): Promise<Receipt<Raw>> {
    const { memory, record, store } = this.context;
    const sentAt = this.now();
    memory.noteWrite(sentAt);
    try {
      return await this.noting(async () => {
        try {
          const permit = this.writePermit ?? this.permit;
          return await store.write(delta, base.snapshot, this.limits(permit));
        } finally {
          memory.noteWrite(this.now());
        }
      });
    } catch (error) {
      if (!isStoreError<Raw>(error)) throw error;
      if (error.failure.kind === 'ambiguous') record.noteWrite();
      if (isAbsent(error) && record.mayBeAbsent) {
        throw new StoreError(error.message, { kind: 'transient' }, { cause: error.cause });
      }
      if (error.failure.kind !== 'conflict') throw error;
      throw this.noteConflict(error.failure, base, sentAt, error.message)
        ? this.notAboutVersion(error)
        : error;
    }
  }

  /** @returns whether it cannot be about the version */
  private noteConflict(
    { current, namesVersion }: Extract<Failure<Raw>, { kind: 'conflict' }>,
    base: Reading<Raw>,
    sentAt: number,
    words: string,
  ): boolean {
    const { contention, memory, record } = this.context;
    const { version } = base.snapshot;
    const answeredAt = this.now();
    for (const update of this.updates) {
      if (update.takesPart) update.progress.noteConflict();
    }
    contention.noteConflict();
    // That somebody has written since our own last write says nothing about now.
    if (base.source === 'receipt') contention.retryAtOnce();
    else contention.observe(this.updates, { kind: 'conflict', sentAt, answeredAt });
    if (current && contention.isFirstConflict && (current.version ?? 0) > (version ?? 0)) {
      memory.spareRead(cameWith('conflict', current, answeredAt), FRESH_AFTER_CONFLICT_MS);
      contention.retryAtOnce();
    }
    if (current?.version) record.noteVersion(current.version);
    return record.noteConflict(version, namesVersion, words);
  }

  /** What several wrote together may be the fault of one of them; what one wrote alone is its own. */
  private notAboutVersion(error: StoreError<Raw>): StoreError<Raw> {
    if (this.updates.length > 1) {
      return new StoreError(error.message, { kind: 'permanent', aboutContent: true });
    }
    for (const update of this.updates) {
      update.endWrite();
      update.end('permanent');
    }
    return error;
  }

  /** Runs one request and notes how it failed. */
  private async noting<Reply>(send: () => Promise<Reply>): Promise<Reply> {
    this.isAsking = true;
    try {
      return await send();
    } catch (error) {
      if (isStoreError(error)) {
        const { kind } = error.failure;
        for (const update of this.updates) {
          if (update.takesPart) update.noteFailure(error);
        }
        // What is given up because nobody waits for it is no fault.
        const isFault = kind !== 'conflict' && kind !== 'permanent' && kind !== 'expired';
        if (isFault && !this.abort.signal.aborted) {
          this.context.contention.observe(this.updates, { kind: 'fault' });
        }
      }
      throw error;
    } finally {
      this.isAsking = false;
    }
  }

  /** The longest time that any update allows for a request. */
  private limits(permit: Permit | undefined): RequestLimits {
    let timeoutMs = 0;
    for (const update of this.updates) timeoutMs = Math.max(timeoutMs, update.requestTimeoutMs);
    return { timeoutMs, signal: this.abort.signal, ...(permit && { permit }) };
  }

  private now(): number {
    return this.context.clock.now();
  }
}
