import { setImmediate as nextTurn } from 'node:timers/promises';

import { onAbort } from './cancellation';

/** Time as the core sees it. Injected, so that tests run on virtual time. */
export interface Clock {
  /** Milliseconds from an arbitrary origin; never goes backwards, whatever happens to the wall clock. */
  now(): number;
  /**
   * Resolves after `ms` milliseconds. Rejects at once when `signal` aborts (with any error: callers
   * look at the signal) and then leaves neither timer nor listener behind.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves in the next turn of the event loop, when all that is happening now has happened. */
  turn(): Promise<void>;
  /**
   * Runs `action` after `ms` milliseconds, without keeping the process alive for it.
   *
   * @returns what to call when it is not wanted any more.
   */
  later(ms: number, action: () => void): () => void;
}

/** A uniform random number in [0, 1). Injected, so that tests can fix it with a seed. */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (ms, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    // What is due already may be so by a fraction of a millisecond, of which Node would warn.
    const timer = setTimeout(
      () => {
        resolve(undefined);
      },
      Math.max(0, ms),
    );
    const stopListening = onAbort(signal, () => {
      clearTimeout(timer);
      reject(new Error('aborted'));
    });
    await promise.finally(stopListening);
  },
  turn: async () => {
    await nextTurn();
  },
  later: (ms, action) => {
    const timer = setTimeout(action, ms).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
