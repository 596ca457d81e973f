import { describe, expect, it } from '@jest/globals';

import { Lanes, type LocateLimits, StoreError, strategies, type UpdatePolicy } from '../../core';
import { failureOf } from './changes';
import { seededRandom, VirtualClock } from './virtual-clock';

const POLICY: UpdatePolicy = {
  maxAttempts: 5,
  totalTimeoutMs: 1000,
  requestTimeoutMs: 300,
  backoff: strategies.exponential({ baseMs: 100, maxMs: 5000 }),
};

/** Reads something that takes 20 ms, after these failures. */
function setUp(failures: StoreError[]) {
  const clock = new VirtualClock();
  const lanes = new Lanes<unknown, unknown>({ clock, random: seededRandom(1) });
  const asked: (LocateLimits & { readonly at: number })[] = [];
  const start = (policy: Partial<UpdatePolicy> = {}, signal?: AbortSignal) =>
    lanes.read(
      async (limits) => {
        asked.push({ at: clock.now(), ...limits });
        await clock.sleep(20);
        const failure = failures.shift();
        if (failure) throw failure;
        return 'what is there';
      },
      { ...POLICY, ...policy },
      signal,
    );
  return { clock, asked, start };
}

const unavailable = () => new StoreError('503', { kind: 'transient' });

describe('Reading what is not to be changed', () => {
  it('gives what is there, and leaves no timer behind', async () => {
    const { asked, clock, start } = setUp([]);
    expect(await clock.run(start())).toBe('what is there');
    expect(asked).toEqual([{ at: 0, timeoutMs: 300, patienceMs: 1000 }]);
    expect(clock.pending).toBe(0);
  });

  it('is tried again after what passes', async () => {
    const { asked, clock, start } = setUp([unavailable(), unavailable()]);
    expect(await clock.run(start())).toBe('what is there');
    expect(asked.map(({ at }) => at)).toEqual([0, 120, 340]);
  });

  it('is not tried again after what lasts, nor more often or longer than allowed', async () => {
    const gone = new StoreError('404', { kind: 'permanent', isAbsent: true });
    const failure = async (first: StoreError[], policy: Partial<UpdatePolicy> = {}) => {
      const { asked, clock, start } = setUp(first);
      const { reason } = await clock.run(failureOf(start(policy)));
      return [reason, asked.length];
    };
    expect(await failure([gone])).toEqual(['permanent', 1]);
    const many = () => Array.from({ length: 9 }, unavailable);
    expect(await failure(many(), { maxAttempts: 2 })).toEqual(['attempts', 2]);
    expect(await failure(many(), { totalTimeoutMs: 200 })).toEqual(['deadline', 2]);
    const busy = new StoreError('429', { kind: 'throttled', retryAfterMs: 5000 });
    expect(await failure([busy])).toEqual(['throttled', 1]);
  });

  it('is cancelled while it waits, and asks no more', async () => {
    const { asked, clock, start } = setUp([unavailable(), unavailable()]);
    const abort = new AbortController();
    clock.at(60, () => {
      abort.abort();
    });
    expect(await clock.run(failureOf(start({}, abort.signal)))).toMatchObject({
      reason: 'cancelled',
    });
    expect(asked).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });
});
