/** Waits between looks whether an accepted write has become visible, in ms. */
const FIRST_MS = 250;
const GROWTH = 1.5;
const LONGEST_MS = 2000;

/** So much longer a wait may be, as a share of it, where that makes one look of several. */
const SLACK = 0.15;

/** When to look whether something accepted can be seen: reads may lag for some seconds, and each look costs a request. */
export class LookSchedule {
  dueAt: number;
  private waitMs = FIRST_MS;
  /** The next look may come so many ms later, where that makes it one with others. */
  slackMs: number;

  /** @param firstMs how long after `since` the first look is due, in ms */
  constructor(since: number, firstMs = FIRST_MS) {
    this.dueAt = since + firstMs;
    this.slackMs = SLACK * firstMs;
  }

  /**
   * A look has ended. The next one comes later and later, and no earlier than the server asked for.
   *
   * @param decidedAt when a look will tell what this one has left open: one falls on that
   */
  looked(now: number, retryAfterMs: number, decidedAt = Infinity): void {
    if (this.dueAt <= now) {
      this.waitMs = Math.min(this.waitMs * GROWTH, LONGEST_MS);
      this.dueAt = now + Math.max(this.waitMs, retryAfterMs);
      this.slackMs = SLACK * this.waitMs;
    }
    this.dueAt = Math.min(this.dueAt, Math.max(decidedAt, now + retryAfterMs));
  }
}
