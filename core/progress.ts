import type { Clock } from './clock';
import type { Story } from './update-error';

/** Keeps an update's time and counts what it goes through. */
export class Progress {
  attempts = 0;
  conflicts = 0;
  private waitedMs = 0;
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

  /** Waits, or returns early when the update is cancelled: ask `over` afterwards. */
  async wait(ms: number): Promise<void> {
    const before = this.now();
    try {
      await this.clock.sleep(ms, this.signal);
    } catch (error) {
      if (!this.signal?.aborted) throw error;
    } finally {
      this.waitedMs += this.now() - before;
    }
  }

  story(): Story {
    return {
      attempts: this.attempts,
      conflicts: this.conflicts,
      waitedMs: this.waitedMs,
      elapsedMs: this.now() - this.startedAt,
    };
  }
}
