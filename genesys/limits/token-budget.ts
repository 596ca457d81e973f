import type { Clock } from '../../core';
import type { RateLimit } from '../transport/rate-limit';
import { Gate } from './gate';
import { SlidingWindow } from './sliding-window';

/** What may be sent with one access token: so many requests a minute, while its gate is open. */
export class TokenBudget {
  private readonly gate: Gate;
  /** Closed while the token is not to be had, which the server has not asked for: nobody is spaced after it. */
  private readonly missing: Gate;
  private readonly window = new SlidingWindow();
  /** What the server says that it allows in a minute. */
  private allowed = Infinity;

  /**
   * @param index tells it from those of the client's other tokens
   * @param configured the most requests that may reach the server within any 60 seconds
   */
  constructor(
    readonly index: number,
    private readonly configured: () => number,
    private readonly clock: Clock,
  ) {
    this.gate = new Gate(clock);
    this.missing = new Gate(clock);
  }

  /** Less than is configured where the server says so; one request is what it takes to ask. */
  get perMinute(): number {
    return Math.max(1, Math.min(this.configured(), this.allowed));
  }

  /** Requests that count now. */
  get used(): number {
    return this.window.used(this.clock.now());
  }

  /** Requests that may still be sent in this minute. */
  get left(): number {
    return this.perMinute - this.used;
  }

  /** Milliseconds until its gate is open, and it is worth asking for again where it was not to be had. */
  get closedForMs(): number {
    return Math.max(this.gate.closedForMs(), this.missing.closedForMs());
  }

  /** Whether what leaves is still spaced, since the server had asked to wait. */
  get isRecovering(): boolean {
    return this.gate.heldForMs(this.perMinute) > 0;
  }

  /** Of so many requests, those that it can give leave to in one go. */
  share(requests: number): number {
    return Math.min(requests, this.perMinute);
  }

  /** Milliseconds until it is worth asking again for so many requests; `Infinity` where only an answer can make room. */
  waitMs(requests: number): number {
    return Math.max(
      this.gate.heldForMs(this.perMinute),
      this.missing.closedForMs(),
      this.window.fullForMs(this.share(requests), this.perMinute, this.clock.now()),
    );
  }

  /** See {@link Gate.close}. */
  close(ms: number): void {
    this.gate.close(ms);
  }

  /** It is not to be had, and is done without for so many ms. */
  doWithout(ms: number): void {
    this.missing.close(ms);
  }

  /** Takes note of the server's own count before that comes to a 429. */
  heed({ count, allowed, resetMs }: RateLimit): void {
    if (allowed === undefined) return;
    this.allowed = allowed;
    if (count !== undefined && count >= allowed && resetMs !== undefined) this.close(resetMs);
  }

  /** Somebody got leave for so many requests. */
  reserve(requests: number): void {
    this.gate.pass(requests);
    this.window.reserve(requests);
  }

  /** So many of them will not be sent. */
  release(requests: number): void {
    this.window.release(requests);
  }

  /** One of them has been answered, or will not be any more. */
  answered(): void {
    this.window.answered(this.clock.now());
  }
}
