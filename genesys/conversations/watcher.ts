import { type Clock, isAbsent, type SharedListeners, StoreError, UpdateError } from '../../core';
import { storeError } from '../transport/failure';
import type { ConversationDocument } from './conversation';

/** Reads of one conversation are so many ms apart at first, and at last. */
export const FIRST_GAP_MS = 250;
const LAST_GAP_MS = 5000;

/** How long and how often somebody looks. */
export interface WatchLimits {
  readonly timeoutMs: number;
  readonly requestTimeoutMs: number;
  /** So many reads may fail in a row. */
  readonly maxAttempts: number;
  readonly signal?: AbortSignal | undefined;
}

/** What was waited for, and what that has taken. */
export interface Watched<Result> {
  readonly result: Result;
  readonly reads: number;
  readonly waitedMs: number;
}

/** Tells of a read whether what somebody waits for is there; `undefined` where it is not yet. */
export type Judge<Result> = (conversation: ConversationDocument) => Result | undefined;

/** Somebody who waits. */
export class Watcher<Result> {
  private readonly clock: Clock;
  readonly askedAt: number;
  readonly requestTimeoutMs: number;
  /** It wants to look again then; when it has ended, never. */
  dueAt: number;
  private readonly ending = Promise.withResolvers<Watched<Result>>();
  private readonly stop: () => void;
  private gapMs = FIRST_GAP_MS;
  private reads = 0;
  /** Whether a read has shown whom or what it waits on. */
  private hasFound = false;
  private attempts = 0;
  private failures: StoreError[] = [];
  private lastFailure: StoreError | undefined;

  constructor(
    private readonly judge: Judge<Result>,
    private readonly limits: WatchLimits,
    { clock, listeners }: { readonly clock: Clock; readonly listeners: SharedListeners },
  ) {
    this.clock = clock;
    this.askedAt = clock.now();
    this.dueAt = this.askedAt;
    this.requestTimeoutMs = limits.requestTimeoutMs;
    let stopListening: () => void = () => undefined;
    const stopTimer = clock.later(limits.timeoutMs, () => {
      this.end('deadline', this.lastFailure?.message ?? 'It did not come in time.');
    });
    this.stop = () => {
      stopListening();
      stopTimer();
      this.dueAt = Infinity;
    };
    stopListening = listeners.onAbort(limits.signal, () => {
      this.end('cancelled', 'The execution was cancelled.');
    });
  }

  get ended(): Promise<Watched<Result>> {
    return this.ending.promise;
  }

  remainingMs(): number {
    return Math.max(0, this.askedAt + this.limits.timeoutMs - this.clock.now());
  }

  see(conversation: ConversationDocument): void {
    this.reads++;
    this.attempts++;
    this.failures = [];
    this.lastFailure = undefined;
    try {
      const result = this.judge(conversation);
      this.hasFound = true;
      if (result === undefined) this.lookLater(0);
      else {
        const waitedMs = this.clock.now() - this.askedAt;
        this.stop();
        this.ending.resolve({ result, reads: this.reads, waitedMs });
      }
    } catch (error) {
      const failure = storeError(error, 'read');
      if (!(failure instanceof StoreError)) this.crash(failure);
      // What was there a moment ago is not gone because one read does not show it.
      else if (this.hasFound && isAbsent(failure)) this.lookLater(0);
      else this.end('permanent', failure.message, failure);
    }
  }

  fail(error: unknown): void {
    if (!(error instanceof StoreError)) {
      this.crash(error);
      return;
    }
    this.attempts++;
    this.lastFailure = error;
    this.failures.push(error);
    const { failure } = error;
    // What was there a moment ago is not gone because one read does not show it.
    const passes = failure.kind !== 'permanent' || (isAbsent(error) && this.reads > 0);
    const lasts = this.failures.slice(-2).filter((one) => 'lasting' in one.failure).length > 1;
    const retryAfterMs = 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0;
    if (!passes) this.end('permanent', error.message);
    else if (retryAfterMs >= this.remainingMs()) {
      this.end(failure.kind === 'throttled' ? 'throttled' : 'deadline', error.message);
    } else if (lasts || this.failures.length >= this.limits.maxAttempts) {
      this.end('attempts', error.message);
    } else this.lookLater(retryAfterMs);
  }

  private lookLater(atLeastMs: number): void {
    this.dueAt = this.clock.now() + Math.max(atLeastMs, this.gapMs);
    this.gapMs = Math.min(2 * this.gapMs, LAST_GAP_MS);
  }

  private end(
    reason: UpdateError['reason'],
    message: string,
    lastFailure = this.lastFailure,
  ): void {
    const elapsedMs = this.clock.now() - this.askedAt;
    const story = { attempts: this.attempts, conflicts: 0, waitedMs: elapsedMs, elapsedMs };
    const { failures } = this;
    this.crash(new UpdateError(message, reason, story, lastFailure, { failures }));
  }

  private crash(error: unknown): void {
    this.stop();
    this.ending.reject(error);
  }
}
