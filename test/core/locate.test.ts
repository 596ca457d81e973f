import { describe, expect, it } from '@jest/globals';

import { type LocateLimits, StoreError, strategies, type UpdatePolicy } from '../../core';
import { Lanes } from './flat';
import { failureOf, set } from './changes';
import { type Content, ModelRecord } from './model-record';
import { seededRandom, VirtualClock } from './virtual-clock';

const POLICY: UpdatePolicy = {
  maxAttempts: 5,
  totalTimeoutMs: 1000,
  requestTimeoutMs: 300,
  backoff: strategies.exponential({ baseMs: 100, maxMs: 5000 }),
};

/** A record that takes 20 ms to be found, or to fail to be found. */
function setUp(failures: StoreError[] = []) {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock);
  const lanes = new Lanes<Content, Content>({ clock, random: seededRandom(1) });
  const asked: (LocateLimits & { readonly at: number })[] = [];
  const start = (policy: Partial<UpdatePolicy> = {}, signal?: AbortSignal) =>
    lanes.update(
      async (limits) => {
        asked.push({ at: clock.now(), ...limits });
        await clock.sleep(20);
        const failure = failures.shift();
        if (failure) throw failure;
        return { key: 'record', store: record.store(), waitedMs: 7 };
      },
      set({ a: 1 }),
      { ...POLICY, ...policy },
      signal,
    );
  return { clock, record, lanes, asked, start };
}

const unavailable = () => new StoreError('503', { kind: 'transient' });

describe('Finding the record', () => {
  it('is retried as patiently as anything else, and happens once', async () => {
    const { clock, asked, record, start } = setUp([unavailable(), unavailable()]);
    const result = await clock.run(start());
    expect(result).toMatchObject({ attempts: 3, waitedMs: 307, elapsedMs: 400 });
    expect(asked.map(({ at }) => at)).toEqual([0, 120, 340]);
    expect(record.requests).toHaveLength(2);
  });

  it('is told how much time and patience there is, and when it is not wanted any more', async () => {
    const { clock, asked, start } = setUp([unavailable(), unavailable(), unavailable()]);
    const { signal } = new AbortController();
    await clock.run(start({ totalTimeoutMs: 1020 }, signal));
    expect(asked).toEqual([
      { at: 0, timeoutMs: 300, patienceMs: 1020, signal },
      { at: 120, timeoutMs: 300, patienceMs: 900, signal },
      { at: 340, timeoutMs: 300, patienceMs: 680, signal },
      { at: 760, timeoutMs: 260, patienceMs: 260, signal },
    ]);
    await clock.run(start());
    expect(asked[4]).not.toHaveProperty('signal');
  });

  it('makes the waits after faults grow with any strategy', async () => {
    const { clock, asked, start } = setUp([unavailable(), unavailable(), unavailable()]);
    await clock.run(
      start({
        totalTimeoutMs: 10_000,
        backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
      }),
    );
    const random = seededRandom(1);
    const waits = [100, 200, 400].map((ceiling) => random() * ceiling);
    const gaps = asked.slice(1).map(({ at }, index) => at - (asked[index]?.at ?? 0) - 20);
    for (const [index, gap] of gaps.entries()) expect(gap).toBeCloseTo(waits[index] ?? NaN);
  });

  it.each([
    ['that is the last attempt', { maxAttempts: 1 }],
    ['the next attempt would come too late', { totalTimeoutMs: 100 }],
  ])('is cancelled where it fails as the update is cancelled, though %s', async (_, policy) => {
    const { clock, start } = setUp([unavailable()]);
    const abort = new AbortController();
    clock.at(10, () => {
      abort.abort();
    });
    const error = await clock.run(failureOf(start(policy, abort.signal)));
    expect(error.reason).toBe('cancelled');
  });

  it('fails the update for good where it fails for good', async () => {
    const { clock, asked, lanes, start } = setUp([new StoreError('404', { kind: 'permanent' })]);
    const error = await failureOf(clock.run(start()));
    expect(error).toMatchObject({ reason: 'permanent', message: '404', story: { attempts: 1 } });
    expect([asked.length, lanes.size, clock.pending]).toEqual([1, 0, 0]);
  });

  it('uses up the attempts', async () => {
    const { clock, start } = setUp([unavailable(), unavailable()]);
    const error = await failureOf(clock.run(start({ maxAttempts: 2 })));
    expect(error).toMatchObject({ reason: 'attempts', story: { attempts: 2, waitedMs: 100 } });
  });

  it('waits as long as the server asks, and not at all where that is too long', async () => {
    const asksFor = (retryAfterMs: number) =>
      new StoreError('429', { kind: 'throttled', retryAfterMs });
    const patient = setUp([asksFor(500)]);
    await patient.clock.run(patient.start());
    expect(patient.asked.map(({ at }) => at)).toEqual([0, 620]);
    const { clock, asked, start } = setUp([asksFor(980)]);
    await clock.run(clock.sleep(50));
    const error = await failureOf(clock.run(start()));
    expect(error).toMatchObject({
      reason: 'throttled',
      story: { attempts: 0, waitedMs: 20, elapsedMs: 20 },
    });
    expect(asked).toHaveLength(1);
  });

  it('is not tried again where the wait would last until the time is up', async () => {
    const { clock, start } = setUp([unavailable()]);
    const error = await failureOf(clock.run(start({ totalTimeoutMs: 120 })));
    expect(error).toMatchObject({ reason: 'deadline', story: { elapsedMs: 20 } });
  });

  it.each([
    ['before it begins', 0, 0],
    ['while it fails', 10, 20],
    ['while it is waited for anew', 60, 60],
  ])('ends when the update is cancelled %s', async (_, abortMs, elapsedMs) => {
    const { clock, record, start } = setUp([unavailable()]);
    const abort = new AbortController();
    if (abortMs === 0) abort.abort();
    clock.at(abortMs, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start({}, abort.signal)));
    expect(error).toMatchObject({ reason: 'cancelled', story: { elapsedMs } });
    expect(record.requests).toEqual([]);
  });

  it.each(['cancelled', 'deadline'] as const)(
    'is the last thing that is done where it comes too late (%s)',
    async (reason) => {
      const { clock, record, lanes, start } = setUp();
      const abort = new AbortController();
      clock.at(10, () => {
        if (reason === 'cancelled') abort.abort();
      });
      const totalTimeoutMs = reason === 'deadline' ? 15 : 1000;
      const error = await failureOf(clock.run(start({ totalTimeoutMs }, abort.signal)));
      expect(error).toMatchObject({ reason, story: { attempts: 0, waitedMs: 7, elapsedMs: 20 } });
      expect([record.requests.length, lanes.size]).toEqual([0, 0]);
    },
  );

  it('may fail with a bug, which passes as it is', async () => {
    const bug = new RangeError('a bug');
    const { clock, lanes } = setUp();
    const update = lanes.update(() => Promise.reject(bug), set({ a: 1 }), POLICY);
    await expect(clock.run(update)).rejects.toBe(bug);
    expect([lanes.size, clock.pending]).toEqual([0, 0]);
  });
});

