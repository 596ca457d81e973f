import type { Backoff, Observation } from './backoff';
import type { Change } from './change';
import type { Clock } from './clock';
import { Progress } from './progress';
import type { Snapshot, StoreError } from './store';
import { UpdateError, type UpdateErrorReason } from './update-error';
import type { UpdatePolicy, UpdateResult } from './update-types';

type Result<State, Report> = UpdateResult<State, Report>;

/** Tells apart who came in the same moment. */
let arrivals = 0;

/**
 * One update as its lane sees it: what it wants, what it has been through, and the attempt that it
 * is waiting for.
 *
 * It ends by itself when it is cancelled or its time is up, and tells its lane; but not while a write
 * of its own is under way, whose outcome is the truth.
 */
export class Member<State, Report> {
  readonly progress: Progress;
  /** When the update was asked for. */
  readonly calledAt: number;
  /** Its place among all updates, in the order in which they were asked for. */
  readonly arrival = arrivals++;
  /** What the first read after that showed. */
  first: Snapshot<State> | undefined;
  /** What was written, where that was not the end of it. */
  written: Report | undefined;
  /** Only a part of that was ever seen, and others may have set that part. */
  private writtenInPart = false;
  /** A write of its own that may have been applied, or that was accepted but not seen yet. */
  uncertain: { readonly accepted: boolean } | undefined;
  /** An earlier write of its own may have been applied and then overwritten: nobody will ever know. */
  perhapsOverwritten = false;
  lastFailure: StoreError | undefined;
  /** Its next attempt begins no earlier than this, unless lane-mates begin earlier. */
  notBefore = 0;
  /** With at most so many, itself included, it shares a write; fewer after a write that was refused. */
  company = Infinity;
  private backoff: Backoff;
  private attempt: PromiseWithResolvers<Result<State, Report>> | undefined;
  private writing = false;
  private readonly stopWatching: () => void;

  constructor(
    readonly change: Change<State, Report>,
    readonly policy: UpdatePolicy,
    private readonly clock: Clock,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.progress = new Progress(clock, policy.totalTimeoutMs, signal);
    this.calledAt = clock.now();
    this.backoff = policy.backoff;
    const onAbort = () => {
      this.over('cancelled');
    };
    signal?.addEventListener('abort', onAbort);
    const cancelTimer = clock.later(policy.totalTimeoutMs, () => {
      this.over('deadline');
    });
    this.stopWatching = () => {
      signal?.removeEventListener('abort', onAbort);
      cancelTimer();
    };
  }

  /** Told when it has left, or wants to leave as soon as its write has ended. */
  onLeave: (() => void) | undefined;
  /** What it waits for while it waits for leave to send requests, where it is the server's doing. */
  heldBackBy: (() => StoreError<never> | undefined) | undefined;

  /** Told when the update has ended. */
  onEnd: (() => void) | undefined;

  /** To be called when the update has ended, so that nothing is left of it. */
  dispose(): void {
    this.stopWatching();
    this.onEnd?.();
  }

  /** Begins an attempt: how it ends is for the lane to say. */
  async takePart(): Promise<Result<State, Report>> {
    this.attempt = Promise.withResolvers();
    return await this.attempt.promise;
  }

  /** Whether it still takes part. Ends it where it should not have come so far. */
  stillTakesPart(): boolean {
    const over = this.progress.over();
    if (over && !this.writing) this.end(over);
    return this.attempt !== undefined;
  }

  /** Whether an attempt of it is under way. */
  get waits(): boolean {
    return this.attempt !== undefined;
  }

  /** Whether nobody waits for what a request that is not sent yet would bring. */
  get gone(): boolean {
    return this.attempt === undefined || this.signal?.aborted === true;
  }

  /** Whether it may have written without knowing it. */
  get isUncertain(): boolean {
    return this.uncertain !== undefined || this.perhapsOverwritten;
  }

  observe(observation: Observation): void {
    this.backoff = this.backoff.observe(observation);
  }

  get chaseGapMs(): number | undefined {
    return this.backoff.chaseGapMs;
  }

