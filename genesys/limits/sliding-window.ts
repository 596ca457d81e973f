import { Queue } from './queue';

const WINDOW_MS = 60_000;

/**
 * Counts requests as the server may count them in the last 60 seconds. A request reaches the server
 * at some moment between its sending and its answer, so it counts until 60 seconds after the answer.
 */
export class SlidingWindow {
  /** The moments of the answers, oldest first. */
  private readonly answers = new Queue<number>();
  /** Reserved for a request to come, or sent and not answered. */
  private pending = 0;

  reserve(units: number): void {
    this.pending += units;
  }

  /** Takes back what was reserved for requests that will not be sent. */
  release(units: number): void {
    this.pending -= units;
  }

  answered(now: number): void {
    this.pending--;
    this.answers.push(now);
  }

  /** Units that count now. */
  used(now: number): number {
    this.forget(now);
    return this.pending + this.answers.size;
  }

  /**
   * Milliseconds until it is worth asking again whether so many units fit into `budget`: 0 where they
   * do, `Infinity` where only an answer or a release can make room.
   */
  fullForMs(units: number, budget: number, now: number): number {
    if (this.used(now) + units <= budget) return 0;
    const oldest = this.answers.first();
    return oldest === undefined ? Infinity : oldest + WINDOW_MS - now;
  }

  private forget(now: number): void {
    let oldest = this.answers.first();
    while (oldest !== undefined && oldest + WINDOW_MS <= now) {
      this.answers.shift();
      oldest = this.answers.first();
    }
  }
}
