import type { Clock } from './clock';
import type { Story } from './update-error';

/** Keeps an update's time and counts what it goes through. */
export class Progress {
  attempts = 0;
  conflicts = 0;
  private waitedMs = 0;
  private waitingSince: number | undefined;
  private readonly startedAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly totalTimeoutMs: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    this.startedAt = clock.now();
  }

  now(): number {
    return this.clock.now();
  }

  /** Milliseconds left of the total timeout, never less than 0. */
  remainingMs(): number {
    return Math.max(0, this.startedAt + this.totalTimeoutMs - this.now());
  }

  /** What ends the update now, if anything does. */
  over(): 'cancelled' | 'deadline' | undefined {
    if (this.signal?.aborted) return 'cancelled';
    return this.remainingMs() <= 0 ? 'deadline' : undefined;
  }

  /** From now on it waits, until `endWait`. */
  beginWait(): void {
    this.waitingSince ??= this.now();
  }

  /** @param atMostMs counts no more than this, in ms: all else the process was slow, and did not wait */
  endWait(atMostMs = Infinity): void {
    this.waitedMs += Math.min(this.currentWaitMs(), atMostMs);
    this.waitingSince = undefined;
  }

  /** Counts a wait that is over. */
  waited(ms: number): void {
    this.waitedMs += ms;
  }

  story(): Story {
    return {
      attempts: this.attempts,
      conflicts: this.conflicts,
      waitedMs: this.waitedMs + this.currentWaitMs(),
      elapsedMs: this.now() - this.startedAt,
    };
  }

  private currentWaitMs(): number {
    return this.waitingSince === undefined ? 0 : this.now() - this.waitingSince;
  }
}