describe('What finding the record has shown', () => {
  it('is the first read, where it came after the update', async () => {
    const { clock, lanes, record } = setUp();
    const find = async () => {
      const sentAt = clock.now();
      await clock.sleep(20);
      const snapshot = { state: record.content, version: record.version };
      const seen = { snapshot, sentAt, answeredAt: clock.now() };
      return { key: 'record', store: record.store(), seen };
    };
    const result = await clock.run(lanes.update(find, set({ a: 1 }), POLICY));
    expect(result).toMatchObject({ outcome: 'written', attempts: 1 });
    expect(record.requests.map(({ kind }) => kind)).toEqual(['write']);
  });
});

describe('A record that turns out to be elsewhere', () => {
  /** A record that is first looked for where it is not, so many times. */
  function moved(times: number) {
    const clock = new VirtualClock();
    const record = new ModelRecord(clock);
    const lanes = new Lanes<Content, Content>({ clock, random: seededRandom(1) });
    const gone = new StoreError('It is not here.', { kind: 'permanent' });
    const told: (StoreError | undefined)[] = [];
    let reads = 0;
    const nowhere = {
      ...record.store(),
      read: async () => {
        await clock.sleep(10);
        reads++;
        throw gone;
      },
    };
    const locate = ({ failed }: LocateLimits) => {
      told.push(failed);
      return Promise.resolve(
        told.length <= times
          ? {
              key: 'where it is not',
              record: 'record',
              store: nowhere,
              isElsewhere: (error: StoreError) => error === gone,
            }
          : { key: 'where it is', record: 'record', store: record.store() },
      );
    };
    const update = (name: string, signal?: AbortSignal) =>
      lanes.update(locate, set({ [name]: 1 }), POLICY, signal);
    return { clock, gone, lanes, record, told, update, reads: () => reads };
  }

  it('is found anew, which is no attempt and no failure', async () => {
    const { clock, gone, record, told, update } = moved(1);
    const result = await clock.run(update('a'));
    expect(result).toMatchObject({ outcome: 'written', attempts: 1, conflicts: 0, waitedMs: 0 });
    expect(told).toEqual([undefined, gone]);
    expect(record.content).toMatchObject({ a: 1 });
  });

  it('is found anew as often as it takes', async () => {
    const { clock, told, update } = moved(3);
    expect(await clock.run(update('a'))).toMatchObject({ outcome: 'written', attempts: 1 });
    expect(told).toHaveLength(4);
  });

  it('costs all who look for it there one read', async () => {
    const { clock, reads, record, update } = moved(10);
    const names = Array.from({ length: 10 }, (_, index) => `a${index}`);
    const results = await clock.run(Promise.all(names.map((name) => update(name))));
    expect(results.map(({ batchSize }) => batchSize)).toEqual(names.map(() => 10));
    expect(reads()).toBe(1);
    expect(record.requests).toHaveLength(2);
  });

  it('may be given up on the way', async () => {
    const { clock, lanes, record, update } = moved(1);
    const abort = new AbortController();
    clock.at(5, () => {
      abort.abort();
    });
    expect(await failureOf(clock.run(update('a', abort.signal)))).toMatchObject({
      reason: 'cancelled',
    });
    expect([record.requests.length, lanes.size]).toEqual([0, 0]);
  });
});
