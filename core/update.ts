import pRetry from 'p-retry';

import type { Backoff } from './backoff';
import type { Change, Verdict } from './change';
import { Progress } from './progress';
import { readAfterMove, type TimedSnapshot } from './read-after-move';
import {
  type Failure,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
  type Visibility,
} from './store';
import { UpdateError, type UpdateErrorReason } from './update-error';
import type { Surroundings, UpdatePolicy, UpdateResult } from './update-types';
import { visibilityWaits } from './visibility-waits';

/**
 * Changes a record under optimistic locking: reads it, applies the change and writes the result on
 * condition that the record has not moved. On a conflict it backs off, reads again and applies the
 * change to the fresh state, so nobody's write is lost. After a write of unknown outcome it reads
 * before it does anything else.
 *
 * Cancelling ends waits and reads at once. A write that is under way is seen to its end, because its
 * outcome is the truth: what was committed is reported as written.
 *
 * @throws {UpdateError} with the reason and the whole story, in every case but a bug.
 */
export async function update<State, Report>(
  store: Store<State>,
  change: Change<State, Report>,
  policy: UpdatePolicy,
  surroundings: Surroundings,
  signal?: AbortSignal,
): Promise<UpdateResult<State, Report>> {
  return await new Update(store, change, policy, surroundings, signal).run();
}

type WriteVerdict<State, Report> = Extract<Verdict<State, Report>, { kind: 'write' }>;

function isStoreError<State>(error: unknown): error is StoreError<State> {
  return error instanceof StoreError;
}

class Update<State, Report> {
  private readonly progress: Progress;
  private backoff: Backoff;
  /** What was read first. */
  private first: Snapshot<State> | undefined;
  /** The snapshot of the read before, for what it shows when compared with the next. */
  private latest: Snapshot<State> | undefined;
  /** State that came with a conflict reply: the base of the next cycle. */
  private carried: Snapshot<State> | undefined;
  /** A write that may have been applied; settled by what later reads and writes show. */
  private unsettled:
    | { readonly version: number | null; readonly report: Report; readonly accepted: boolean }
    | undefined;
  /** What surely was written, where that was not the end of it. */
  private written: Report | undefined;
  /** The version on which the server last reported a conflict without naming the version. */
  private unexplainedConflictAt: number | null = null;
  private lastFailure: StoreError<State> | undefined;

  constructor(
    private readonly store: Store<State>,
    private readonly change: Change<State, Report>,
    private readonly policy: UpdatePolicy,
    private readonly surroundings: Surroundings,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.progress = new Progress(surroundings.clock, policy.totalTimeoutMs, signal);
    this.backoff = policy.backoff;
  }

  async run(): Promise<UpdateResult<State, Report>> {
    try {
      // p-retry counts and drives. Its own delays, signal and time limit stay unused: it looks at
      // the signal after a success too, and would report a committed update as cancelled.
      return await pRetry(async () => await this.cycle(), {
        retries: this.policy.maxAttempts - 1,
        minTimeout: 0,
        shouldRetry: async ({ error }) => await this.prepareRetry(error),
      });
    } catch (error) {
      if (!isStoreError<State>(error)) throw error;
      if (error.failure.kind === 'permanent') throw this.failed('permanent', error.message);
      this.stopIfOver();
      throw this.failed('attempts', error.message);
    }
  }

  private async cycle(): Promise<UpdateResult<State, Report>> {
    this.stopIfOver();
    this.progress.attempts++;
    const base = this.carried ?? (await this.read());
    this.carried = undefined;
    this.latest = base;
    this.first ??= base;
    return await this.settle(base);
  }

  /** Finds out what became of a write of unknown outcome, and goes on from there. */
  private async settle(base: Snapshot<State>): Promise<UpdateResult<State, Report>> {
    // While the version has not moved, the unknown write is not applied, and the precondition lets
    // only one of it and its resend through. Without a version there is no such protection.
    const { unsettled } = this;
    if (!unsettled || (base.version !== null && base.version === unsettled.version)) {
      return await this.applyTo(base);
    }
    if (!this.change.idempotent) {
      throw this.failed('indeterminate', 'The record moved on after a write of unknown outcome.');
    }
    const shown = this.change.shown(unsettled.report, base);
    if (shown !== 'nothing') this.noteWritten(unsettled.report);
    if (shown === 'all') return this.succeeded('written', base, unsettled.report);
    // The version that the unknown write was conditional on is gone, and so is its chance.
    if (base.version !== null) this.unsettled = undefined;
    return await this.applyTo(base);
  }

  private async applyTo(base: Snapshot<State>): Promise<UpdateResult<State, Report>> {
    const verdict = this.change.apply(base, this.first ?? base, this.written);
    switch (verdict.kind) {
      case 'refused':
        throw this.failed('refused', verdict.reason);
      case 'unchanged':
        return await this.unchanged(verdict, base);
      case 'write':
        return await this.carryOut(verdict, base);
    }
  }