  /** Milliseconds to wait before the next attempt; `roll` is a random number in [0, 1). */
  delayMs(roll: number): number {
    return this.askedToWaitMs() + this.backoff.delay(() => roll);
  }

  /** The longest that a request in its favour may take, in ms. */
  requestTimeoutMs(): number {
    return Math.min(this.policy.requestTimeoutMs, this.progress.remainingMs());
  }

  /** From now on its write is under way. */
  beginWrite(): void {
    this.writing = true;
  }

  endWrite(): void {
    this.writing = false;
  }

  /** What surely was written, as far as anybody can tell. */
  get provenWritten(): Report | undefined {
    return this.writtenInPart ? undefined : this.written;
  }

  /** What an update comes to that has nothing left to write. */
  get outcome(): 'written' | 'unchanged' {
    return this.written === undefined ? 'unchanged' : 'written';
  }

  /** @param proven whether all of it was seen, and not only a part */
  noteWritten(report: Report, proven = true): void {
    this.writtenInPart ||= !proven;
    try {
      this.written = this.written === undefined ? report : this.change.merge(this.written, report);
    } catch (error) {
      this.crash(error);
    }
  }

  /** Ends the update with success. */
  succeed(
    outcome: Result<State, Report>['outcome'],
    snapshot: Snapshot<State>,
    latest: Report,
    batchSize: number,
  ): void {
    try {
      const report = this.written === undefined ? latest : this.change.merge(this.written, latest);
      this.settle(({ resolve }) => {
        resolve({ outcome, snapshot, report, batchSize, ...this.progress.story() });
      });
    } catch (error) {
      this.crash(error);
    }
  }

  /** Ends the attempt, but not necessarily the update. */
  fail(error: StoreError<State>): void {
    this.lastFailure = error;
    this.settle(({ reject }) => {
      reject(error);
    });
  }

  /** Ends the update for a reason. */
  end(reason: UpdateErrorReason, message?: string): void {
    this.settle(({ reject }) => {
      reject(this.failed(reason, message));
    });
  }

  /** Ends the update with a bug. */
  crash(error: unknown): void {
    this.settle(({ reject }) => {
      reject(error);
    });
  }

  /** Whatever ends an update while a write may still be applied leaves it indeterminate. */
  failed(reason: UpdateErrorReason, message = this.defaultMessage(reason)): UpdateError {
    const accepted = this.uncertain?.accepted ?? false;
    const written = this.provenWritten !== undefined;
    const known =
      (!this.isUncertain &&
        !this.writtenInPart &&
        !this.writing &&
        !(written && reason === 'cancelled')) ||
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

  /** @throws {UpdateError} where the update is cancelled or its time is up. */
  stopIfOver(): void {
    const reason = this.progress.over();
    if (reason) throw this.failed(reason);
  }

  /** What the server asked for when it answered last, in ms; the backoff goes on top. */
  askedToWaitMs(): number {
    const failure = this.lastFailure?.failure;
    return failure && 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0;
  }

  private defaultMessage(reason: UpdateErrorReason): string {
    if (reason === 'cancelled') return 'The execution was cancelled.';
    return this.lastFailure?.message ?? 'No reply came in time.';
  }

  private over(reason: 'cancelled' | 'deadline'): void {
    const { attempt } = this;
    // Between two attempts whoever begins the next one asks.
    if (!attempt) return;
    const closed = reason === 'deadline' ? this.heldBackBy?.() : undefined;
    if (closed) {
      this.lastFailure = closed;
      this.end('throttled');
    } else if (!this.writing) this.end(reason);
    else if (reason === 'deadline') {
      // The store gives the write up at the same moment, and has more to say.
      void this.clock.turn().then(() => {
        if (this.attempt === attempt) this.end(reason);
      });
    }
    this.onLeave?.();
  }

  private settle(how: (attempt: PromiseWithResolvers<Result<State, Report>>) => void): void {
    const { attempt } = this;
    if (!attempt) return;
    this.attempt = undefined;
    how(attempt);
    this.writing = false;
  }
}
