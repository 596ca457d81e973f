import {
  type Admission,
  type Clock,
  type Permit,
  SharedListeners,
  StoreError,
  systemClock,
} from '../../core';
import { Gate } from './gate';
import { GenesysError } from '../transport/genesys-error';
import { Holds } from './holds';
import { Spacing } from './spacing';
import { Queue } from './queue';
import type { RateLimit } from '../transport/rate-limit';
import { SlidingWindow } from './sliding-window';

/** With less than this share of the budget left it is short. */
const PLENTY = 0.5;

interface Waiter {
  readonly requests: number;
  readonly signal: AbortSignal;
  readonly admit: (grant: Grant) => void;
}

/** A permit, before it is known how long it was waited for. */
type Grant = Omit<Permit, 'waitedMs'>;

/** Keeps one OAuth client below its rate limit, and quiet for as long as the server asks it to be. */
export class Limits implements Admission {
  private readonly gate: Gate;
  private readonly window = new SlidingWindow();
  private readonly spacing: Spacing;
  private readonly holds = new Holds();
  private readonly listeners = new SharedListeners();
  private readonly waiters = new Queue<Waiter>();
  private readonly urgentWaiters = new Queue<Waiter>();
  /** What the server says that it allows in a minute. */
  private allowed = Infinity;
  private alarm: { readonly at: number; readonly off: AbortController } | undefined;

  /** @param configured - see {@link requestsPerMinute} */
  constructor(
    private configured: number,
    private readonly clock: Clock = systemClock,
  ) {
    this.gate = new Gate(clock);
    this.spacing = new Spacing(clock);
  }

  /**
   * The most requests that may reach the server within any 60 seconds, at least 1. The server may
   * allow less.
   */
  get requestsPerMinute(): number {
    return this.configured;
  }

  set requestsPerMinute(requests: number) {
    this.configured = requests;
    this.serve();
  }

  closed(): StoreError<never> | undefined {
    const retryAfterMs = this.gate.closedForMs();
    if (retryAfterMs === 0) return undefined;
    const cause = new GenesysError('Genesys Cloud has asked this client to wait (429).', {
      kind: 'throttled',
      sent: false,
      retryAfterMs,
    });
    return new StoreError(cause.message, { kind: 'throttled', retryAfterMs }, { cause });
  }

  /** Whether what leaves is still spaced, since the server had asked to wait. */
  get isRecovering(): boolean {
    return this.gate.heldForMs(this.budget) > 0;
  }

  /** Grants nothing for the next `ms` milliseconds, an hour at most. Never shortens an earlier closure. */
  close(ms: number): void {
    this.gate.close(ms);
  }

  /** Takes note of the server's own count before that comes to a 429. */
  heed({ count, allowed, resetMs }: RateLimit): void {
    if (allowed === undefined) return;
    this.allowed = allowed;
    if (count !== undefined && count >= allowed && resetMs !== undefined) this.close(resetMs);
    this.serve();
  }

  /**
   * Waits for its turn, first come, first served, until so many requests may be sent. Where that is
   * more than the budget of a minute, the permit is for as many as the budget.
   *
   * @throws the signal's reason when it aborts, and nothing else.
   */
  async permit(requests: number, signal: AbortSignal): Promise<Permit> {
    return await this.wait(this.waiters, requests, signal);
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
        const shortBudget = () => (this.isShort() ? this.budget : undefined);
        const spacedMs = await this.spacing.turn(key, {
          requests,
          signal,
          afterConflict,
          shortBudget,
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
  async urgentPermit(requests: number, signal: AbortSignal): Promise<Permit> {
    return await this.wait(this.urgentWaiters, requests, signal);
  }

  private async wait(queue: Queue<Waiter>, requests: number, signal: AbortSignal): Promise<Permit> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
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

  /** Less than the configured budget where the server says so; one request is what it takes to ask. */
  private get budget(): number {
    return Math.max(1, Math.min(this.configured, this.allowed));
  }

  private isShort(): boolean {
    return this.window.used(this.clock.now()) > this.budget * (1 - PLENTY);
  }

  /** Lets in whoever may go now, and sets the alarm for the next. */
  private serve(): void {
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
      const now = this.clock.now();
      const units = Math.min(waiter.requests, this.budget);
      const waitMs = Math.max(
        this.gate.heldForMs(this.budget),
        this.window.fullForMs(units, this.budget, now),
      );
      if (waitMs > 0) {
        this.wakeAt(now + waitMs);
        return;
      }
      queue.shift();
      const short = units < waiter.requests && { requests: units };
      waiter.admit({ ...this.grant(units), ...short });
    }
  }

  private grant(units: number): Grant {
    this.gate.pass(units);
    this.window.reserve(units);
    let left = units;
    return {
      use: () => {
        if (left === 0) return undefined;
        left--;
        let answered = false;
        return () => {
          if (answered) return;
          answered = true;
          this.window.answered(this.clock.now());
          this.serve();
        };
      },
      giveBack: () => {
        this.window.release(left);
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
