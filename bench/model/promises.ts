import { setImmediate as nextTurn } from 'node:timers/promises';

import type { Clock, Random } from '../../core';
import type { Timeline } from './timeline';

/** Waits until everything that promises can do now has been done. */
export async function drained(): Promise<void> {
  await nextTurn();
}

/** Virtual time as the core sees it. */
export class TimelineClock implements Clock {
  constructor(private readonly timeline: Timeline) {}

  now(): number {
    return this.timeline.now;
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
    const planned = this.timeline.after(ms, action);
    return () => {
      planned.cancelled = true;
    };
  }
}

/** Lets time pass until a task has settled. */
export async function settled<Result>(timeline: Timeline, task: Promise<Result>): Promise<Result> {
  const state = { settled: false };
  const end = () => {
    state.settled = true;
  };
  task.then(end, end);
  for (;;) {
    await drained();
    if (state.settled) return await task;
    if (!timeline.step()) throw new Error('Nothing is left to wait for.');
  }
}

/**
 * Gives libraries that know nothing of virtual time its timers, and chance by a seed, for as long as
 * `task` takes. `rang` is told of each timer.
 */
export async function underVirtualTimers<Result>(
  timeline: Timeline,
  random: Random,
  rang: () => void,
  task: () => Promise<Result>,
): Promise<Result> {
  const { setTimeout } = globalThis;
  const chance = Math.random;
  const plan = (happen: () => void, ms?: number) =>
    timeline.after(ms ?? 0, () => {
      rang();
      happen();
    });
  globalThis.setTimeout = plan as unknown as typeof setTimeout;
  Math.random = random;
  try {
    return await task();
  } finally {
    globalThis.setTimeout = setTimeout;
    Math.random = chance;
  }
}
