import type { Clock } from '../../../core';

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  private time = 1_000_000;

  now(): number {
    return this.time;
  }

  advance(ms: number): void {
    this.time += ms;
  }

  sleep(): Promise<void> {
    return Promise.reject(new Error('Nobody sleeps on this clock.'));
  }

  turn(): Promise<void> {
    return this.sleep();
  }

  later(): () => void {
    throw new Error('Nobody waits on this clock.');
  }
}
