import { type Clock, systemClock } from '../../core';
import { LONGEST_WAIT_MS } from '../transport/retry-after';

const MINUTE_MS = 60_000;

/**
 * Holds back a client's requests for as long as the server asked it to wait. Those that have waited
 * leave one after the other: all at once, they would only meet the next 429.
 */
export class Gate {
  private opensAt = -Infinity;
  /** Who passed last in the minute after a closure. */
  private last = { at: -Infinity, requests: 0 };

  constructor(private readonly clock: Clock = systemClock) {}

  /** Nobody passes for the next `ms` milliseconds, an hour at most. Never shortens an earlier closure. */
  close(ms: number): void {
    this.opensAt = Math.max(this.opensAt, this.clock.now() + Math.min(ms, LONGEST_WAIT_MS));
  }

  /** Milliseconds until the gate opens; 0 while it is open. */
  closedForMs(): number {
    return Math.max(0, this.opensAt - this.clock.now());
  }

  /** Milliseconds until the next may pass, where those after a closure are spaced for `budget` requests a minute. */
  heldForMs(budget: number): number {
    const spacedUntil = this.last.at + (this.last.requests * MINUTE_MS) / budget;
    const heldUntil = Math.max(this.opensAt, Math.min(spacedUntil, this.opensAt + MINUTE_MS));
    return Math.max(0, heldUntil - this.clock.now());
  }

  /** Somebody passes, who is going to send so many requests. */
  pass(requests: number): void {
    const at = this.clock.now();
    if (at < this.opensAt + MINUTE_MS) this.last = { at, requests };
  }
}
