import type { Clock } from '../core';

const MINUTE_MS = 60_000;

/**
 * So much of the budget each key may use. Two of them, a busy record and the look-ups for it, leave a
 * tenth to others when half of the budget has gone before they are held back.
 */
const SHARE = 0.2;

/** Nobody is held back for longer, however small the budget. */
const LONGEST_MS = 5000;

/**
 * So much of that whoever has met a conflict waits for. What waits with it has a deadline, and luck may
 * be against it several times in a row.
 */
const AFTER_CONFLICT = 1 / 3;

interface Hold {
  readonly since: number;
  readonly ms: number;
}

/**
 * Spreads out what is sent about one thing, named by a key, while the budget is short. Whoever comes
 * meanwhile goes along, and so a busy record costs a steady trickle instead of all that is left.
 */
export class Pace {
  private readonly holds = new Map<string, Hold>();

  constructor(private readonly clock: Clock) {}

  /** Waits until this key may go again. Rejects when `signal` aborts. */
  async turn(key: string, signal: AbortSignal, afterConflict: boolean): Promise<void> {
    const hold = this.holds.get(key);
    if (!hold) return;
    const ms = hold.ms * (afterConflict ? AFTER_CONFLICT : 1);
    const waitMs = hold.since + ms - this.clock.now();
    if (waitMs > 0) await this.clock.sleep(waitMs, signal);
  }

  /** Holds this key back for a while after it was let go, with so many requests. */
  hold(key: string, requests: number, budget: number): void {
    const ms = Math.min((requests * MINUTE_MS) / (budget * SHARE), LONGEST_MS);
    const hold = { since: this.clock.now(), ms };
    this.holds.set(key, hold);
    this.clock.later(ms, () => {
      if (this.holds.get(key) === hold) this.holds.delete(key);
    });
  }
}
