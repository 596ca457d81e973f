import { type Admission, type Clock, type Random, StoreError, systemClock } from '../../core';
import { GenesysError } from '../transport/genesys-error';
import { Holds } from './holds';
import { Spacing } from './spacing';
import { PermitQueue, type TokenPermit } from './permit-queue';
import type { RateLimit } from '../transport/rate-limit';
import { TokenBudgets } from './token-budgets';

/**
 * Keeps one OAuth client below its rate limit, and quiet for as long as the server asks it to be. The
 * server counts for each access token: all wait in one queue, and whoever is first goes with the token
 * that can send soonest, or has most left.
 */
export class Limits implements Admission {
  private readonly budgets: TokenBudgets;
  private readonly spacing: Spacing;
  private readonly holds = new Holds();
  private readonly queue: PermitQueue;

  /**
   * @param configured - see {@link requestsPerMinute}
   * @param tokens - see {@link tokens}
   */
  constructor(
    private configured: number,
    clock: Clock = systemClock,
    tokens = 1,
    random: Random = Math.random,
  ) {
    this.spacing = new Spacing(clock, random);
    this.budgets = new TokenBudgets(tokens, () => this.configured, clock);
    this.queue = new PermitQueue(this.budgets, clock);
  }

  /** How many tokens share the requests, at least 1. */
  get tokens(): number {
    return this.budgets.count;
  }

  set tokens(count: number) {
    if (count === this.budgets.count) return;
    this.budgets.count = count;
    this.queue.serve();
  }

  /**
   * The most requests that may reach the server with one token within any 60 seconds, at least 1. The
   * server may allow less.
   */
  get requestsPerMinute(): number {
    return this.configured;
  }

  set requestsPerMinute(requests: number) {
    this.configured = requests;
    this.queue.serve();
  }

  /** Only where no token may send: then with the shortest wait of all. */
  closed(): StoreError<never> | undefined {
    const retryAfterMs = this.closedForMs();
    if (retryAfterMs === 0) return undefined;
    const cause = new GenesysError('Genesys Cloud has asked this client to wait (429).', {
      kind: 'throttled',
      sent: false,
      retryAfterMs,
    });
    return new StoreError(cause.message, { kind: 'throttled', retryAfterMs }, { cause });
  }

  /** Milliseconds until any token may send, but for one of them: `Infinity` where there is no other. */
  closedForMs(except?: number): number {
    return this.budgets.closedForMs(except);
  }

  /** Whether nothing may be sent with that token now. */
  isClosed(token: number): boolean {
    return this.budgets.of(token).closedForMs > 0;
  }

  /** The token that a permit for one request would be of. */
  get next(): number {
    return this.budgets.choose(1).budget.index;
  }

  /** Whether what leaves is still spaced, since the server had asked to wait. */
  get isRecovering(): boolean {
    return this.budgets.choose(1).budget.isRecovering;
  }

  /**
   * Grants nothing of that token, or of all, for the next `ms` milliseconds, an hour at most. Never
   * shortens an earlier closure.
   */
  close(ms: number, token?: number): void {
    this.budgets.close(ms, token);
  }

  /** Grants nothing of that token for the next `ms` milliseconds, an hour at most, since it is not to be had. */
  doWithout(token: number, ms: number): void {
    this.budgets.of(token).doWithout(ms);
  }

  /** Takes note of the server's own count of what was sent with a token. */
  heed(limit: RateLimit, token = 0): void {
    this.budgets.of(token).heed(limit);
    if (limit.allowed !== undefined) this.queue.serve();
  }

  /**
   * Waits for its turn, first come, first served, until so many requests may be sent, all with one
   * token. Where that is more than the budget of a minute, the permit is for as many as the budget.
   *
   * @throws the signal's reason when it aborts, and nothing else.
   */
  async permit(requests: number, signal: AbortSignal): Promise<TokenPermit> {
    return await this.queue.wait(requests, signal, { isUrgent: false });
  }

  /**
   * The same limits, for all that is sent about one thing. While the budget is short and that thing
   * has had its share, it is spaced out, so that what comes meanwhile is combined.
   */
  about(key: string): Admission {
    return {
      closed: () => this.closed(),
      permit: async (requests, signal, afterConflict = false) => {
        await this.holds.released(key, signal);
        const spacedMs = await this.spacing.turn(key, {
          requests,
          signal,
          afterConflict,
          shortBudget: () => this.budgets.shortPerMinute(),
        });
        const permit = await this.permit(requests, signal);
        return { ...permit, waitedMs: spacedMs + permit.waitedMs };
      },
    };
  }

  /**
   * Grants nothing {@link about} that thing for now: more is about to come, and goes along then. That
   * does not count as waiting.
   *
   * @returns what to call when all is there.
   */
  hold(key: string): () => void {
    return this.holds.hold(key);
  }

  /** Like {@link permit}, for a request in the middle of a cycle: goes before those that have not begun. */
  async urgentPermit(requests: number, signal: AbortSignal): Promise<TokenPermit> {
    return await this.queue.wait(requests, signal, { isUrgent: true });
  }
}
