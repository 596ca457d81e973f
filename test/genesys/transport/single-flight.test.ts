import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { SingleFlight, type WaitLimits } from '../../../genesys/transport/single-flight';
import { failureOf } from './errors';
import { watchTimers } from '../limits/timers';

/** Work that ends when the test says so. */
function setUp() {
  const flights = new SingleFlight<string>();
  const runs: {
    signal: AbortSignal;
    succeed: (result: string) => void;
    fail: (e: Error) => void;
  }[] = [];
  const work = jest.fn(
    async (signal: AbortSignal) =>
      await new Promise<string>((succeed, fail) => {
        runs.push({ signal, succeed, fail });
      }),
  );
  const join = (limits: Partial<WaitLimits> = {}, key = 'key') =>
    flights.join(key, work, { timeoutMs: 5000, ...limits }, (why) => new Error(why));
  return { runs, work, join };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('callers that want the same at the same time', () => {
  it('share one piece of work and its result', async () => {
    const { runs, work, join } = setUp();
    const all = Promise.all([join(), join(), join()]);
    runs[0]?.succeed('shared');
    expect(await all).toEqual(['shared', 'shared', 'shared']);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('share its failure', async () => {
    const { runs, work, join } = setUp();
    const all = Promise.all([failureOf(join()), failureOf(join())]);
    const failure = new Error('no luck');
    runs[0]?.fail(failure);
    expect(await all).toEqual([failure, failure]);
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('share one listener too where they have the same signal, however many they are', async () => {
    const { runs, join } = setUp();
    const { signal } = new AbortController();
    const all = Promise.all(Array.from({ length: 1000 }, () => join({ signal })));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    runs[0]?.succeed('shared');
    expect(new Set(await all)).toEqual(new Set(['shared']));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('of different keys share nothing', async () => {
    const { runs, join } = setUp();
    const one = join({}, 'one');
    const other = join({}, 'other');
    runs[1]?.succeed('for other');
    runs[0]?.succeed('for one');
    expect(await Promise.all([one, other])).toEqual(['for one', 'for other']);
  });

  it('start anew after a success and after a failure', async () => {
    const { runs, join } = setUp();
    const first = join();
    runs[0]?.succeed('first');
    await first;
    const second = failureOf(join());
    runs[1]?.fail(new Error('second'));
    await second;
    const third = join();
    runs[2]?.succeed('third');
    expect(await third).toBe('third');
  });
});

describe('a caller that leaves', () => {
  it('because its time is up leaves the others undisturbed', async () => {
    const { runs, join } = setUp();
    const leaving = failureOf(join({ timeoutMs: 30 }));
    const staying = join();
    expect(await leaving).toEqual(new Error('timeout'));
    expect(runs[0]?.signal.aborted).toBe(false);
    runs[0]?.succeed('still here');
    expect(await staying).toBe('still here');
  });

  it('because its time is up keeps newcomers from what was too slow for it', async () => {
    const { runs, work, join } = setUp();
    const leaving = failureOf(join({ timeoutMs: 30 }));
    const staying = join();
    await leaving;
    const newcomer = join();
    expect(work).toHaveBeenCalledTimes(2);
    runs[1]?.succeed('quick');
    expect(await newcomer).toBe('quick');
    runs[0]?.succeed('slow');
    expect(await staying).toBe('slow');
  });

  it('because it was aborted leaves at once and the others undisturbed', async () => {
    const { runs, join } = setUp();
    const giveUp = new AbortController();
    const leaving = failureOf(join({ signal: giveUp.signal }));
    const staying = join();
    giveUp.abort();
    expect(await leaving).toEqual(new Error('aborted'));
    expect(runs[0]?.signal.aborted).toBe(false);
    runs[0]?.succeed('still here');
    expect(await staying).toBe('still here');
  });

  it('may have been aborted before it came', async () => {
    const { runs, join } = setUp();
    const staying = join();
    const leaving = failureOf(join({ signal: AbortSignal.abort() }));
    expect(await leaving).toEqual(new Error('aborted'));
    runs[0]?.succeed('still here');
    expect(await staying).toBe('still here');
  });

  it('as the last one aborts the work, and not before', async () => {
    const { runs, join } = setUp();
    const [one, other] = [new AbortController(), new AbortController()];
    const both = [one, other].map(({ signal }) => failureOf(join({ signal })));
    one.abort();
    await both[0];
    expect(runs[0]?.signal.aborted).toBe(false);
    other.abort();
    await both[1];
    expect(runs[0]?.signal.aborted).toBe(true);
  });

  it('as the last one leaves nothing that a newcomer could join, nor end', async () => {
    const { runs, work, join } = setUp();
    const giveUp = new AbortController();
    const leaving = failureOf(join({ signal: giveUp.signal }));
    giveUp.abort();
    await leaving;
    const first = join();
    expect(work).toHaveBeenCalledTimes(2);
    // The end of the old work must not take the new one from those who come later.
    runs[0]?.fail(new Error('aborted work'));
    await sleep(5);
    const second = join();
    runs[1]?.succeed('fresh');
    expect(await Promise.all([first, second])).toEqual(['fresh', 'fresh']);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('leaves neither timer nor listener behind, whatever ended its wait', async () => {
    const { runs, join } = setUp();
    const timers = watchTimers(60_001);
    const signals = [new AbortController(), new AbortController()] as const;
    const aborted = failureOf(join({ timeoutMs: 60_001, signal: signals[0].signal }));
    const served = join({ timeoutMs: 60_001, signal: signals[1].signal });
    signals[0].abort();
    await aborted;
    runs[0]?.succeed('done');
    await served;
    expect([timers.started(), timers.left()]).toEqual([2, 0]);
    for (const { signal } of signals) expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