  /** Nothing is to be done; but where that rests on what no read has shown yet, it must be seen. */
  private async unchanged(
    { report, unseen }: Extract<Verdict<State, Report>, { kind: 'unchanged' }>,
    base: Snapshot<State>,
  ): Promise<UpdateResult<State, Report>> {
    if (this.unsettled) {
      throw this.failed('indeterminate', 'A write of unknown outcome may still arrive.');
    }
    const seen =
      unseen && base.visibility && this.policy.waitUntilVisible !== false
        ? await this.visible(base.visibility, undefined)
        : base;
    return this.succeeded(this.written === undefined ? 'unchanged' : 'written', seen, report);
  }

  private async carryOut(
    verdict: WriteVerdict<State, Report>,
    base: Snapshot<State>,
  ): Promise<UpdateResult<State, Report>> {
    const { snapshot, visibility, incomplete } = await this.write(verdict, base);
    const written = snapshot ?? { state: verdict.next, version: null };
    if (incomplete) {
      this.unsettled = undefined;
      this.noteWritten(verdict.report);
      this.refuseUnusable(written);
      return await this.applyTo(written);
    }
    if (!visibility) return this.succeeded('written', written, verdict.report);
    if (this.policy.waitUntilVisible === false) {
      return this.succeeded('accepted', written, verdict.report);
    }
    this.unsettled = { version: base.version, report: verdict.report, accepted: true };
    return this.succeeded(
      'written',
      await this.visible(visibility, verdict.report),
      verdict.report,
    );
  }

  private noteWritten(report: Report): void {
    this.written = this.written === undefined ? report : this.change.merge(this.written, report);
  }

  /**
   * Reads until what was accepted can be seen.
   *
   * @param report of the write of this update that is waited for, if it is one
   * @throws {StoreError} (conflict) where somebody else wrote after us.
   */
  private async visible(
    visibility: (later: Snapshot<State>) => Visibility,
    report: Report | undefined,
  ): Promise<Snapshot<State>> {
    this.lastFailure = undefined;
    const waits = visibilityWaits();
    for (;;) {
      this.stopIfOver();
      const waitMs = Math.max(waits.next().value, this.askedToWaitMs());
      await this.wait(Math.min(waitMs, this.progress.remainingMs()));
      const looked = await this.look();
      if (!looked) continue;
      switch (visibility(looked.snapshot)) {
        case 'there':
          return looked.snapshot;
        case 'notYet':
          continue;
        case 'overtaken':
          if (report !== undefined) {
            // It was there, so there is nothing unsettled any more.
            this.unsettled = undefined;
            this.noteWritten(report);
          }
          this.progress.conflicts++;
          this.backoff = this.backoff.observe({ kind: 'conflict', ...looked });
          throw this.remember(
            new StoreError('Somebody else wrote to the same attributes right after us.', {
              kind: 'conflict',
              namesVersion: false,
            }),
          );
      }
    }
  }

  /** A read whose passing failures do not matter, because the next look comes anyway: only a wait that the server asks for is kept in mind. */
  private async look(): Promise<TimedSnapshot<State> | undefined> {
    try {
      const looked = await this.request(async () => await this.timedRead());
      this.lastFailure = undefined;
      return looked;
    } catch (error) {
      if (!isStoreError<State>(error) || error.failure.kind === 'permanent') throw error;
      if (error.failure.kind !== 'throttled') this.lastFailure = undefined;
      return undefined;
    }
  }

  private async read(): Promise<Snapshot<State>> {
    const { chaseGapMs } = this.backoff;
    const { snapshot, sentAt, answeredAt } = await this.request(
      async () =>
        await (chaseGapMs === undefined
          ? this.timedRead()
          : readAfterMove(
              async () => await this.timedRead(),
              this.surroundings.clock,
              chaseGapMs,
              this.signal,
            )),
    );
    this.refuseUnusable(snapshot);
    this.backoff = this.backoff.observe({
      kind: 'read',
      sentAt,
      answeredAt,
      version: snapshot.version,
      contentMoved:
        this.latest !== undefined && !this.store.sameContent(this.latest.state, snapshot.state),
    });
    return snapshot;
  }

  private async timedRead(): Promise<TimedSnapshot<State>> {
    const sentAt = this.progress.now();
    const snapshot = await this.store.read(this.limits());
    return { snapshot, sentAt, answeredAt: this.progress.now() };
  }

