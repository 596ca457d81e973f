import { type Clock, type Permit, SharedListeners } from '../../core';
import { Queue } from './queue';
import type { TokenBudget } from './token-budget';
import type { TokenBudgets } from './token-budgets';

interface Waiter {
  readonly requests: number;
  readonly signal: AbortSignal;
  readonly admit: (grant: Grant) => void;
}

/** A permit of one of the client's tokens. */
export interface TokenPermit extends Permit {
  readonly budget: number;
}

/** A permit, before it is known how long it was waited for. */
type Grant = Omit<TokenPermit, 'waitedMs'>;

/**
 * All who wait for a permit of one client, first come, first served; those in the middle of a cycle go
 * before those that have not begun.
 */
export class PermitQueue {
  private readonly listeners = new SharedListeners();
  private readonly waiters = new Queue<Waiter>();
  private readonly urgentWaiters = new Queue<Waiter>();
  private alarm: { readonly at: number; readonly off: AbortController } | undefined;

  constructor(
    private readonly budgets: TokenBudgets,
    private readonly clock: Clock,
  ) {}

  /** @throws the signal's reason when it aborts, and nothing else. */
  async wait(
    requests: number,
    signal: AbortSignal,
    { isUrgent }: { readonly isUrgent: boolean },
  ): Promise<TokenPermit> {
    signal.throwIfAborted();
    const queue = isUrgent ? this.urgentWaiters : this.waiters;
    const { promise, resolve, reject } = Promise.withResolvers<TokenPermit>();
    const askedAt = this.clock.now();
    let atOnce = true;
    const admit = (permit: Grant) => {
      resolve({ ...permit, waitedMs: atOnce ? 0 : this.clock.now() - askedAt });
    };
    const ticket = queue.push({ requests, signal, admit });
    const stopListening = this.listeners.onAbort(signal, () => {
      queue.remove(ticket);
      reject(signal.reason as Error);
      this.serve();
    });
    this.serve();
    atOnce = false;
    try {
      return await promise;
    } finally {
      stopListening();
    }
  }

  /** Lets in whoever may go now, and sets the alarm for the next. */
  serve(): void {
    for (;;) {
      const queue = this.urgentWaiters.size > 0 ? this.urgentWaiters : this.waiters;
      const waiter = queue.first();
      if (!waiter) {
        this.silence();
        return;
      }
      if (waiter.signal.aborted) {
        // One of several with the same signal, of which another hears of the abort first.
        queue.shift();
        continue;
      }
      const { budget, waitMs } = this.budgets.choose(waiter.requests);
      if (waitMs > 0) {
        this.wakeAt(this.clock.now() + waitMs);
        return;
      }
      queue.shift();
      const units = budget.share(waiter.requests);
      const short = units < waiter.requests && { requests: units };
      waiter.admit({ ...this.grant(units, budget), ...short });
    }
  }

  private grant(units: number, budget: TokenBudget): Grant {
    budget.reserve(units);
    let left = units;
    return {
      budget: budget.index,
      use: () => {
        if (left === 0) return undefined;
        left--;
        let answered = false;
        return () => {
          if (answered) return;
          answered = true;
          budget.answered();
          this.serve();
        };
      },
      giveBack: () => {
        budget.release(left);
        left = 0;
        this.serve();
      },
    };
  }

  private wakeAt(at: number): void {
    // An alarm that goes off too early does no harm: it is set again.
    if (at === Infinity || (this.alarm && this.alarm.at <= at)) return;
    this.silence();
    const off = new AbortController();
    this.alarm = { at, off };
    this.clock.sleep(at - this.clock.now(), off.signal).then(
      () => {
        this.silence();
        this.serve();
      },
      () => undefined,
    );
  }

  private silence(): void {
    this.alarm?.off.abort();
    this.alarm = undefined;
  }
}
