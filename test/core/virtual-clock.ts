import type { Clock, Random } from '../../core';

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** Time that stands still until everything that can happen now has happened, then jumps to the next timer. */
export class VirtualClock implements Clock {
  private time = 0;
  /** By the time at which they ring, those of one time in the order in which they were set. */
  private readonly timers: Timer[] = [];

  now(): number {
    return this.time;
  }

  /** Timers that have been set and neither rung nor been cancelled. */
  get pending(): number {
    return this.timers.length;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const cancel = this.later(ms, () => {
      signal?.removeEventListener('abort', stop);
      resolve(undefined);
    });
    const stop = () => {
      cancel();
      reject(new Error('aborted'));
    };
    signal?.addEventListener('abort', stop, { once: true });
    await promise;
  }

  async turn(): Promise<void> {
    await this.sleep(0);
  }

  later(ms: number, action: () => void): () => void {
    return this.set({ at: this.time + ms, ring: action });
  }

  /** Runs something at a moment to come. */
  at(ms: number, action: () => void): void {
    this.set({ at: ms, ring: action });
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
      const next = this.timers.shift();
      if (!next) throw new Error('Nothing is left to wait for, but the task has not settled.');
      this.time = Math.max(this.time, next.at);
      next.ring();
    }
  }

  private set(timer: Timer): () => void {
    const later = this.timers.findLastIndex(({ at }) => at <= timer.at) + 1;
    this.timers.splice(later, 0, timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
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

/** Tells the same time, but no timer of it ever goes off. */
export const withoutTimers = (clock: VirtualClock): Clock => ({
  now: () => clock.now(),
  sleep: async (ms, signal) => {
    await clock.sleep(ms, signal);
  },
  turn: async () => {
    await clock.turn();
  },
  later: () => () => undefined,
});
