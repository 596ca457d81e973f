import type { Clock } from '../clock';
import type { Story } from '../update-error';

/** The timer of a request may go off so many ms before that of its update. */
const TIMER_SLACK_MS = 2;

/** Keeps an update's time, and counts what it goes through. */
export class Progress {
  private attemptsBegun = 0;
  private conflictsMet = 0;
  private waitedMs = 0;
  private waitingSince: number | undefined;
  private readonly startedAt: number;

  constructor(
    private readonly clock: Clock,
    private readonly totalTimeoutMs: number,
  ) {
    this.startedAt = clock.now();
  }

  get attempts(): number {
    return this.attemptsBegun;
  }

  noteAttempt(): void {
    this.attemptsBegun++;
  }

  /** The latest attempt goes on elsewhere, where it is noted once more. */
  takeBackAttempt(): void {
    this.attemptsBegun--;
  }

  noteConflict(): void {
    this.conflictsMet++;
  }

  /** When the total timeout is over. */
  get endsAt(): number {
    return this.startedAt + this.totalTimeoutMs;
  }

  /** Whether its time is up, or as good as that. */
  get isOver(): boolean {
    return this.remainingMs() < TIMER_SLACK_MS;
  }

  /** Milliseconds left of the total timeout, never less than 0. */
  remainingMs(): number {
    return Math.max(0, this.endsAt - this.clock.now());
  }

  /** From now on the update waits, until `endWait`. */
  beginWait(): void {
    this.waitingSince ??= this.clock.now();
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
      attempts: this.attemptsBegun,
      conflicts: this.conflictsMet,
      waitedMs: this.waitedMs + this.currentWaitMs(),
      elapsedMs: this.clock.now() - this.startedAt,
    };
  }

  private currentWaitMs(): number {
    return this.waitingSince === undefined ? 0 : this.clock.now() - this.waitingSince;
  }
}
