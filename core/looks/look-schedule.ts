/** Waits between looks whether an accepted write has become visible, in ms. */
const FIRST_MS = 250;
const GROWTH = 1.5;
/** Where reads lag for long, so much of that is no time. */
const SHARE_OF_FIRST = 1 / 6;
const LONGEST_MS = 2000;

/** So much longer a wait may be, as a share of it, where that makes one look of several. */
const SLACK = 0.15;

/** When to look whether something accepted can be seen: reads may lag for some seconds, and each look costs a request. */
export class LookSchedule {
  dueAt: number;
  private waitMs: number;
  /** The next look may come so many ms later, where that makes it one with others. */
  slackMs: number;
  /** A look will tell then what is open, and does not come later. */
  latestAt = Infinity;

  /** @param firstMs how long after `since` the first look is due, in ms */
  constructor(since: number, firstMs = FIRST_MS) {
    this.dueAt = since + firstMs;
    this.waitMs = Math.max(FIRST_MS, SHARE_OF_FIRST * firstMs);
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
    this.latestAt = Math.max(decidedAt, now + retryAfterMs);
    this.dueAt = Math.min(this.dueAt, this.latestAt);
  }
}

/** What is due by so many ms less is due now. */
const OVERDUE_MS = 50;

/** Whoever has little time left looks by so much of it. */
const SHARE_OF_TIME_LEFT = 0.75;

/**
 * When to look for what was accepted. What has stayed hidden beyond the time when it was due is looked
 * for like anything else.
 *
 * @param leftMs how much time is left to whoever waits
 */
export function looksFor(dueAt: number, now: number, leftMs: number): LookSchedule {
  const firstMs = dueAt <= now - OVERDUE_MS ? FIRST_MS : Math.max(0, dueAt - now);
  return new LookSchedule(now, Math.min(firstMs, SHARE_OF_TIME_LEFT * leftMs));
}