  private refuseUnusable(snapshot: Snapshot<State>): void {
    if (!this.store.versioned) return;
    if (snapshot.version === null) {
      throw this.remember(
        new StoreError('The record came without a version, so a write could not be made safe.', {
          kind: 'permanent',
        }),
      );
    }
    if (this.latest?.version != null && snapshot.version < this.latest.version) {
      this.backoff = this.backoff.observe({ kind: 'fault' });
      throw this.remember(
        new StoreError(
          `The record was read at version ${snapshot.version} after version ${this.latest.version} had been seen.`,
          { kind: 'transient' },
        ),
      );
    }
  }

  private async write(
    verdict: WriteVerdict<State, Report>,
    base: Snapshot<State>,
  ): Promise<Receipt<State>> {
    this.stopIfOver();
    const sentAt = this.progress.now();
    try {
      return await this.request(
        async () => await this.store.write(verdict.next, base, this.limits()),
      );
    } catch (error) {
      if (!isStoreError<State>(error)) throw error;
      if (error.failure.kind === 'conflict') this.noteConflict(error.failure, base, sentAt);
      if (error.failure.kind === 'ambiguous') {
        this.unsettled = { version: base.version, report: verdict.report, accepted: false };
      }
      throw error;
    }
  }

  private noteConflict(
    { current, namesVersion }: Extract<Failure<State>, { kind: 'conflict' }>,
    base: Snapshot<State>,
    sentAt: number,
  ): void {
    this.progress.conflicts++;
    this.backoff = this.backoff.observe({
      kind: 'conflict',
      sentAt,
      answeredAt: this.progress.now(),
    });
    const unexplainedAt = this.store.versioned && !namesVersion ? base.version : null;
    if (unexplainedAt !== null && unexplainedAt === this.unexplainedConflictAt) {
      throw this.failed('permanent', this.lastFailure?.message ?? '');
    }
    this.unexplainedConflictAt = unexplainedAt;
    // Fresh only as long as nothing was waited for, hence for the first retry alone.
    if (this.progress.attempts === 1 && (current?.version ?? 0) > (base.version ?? 0)) {
      this.carried = current;
    }
  }

  /** Runs one request and remembers how it failed. */
  private async request<Reply>(send: () => Promise<Reply>): Promise<Reply> {
    try {
      return await send();
    } catch (error) {
      if (!isStoreError<State>(error)) throw error;
      if (error.failure.kind !== 'conflict' && error.failure.kind !== 'permanent') {
        this.backoff = this.backoff.observe({ kind: 'fault' });
      }
      throw this.remember(error);
    }
  }

  private remember(error: StoreError<State>): StoreError<State> {
    this.lastFailure = error;
    return error;
  }

  /** Waits until the next attempt makes sense. Answers `false` where none does. */
  private async prepareRetry(error: Error): Promise<boolean> {
    if (!isStoreError<State>(error) || error.failure.kind === 'permanent') return false;
    this.stopIfOver();
    if (this.carried) return true;

    const delayMs = this.askedToWaitMs() + this.backoff.delay(this.surroundings.random);
    if (delayMs >= this.progress.remainingMs()) {
      throw error.failure.kind === 'throttled'
        ? this.failed('throttled', error.message)
        : this.failed('deadline', error.message);
    }
    await this.wait(delayMs);
    return true;
  }

  /** What the server asked for when it answered last; the backoff goes on top. */
  private askedToWaitMs(): number {
    const failure = this.lastFailure?.failure;
    return failure && 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0;
  }

  private async wait(ms: number): Promise<void> {
    await this.progress.wait(ms);
    this.stopIfOver();
  }

  private stopIfOver(): void {
    const reason = this.progress.over();
    if (reason === 'cancelled') throw this.failed(reason, 'The execution was cancelled.');
    if (reason) throw this.failed(reason, this.lastFailure?.message ?? 'No reply came in time.');
  }

  private limits(): RequestLimits {
    return {
      timeoutMs: Math.min(this.policy.requestTimeoutMs, this.progress.remainingMs()),
      ...(this.signal && { signal: this.signal }),
    };
  }

  private succeeded(
    outcome: UpdateResult<State, Report>['outcome'],
    snapshot: Snapshot<State>,
    latest: Report,
  ): UpdateResult<State, Report> {
    const report = this.written === undefined ? latest : this.change.merge(this.written, latest);
    return { outcome, snapshot, report, ...this.progress.story() };
  }

  /** Whatever ends an update while a write may still be applied leaves it indeterminate. */
  private failed(reason: UpdateErrorReason, message: string): UpdateError {
    const accepted = this.unsettled?.accepted ?? false;
    const written = this.written !== undefined;
    const known =
      (this.unsettled === undefined && !(written && reason === 'cancelled')) ||
      (reason === 'deadline' && accepted);
    return new UpdateError(
      message,
      known ? reason : 'indeterminate',
      this.progress.story(),
      this.lastFailure,
      accepted,
      written,
    );
  }
}
