import type { Clock, Random } from '../../core';
import { Queue } from './queue';

const MINUTE_MS = 60_000;

/**
 * So much of the budget one key may use at once while it is short; after that it goes at this rate. Two
 * of them, a busy record and the look-ups for it, leave the rest to others.
 */
const SHARE = 0.2;

/** Nobody is held back for longer, so that with a small budget there is time for some tries. */
const LONGEST_MS = 10_000;

/**
 * So much of that whoever has met a conflict waits for, on average. What waits with it has a deadline,
 * and luck may be against it several times in a row.
 */
const AFTER_CONFLICT = 1 / 3;

/**
 * So much more or less than that it may be. Whoever comes at regular intervals meets somebody who writes
 * every second each time, or never.
 */
const JITTER = 0.5;

interface Grant {
  readonly at: number;
  readonly requests: number;
}

/** What one key was let go with in the last minute. */
interface Spending {
  readonly grants: Queue<Grant>;
  requests: number;
  last: Grant;
}

/** Who wants to go, and under which circumstances. */
export interface Turn {
  readonly requests: number;
  readonly signal: AbortSignal;
  /** Whether it tries again what met a conflict. */
  readonly afterConflict: boolean;
  /** The requests that a minute allows where they are short; `undefined` while there is plenty. */
  readonly shortBudget: () => number | undefined;
}

/**
 * Spreads out what is sent about one busy thing, named by a key, while the budget is short. Whoever
 * comes meanwhile goes along, and so it costs a steady trickle instead of all that is left.
 */
export class Spacing {
  private readonly spendings = new Map<string, Spending>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Keys that were heard of in the last minute. */
  get size(): number {
    return this.spendings.size;
  }

  /**
   * Waits until this key may go, and takes it for gone. Rejects when the signal aborts.
   *
   * @returns milliseconds that it waited; 0 where it could go at once.
   */
  async turn(key: string, turn: Turn): Promise<number> {
    const askedAt = this.clock.now();
    const share = turn.afterConflict ? AFTER_CONFLICT * (1 + JITTER * (2 * this.random() - 1)) : 1;
    let waited = false;
    for (;;) {
      const waitMs = this.waitMs(key, turn, share);
      if (waitMs <= 0) break;
      waited = true;
      await this.clock.sleep(waitMs, turn.signal);
    }
    // At once, so that of several who have waited only one goes.
    this.spend(key, turn.requests);
    return waited ? this.clock.now() - askedAt : 0;
  }

  /** @param share of the usual gap that it is to wait for */
  private waitMs(key: string, { shortBudget }: Turn, share: number): number {
    const budget = shortBudget();
    const spending = this.recent(key);
    if (budget === undefined || !spending || spending.requests < budget * SHARE) return 0;
    const { at, requests } = spending.last;
    const gapMs = Math.min((requests * MINUTE_MS) / (budget * SHARE), LONGEST_MS);
    return at + gapMs * share - this.clock.now();
  }

  private spend(key: string, requests: number): void {
    const grant = { at: this.clock.now(), requests };
    const spending = this.recent(key) ?? { grants: new Queue<Grant>(), requests: 0, last: grant };
    spending.grants.push(grant);
    spending.requests += requests;
    spending.last = grant;
    this.spendings.set(key, spending);
    this.clock.later(MINUTE_MS, () => {
      // It may go off a fraction of a millisecond early, and nothing comes after it.
      this.recent(key, grant.at);
    });
  }

  /** What counts of a key, which is later than `since`; the rest is forgotten. */
  private recent(key: string, since = this.clock.now() - MINUTE_MS): Spending | undefined {
    const spending = this.spendings.get(key);
    if (!spending) return undefined;
    const { grants } = spending;
    for (let oldest = grants.first(); oldest && oldest.at <= since; oldest = grants.first()) {
      spending.requests -= oldest.requests;
      grants.shift();
    }
    if (grants.size > 0) return spending;
    this.spendings.delete(key);
    return undefined;
  }
}
