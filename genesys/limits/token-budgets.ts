import type { Clock } from '../../core';
import { TokenBudget } from './token-budget';

/** With less than this share of the budget left it is short. */
const PLENTY = 0.5;

/** The budgets of a client's access tokens, counted from 0. */
export class TokenBudgets {
  /** Those that are not in use any more among them: what was sent with them still counts. */
  private readonly all: TokenBudget[] = [];
  private inUse: readonly TokenBudget[];

  /**
   * @param count how many are in use, at least 1
   * @param configured the most requests that may reach the server with one of them within any 60 seconds
   */
  constructor(
    count: number,
    private readonly configured: () => number,
    private readonly clock: Clock,
  ) {
    this.inUse = this.first(count);
  }

  get count(): number {
    return this.inUse.length;
  }

  set count(count: number) {
    this.inUse = this.first(count);
  }

  of(token: number): TokenBudget {
    return (this.all[token] ??= new TokenBudget(token, this.configured, this.clock));
  }

  /** The budget that so many requests can go out of first; of several, the one with most left. */
  choose(requests: number): { readonly budget: TokenBudget; readonly waitMs: number } {
    return this.inUse
      .map((budget) => ({ budget, waitMs: budget.waitMs(requests) }))
      .reduce((best, one) =>
        one.waitMs < best.waitMs ||
        (one.waitMs === best.waitMs && one.budget.left > best.budget.left)
          ? one
          : best,
      );
  }

  /** Milliseconds until any token may send, but for one of them: `Infinity` where there is no other. */
  closedForMs(except?: number): number {
    return Math.min(
      ...this.inUse.filter(({ index }) => index !== except).map(({ closedForMs }) => closedForMs),
    );
  }

  /** Grants nothing of that token, or of all, for the next `ms` milliseconds. */
  close(ms: number, token?: number): void {
    const closing = token === undefined ? this.inUse : [this.of(token)];
    for (const budget of closing) budget.close(ms);
  }

  /** The requests a minute of all tokens together, where they are short; of those that may send, if any may. */
  shortPerMinute(): number | undefined {
    const open = this.inUse.filter(({ closedForMs }) => closedForMs === 0);
    const budgets = open.length > 0 ? open : this.inUse;
    const perMinute = budgets.reduce((sum, budget) => sum + budget.perMinute, 0);
    const used = budgets.reduce((sum, budget) => sum + budget.used, 0);
    return used > perMinute * (1 - PLENTY) ? perMinute : undefined;
  }

  private first(count: number): readonly TokenBudget[] {
    return Array.from({ length: count }, (_, token) => this.of(token));
  }
}
