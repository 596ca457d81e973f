import { type Clock, systemClock } from '../core';

/** Holds back a client's requests for as long as the server asked it to wait. */
export class Gate {
  private opensAt = -Infinity;

  constructor(private readonly clock: Clock = systemClock) {}

  /** Nobody passes for the next `ms` milliseconds. Never shortens an earlier closure. */
  close(ms: number): void {
    this.opensAt = Math.max(this.opensAt, this.clock.now() + ms);
  }

  /** Milliseconds until the gate opens; 0 while it is open. */
  closedForMs(): number {
    return Math.max(0, this.opensAt - this.clock.now());
  }
}
