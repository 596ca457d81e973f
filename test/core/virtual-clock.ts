import type { Clock, Random } from '../../core';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** Time that stands still until everything that can happen now has happened, then jumps to the next timer. */
export class VirtualClock implements Clock {
  private time = 0;
  private timers: Timer[] = [];

  now(): number {
    return this.time;
  }

  /** Timers that have been set and neither rung nor been cancelled. */
  get pending(): number {
    return this.timers.length;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const timer = { at: this.time + ms, ring: resolve };
      this.timers.push(timer);
      signal?.addEventListener(
        'abort',
        () => {
          this.timers = this.timers.filter((other) => other !== timer);
          reject(new Error('aborted'));
        },
        { once: true },
      );
    });
  }

  async turn(): Promise<void> {
    await this.sleep(0);
  }

  later(ms: number, action: () => void): () => void {
    const timer = { at: this.time + ms, ring: action };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Runs something at a moment to come. */
  at(ms: number, action: () => void): void {
    this.timers.push({ at: ms, ring: action });
  }

  /** Lets time pass until `task` has settled. */
  async run<Result>(task: Promise<Result>): Promise<Result> {
    const state = { settled: false };
    const done = task.finally(() => {
      state.settled = true;
    });
    done.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (state.settled) return await done;
      const next = this.timers.toSorted((one, other) => one.at - other.at)[0];
      if (!next) throw new Error('Nothing is left to wait for, but the task has not settled.');
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.ring();
    }
  }
}

/** Mulberry32: the same seed, the same numbers. */
export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
