import { type Clock, systemClock } from '../core';

/** A server that asks for more than an hour is mistaken, and must not lock a client out for good. */
const LONGEST_CLOSURE_MS = 3_600_000;

/** Holds back a client's requests for as long as the server asked it to wait. */
export class Gate {
  private opensAt = -Infinity;

  constructor(private readonly clock: Clock = systemClock) {}

  /** Nobody passes for the next `ms` milliseconds. Never shortens an earlier closure. */
  close(ms: number): void {
    this.opensAt = Math.max(this.opensAt, this.clock.now() + Math.min(ms, LONGEST_CLOSURE_MS));
  }

  /** Milliseconds until the gate opens; 0 while it is open. */
  closedForMs(): number {
    return Math.max(0, this.opensAt - this.clock.now());
  }
}
