import { describe, expect, it } from '@jest/globals';

import { type Admission, StoreError, strategies, type UpdatePolicy } from '../../core';
import { type Change, Lanes, type Store } from './flat';
import type { Backoff, Observation } from '../../core/backoff';
import { failureOf } from './changes';
import { seededRandom, VirtualClock } from './virtual-clock';

type Values = Readonly<Record<string, number>>;

const POLICY: UpdatePolicy = {
  maxAttempts: 5,
  totalTimeoutMs: 10_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
};

/** A record without a version: a write is accepted after 20 ms, and shown by reads `lagMs` later. */
function accepting(lagMs: number, admission?: Admission) {
  const clock = new VirtualClock();
  const requests: {
    readonly kind: 'read' | 'write';
    readonly at: number;
    readonly sent?: Values;
    readonly timeoutMs?: number;
    readonly hasPermit?: boolean;
  }[] = [];
  let shown: Values = {};
  const failures: Error[] = [];
  const show = (values: Values) => {
    shown = { ...shown, ...values };
  };
  const store: Store<Values> = {
    versioned: false,
    ...(admission && { admission }),
    read: async ({ permit, signal, timeoutMs }) => {
      requests.push({ kind: 'read', at: clock.now(), timeoutMs, hasPermit: permit !== undefined });
      const failure = failures.shift();
      await clock.sleep(20, signal).catch(() => {
        throw new StoreError('given up', { kind: 'transient' });
      });
      if (failure) throw failure;
      return { version: null, state: shown };
    },
    write: async (next, { state }) => {
      const sent = Object.fromEntries(
        Object.entries(next).filter(([name, value]) => state[name] !== value),
      );
      requests.push({ kind: 'write', at: clock.now(), sent });
      await clock.sleep(20);
      clock.at(clock.now() + lagMs, () => {
        show(sent);
      });
      return { accepted: true };
    },
  };
  const lanes = new Lanes<Values, Values>({ clock, random: seededRandom(1) });
  const start = (values: Values, policy: Partial<UpdatePolicy> = {}, signal?: AbortSignal) =>
    lanes.update(
      () => Promise.resolve({ key: 'record', store }),
      setting(values),
      { ...POLICY, ...policy },
      signal,
    );
  const later = async (ms: number, ...rest: Parameters<typeof start>) => {
    await clock.sleep(ms);
    return await start(...rest);
  };
  const times = (kind: 'read' | 'write') =>
    requests.filter((request) => request.kind === kind).map(({ at }) => at);
  return { clock, requests, failures, foreignWrite: show, lanes, store, start, later, times };
}

function setting(wanted: Values): Change<Values, Values> {
  return {
    idempotent: true,
    apply: ({ state }) =>
      Object.entries(wanted).every(([name, value]) => state[name] === value)
        ? { kind: 'unchanged', report: {}, restsOn: Object.keys(wanted) }
        : { kind: 'write', next: { ...state, ...wanted }, report: wanted },
  };
}

describe('What finding the record showed', () => {
  it('while a write was on its way does not stand in for a read after it', async () => {
    const { clock, lanes, store, start, times } = accepting(500);
    const find = async () => {
      // Sent right after the write, and answered right before it.
      await clock.sleep(22);
      const sentAt = clock.now();
      await clock.sleep(17);
      const seen = { snapshot: { version: null, state: {} }, sentAt, answeredAt: clock.now() };
      return { key: 'record', store, seen };
    };
    await clock.run(
      Promise.all([
        start({ a: 1 }, { waitUntilVisible: false }),
        lanes.update(find, setting({ b: 1 }), { ...POLICY, waitUntilVisible: false }),
      ]),
    );
    expect(times('read')).toHaveLength(2);
  });
});

describe('Several who wait until what they wrote can be seen', () => {
  it('share the looks', async () => {
    const { clock, start, times } = accepting(500);
    const results = await clock.run(
      Promise.all([start({ a: 1 }), start({ b: 1 }), start({ c: 1 })]),
    );
    expect(results.map(({ outcome, batchSize }) => [outcome, batchSize])).toEqual(
      results.map(() => ['written', 3]),
    );
    expect([times('read'), times('write')]).toEqual([[0, 290, 685], [20]]);
    expect(results.every(({ waitedMs }) => waitedMs === 250 + 375)).toBe(true);
  });

  it('share them with those who come and write meanwhile, who are not held up', async () => {
    const { clock, start, later, times } = accepting(500);
    const [first, second] = await clock.run(Promise.all([start({ a: 1 }), later(100, { b: 1 })]));
    // Writes at 20 and 120; looks at 290 (for both soon), 390 for the second, 685 for both.
    expect(times('write')).toEqual([20, 120]);
    expect(first.elapsedMs).toBeLessThanOrEqual(705);
    expect(second.elapsedMs).toBeLessThanOrEqual(805);
    expect(times('read')).toEqual([0, 100, 290, 390, 685]);
  });

  it.each([0, 200, 800, 2000])(
    'are looked for when most before them could be seen, where reads lag %i ms',
    async (lagMs) => {
      const { clock, start, times } = accepting(lagMs);
      const elapsed: number[] = [];
      const updateOf = async (index: number) => {
        elapsed.push((await start({ a: index })).elapsedMs);
      };
      for (let index = 1; index <= 10; index++) await clock.run(updateOf(index));
      const before = times('read').length;
      for (let index = 11; index <= 50; index++) await clock.run(updateOf(index));
      // A read before the write, and this many after it.
      expect((times('read').length - before) / 40 - 1).toBeLessThanOrEqual(1.3);
      const median = elapsed.slice(10).sort((one, other) => one - other)[20] ?? NaN;
      // Read, write and look take 20 ms each; a write is accepted 20 ms after it was sent.
      expect(median - 40).toBeLessThanOrEqual(1.3 * lagMs + 40);
    },
  );

  it('are looked for before their time is over, however long reads have lagged', async () => {
    const { clock, start, times } = accepting(3000);
    for (let index = 1; index <= 5; index++) await clock.run(start({ a: index }));
    const before = times('read').length;
    const error = await clock.run(failureOf(start({ a: 6 }, { totalTimeoutMs: 2000 })));
    expect(error).toMatchObject({ reason: 'deadline' });
    // One before the write, and two looks.
    expect(times('read').length - before).toBe(3);
  });

  it('include who wanted just that, and wrote nothing', async () => {
    const { clock, start, later, times } = accepting(500);
    const results = await clock.run(
      Promise.all([start({ a: 1 }), start({ a: 1 }), later(100, { a: 1 })]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'unchanged', 'unchanged']);
    expect(results.every(({ snapshot }) => snapshot.state['a'] === 1)).toBe(true);
    expect(times('write')).toEqual([20]);
  });

  it('do not include who does not want to wait', async () => {
    const { clock, start, later } = accepting(500);
    const [patient, writer, other] = await clock.run(
      Promise.all([
        start({ a: 1 }),
        start({ b: 1 }, { waitUntilVisible: false }),
        later(100, { b: 1 }, { waitUntilVisible: false }),
      ]),
    );
    expect([patient.outcome, writer.outcome, other.outcome]).toEqual([
      'written',
      'accepted',
      'unchanged',
    ]);
    expect([writer.elapsedMs, other.elapsedMs]).toEqual([40, 20]);
  });

  it.each([
    ['a while later', true, 250],
    ['and does not wait where that is not wanted', false, 20],
  ])('include who finds it all accepted %s', async (_, waitUntilVisible, elapsedMs) => {
    const { clock, start, later, times } = accepting(200);
    const [, result] = await clock.run(
      Promise.all([
        start({ a: 1 }, { waitUntilVisible: false }),
        later(60, { a: 1 }, { waitUntilVisible }),
      ]),
    );
    expect(result).toMatchObject({ outcome: 'unchanged', elapsedMs });
    expect(times('write')).toEqual([20]);
  });

  it('do not include who wants what can be seen already, whatever was accepted beside it', async () => {
    const { clock, foreignWrite, start, later } = accepting(500);
    foreignWrite({ c: 1 });
    const [, other] = await clock.run(Promise.all([start({ a: 1 }), later(100, { c: 1 })]));
    expect(other).toMatchObject({ outcome: 'unchanged', elapsedMs: 20 });
  });

  describe('for what was accepted before and for what a companion writes now', () => {
    /** b is accepted at 40 and shown at 840, a is accepted at 440 and shown at 1240. */
    const both = () => {
      const world = accepting(800);
      const { start, later } = world;
      const first = start({ b: 1 }, { waitUntilVisible: false });
      const writer = later(400, { a: 1 });
      const watcher = later(400, { a: 1, b: 1 });
      return { ...world, task: Promise.all([writer, watcher, first]) };
    };

    it('wait for both', async () => {
      const { clock, task, times } = both();
      const [, { outcome, elapsedMs }] = await clock.run(task);
      // Looks at 690, at 1085, when only b is there, and at 1667.
      expect(times('read').slice(2)).toEqual([690, 1085, 1667.5]);
      expect([outcome, elapsedMs]).toEqual(['unchanged', 1287.5]);
    });

    it('write again as soon as one of them is overwritten', async () => {
      const { clock, foreignWrite, task, times } = both();
      clock.at(1000, () => {
        foreignWrite({ b: 9 });
      });
      const [, { outcome, conflicts }] = await clock.run(task);
      expect([outcome, conflicts]).toEqual(['written', 1]);
      expect(times('write')[2]).toBeLessThan(1300);
    });
  });

  it('end one by one when their time is up or they are cancelled', async () => {
    const { clock, start } = accepting(3000);
    const abort = new AbortController();
    clock.at(400, () => {
      abort.abort();
    });
    const [late, cancelled, passive, patient] = await clock.run(
      Promise.all([
        failureOf(start({ a: 1 }, { totalTimeoutMs: 300 })),
        failureOf(start({ b: 1 }, {}, abort.signal)),
        failureOf(start({ b: 1 }, { totalTimeoutMs: 350 })),
        start({ c: 1 }),
      ]),
    );
    expect(late).toMatchObject({ reason: 'deadline', accepted: true, story: { elapsedMs: 300 } });
    expect(cancelled).toMatchObject({ reason: 'indeterminate', story: { elapsedMs: 400 } });
    expect(passive).toMatchObject({ reason: 'deadline', accepted: false });
    expect(patient.outcome).toBe('written');
  });

  it('are looked for as soon as they are due, though others are not', async () => {
    const { clock, start, later, times } = accepting(9000);
    await clock.run(Promise.all([start({ a: 1 }), later(3000, { b: 1 })]));
    expect(times('read')).toEqual(expect.arrayContaining([2131.25, 3290]));
  });

  it('look for as long as the most patient of them, with the permit they got', async () => {
    const { clock, requests, start } = accepting(100, {
      closed: () => undefined,
      permit: () =>
        Promise.resolve({ waitedMs: 0, use: () => undefined, giveBack: () => undefined }),
    });
    await clock.run(
      Promise.all([
        start({ a: 1 }, { requestTimeoutMs: 500 }),
        start({ b: 1 }, { requestTimeoutMs: 800 }),
        start({ c: 1 }, { requestTimeoutMs: 600 }),
      ]),
    );
    const looks = requests.filter(({ kind }) => kind === 'read').slice(1);
    expect(looks).toMatchObject([{ timeoutMs: 800, hasPermit: true }]);
  });

  it('do not hold up the others when they leave during a look', async () => {
    const { clock, start } = accepting(200);
    const abort = new AbortController();
    clock.at(300, () => {
      abort.abort();
    });
    const [, other] = await clock.run(
      Promise.all([failureOf(start({ a: 1 }, {}, abort.signal)), start({ b: 1 })]),
    );
    expect(other).toMatchObject({ outcome: 'written', elapsedMs: 310 });
  });

  it.each([
    ['a passing fault', new StoreError('503', { kind: 'transient' })],
    ['a wait', new StoreError('429', { kind: 'throttled', retryAfterMs: 60_000 })],
  ])('are told at the end of their time of %s that the last look met', async (_, failure) => {
    const { clock, failures, start } = accepting(5000);
    clock.at(100, () => {
      failures.push(failure);
    });
    const error = await clock.run(failureOf(start({ a: 1 }, { totalTimeoutMs: 600 })));
    expect([error.reason, error.lastFailure]).toEqual(['deadline', failure]);
  });

  it('are not told of what went wrong before their write was accepted', async () => {
    const { clock, failures, start } = accepting(5000);
    failures.push(new StoreError('503', { kind: 'transient' }));
    const error = await clock.run(failureOf(start({ a: 1 }, { totalTimeoutMs: 300 })));
    expect(error).toMatchObject({
      accepted: true,
      lastFailure: undefined,
      message: 'No reply came in time.',
    });
  });

  it('have written nothing where they found what somebody then overwrote', async () => {
    const { clock, foreignWrite, start, later } = accepting(100);
    clock.at(200, () => {
      foreignWrite({ b: 9 });
    });
    const [, error] = await clock.run(
      Promise.all([
        start({ b: 1 }, { waitUntilVisible: false }),
        failureOf(later(50, { b: 1 }, { maxAttempts: 1 })),
      ]),
    );
    expect(error).toMatchObject({ reason: 'attempts', written: false });
  });

  it('have written, where that was overwritten and somebody else has set it again', async () => {
    const { clock, foreignWrite, store, start } = accepting(100);
    clock.at(200, () => {
      foreignWrite({ a: 9 });
    });
    const base = { version: null, state: { a: 9 } };
    clock.at(320, () => {
      void store.write({ a: 1 }, base, { timeoutMs: 1000 });
    });
    const result = await clock.run(start({ a: 1 }));
    expect(result).toMatchObject({ outcome: 'written', attempts: 1, conflicts: 0 });
  });

  it.each([200, 300])('leave nothing behind when all of them leave after %i ms', async (ms) => {
    const { clock, start } = accepting(5000);
    const abort = new AbortController();
    clock.at(ms, () => {
      abort.abort();
    });
    await clock.run(
      Promise.all([
        failureOf(start({ a: 1 }, {}, abort.signal)),
        failureOf(start({ b: 1 }, {}, abort.signal)),
      ]),
    );
    await clock.run(clock.sleep(0));
    // What is left: the store is to show it, and what was accepted is to be forgotten.
    expect([clock.now(), clock.pending]).toEqual([ms, 2]);
  });

  it('leave no look behind when all of them have left', async () => {
    const { clock, lanes, requests, start } = accepting(5000);
    const abort = new AbortController();
    clock.at(300, () => {
      abort.abort();
    });
    await clock.run(
      Promise.all([
        failureOf(start({ a: 1 }, {}, abort.signal)),
        failureOf(start({ b: 1 }, {}, abort.signal)),
      ]),
    );
    const sent = requests.length;
    await clock.run(clock.sleep(60_000));
    expect([requests.length, lanes.size, clock.pending]).toEqual([sent, 0, 0]);
  });

  it.each([
    ['after one of them', 200, 100, 'superseded'],
    ['before one of them', 200, 500, 'written'],
  ])(
    'are each judged by their own where somebody else wrote %s',
    async (_, foreignAt, lagMs, outcome) => {
      const { clock, foreignWrite, requests, start, times } = accepting(lagMs);
      clock.at(foreignAt, () => {
        foreignWrite({ a: 9 });
      });
      const endedAt: number[] = [];
      const [overwritten, untouched] = await clock.run(
        Promise.all([
          start({ a: 1 }, { totalTimeoutMs: 20_000 }),
          start({ b: 1 }, { maxAttempts: 1 }).finally(() => endedAt.push(clock.now())),
        ]),
      );
      expect(overwritten).toMatchObject({ outcome, conflicts: 0, attempts: 1 });
      expect(untouched).toMatchObject({ outcome: 'written', conflicts: 0, attempts: 1 });
      expect(requests.filter(({ kind }) => kind === 'write').map(({ sent }) => sent)).toEqual([
        { a: 1, b: 1 },
      ]);
      // By the first look after it can be seen, and by none before.
      const seenBy = times('read').find((at) => at + 20 > 40 + lagMs && at > 40) ?? 0;
      expect(endedAt).toEqual([seenBy + 20]);
    },
  );

  it('have nothing to do with what a companion writes in the cycle that found their value accepted', async () => {
    const { clock, store, start, later } = accepting(500);
    const write = store.write.bind(store);
    store.write = async (next, base, limits) => {
      if (!('b' in next)) return await write(next, base, limits);
      await clock.sleep(20);
      throw new StoreError('403', { kind: 'permanent' });
    };
    const abort = new AbortController();
    clock.at(200, () => {
      abort.abort();
    });
    const [, watcher, left, writer] = await clock.run(
      Promise.allSettled([
        start({ a: 1 }, { waitUntilVisible: false }),
        later(100, { a: 1 }, { maxAttempts: 1 }),
        later(100, { a: 1 }, {}, abort.signal),
        later(100, { b: 1 }),
      ]),
    );
    expect(left).toMatchObject({ reason: { reason: 'cancelled', lastFailure: undefined } });
    expect(watcher).toMatchObject({ value: { outcome: 'unchanged', attempts: 1 } });
    expect(writer).toMatchObject({ reason: { reason: 'permanent', message: '403' } });
  });

  it('are no reason to see a write to its end that nobody waits for any more', async () => {
    const { clock, store, start, later } = accepting(500);
    const signals: (AbortSignal | undefined)[] = [];
    const write = store.write.bind(store);
    store.write = async (next, base, limits) => {
      signals.push(limits.signal);
      return await write(next, base, limits);
    };
    const abort = new AbortController();
    clock.at(130, () => {
      abort.abort();
    });
    await clock.run(
      Promise.allSettled([
        start({ a: 1 }, { waitUntilVisible: false }),
        later(100, { a: 1 }),
        later(100, { b: 1 }, {}, abort.signal),
      ]),
    );
    expect(signals.map((signal) => signal?.aborted)).toEqual([false, true]);
  });

  it('wait for the write that was accepted, though an earlier one got lost', async () => {
    const { clock, store, start, later } = accepting(3000);
    const write = store.write.bind(store);
    let isLost = false;
    store.write = async (next, base, limits) => {
      if (isLost) return await write(next, base, limits);
      isLost = true;
      await clock.sleep(limits.timeoutMs);
      throw new StoreError('no reply', { kind: 'ambiguous' });
    };
    const endedAt: number[] = [];
    const first = start({ a: 1 }).finally(() => endedAt.push(clock.now()));
    const [result] = await clock.run(Promise.all([first, later(1300, { b: 1 })]));
    expect(result.outcome).toBe('written');
    // Lost at 1020 ms, accepted at 1160 ms.
    expect(endedAt[0]).toBeGreaterThan(4160);
  });

  it('learn from a conflict that a look showed, and say so where it was the last attempt', async () => {
    const { clock, foreignWrite, start, later, times } = accepting(500);
    clock.at(200, () => {
      foreignWrite({ a: 9 });
    });
    const observations: Observation[] = [];
    const backoff: Backoff = {
      observe: (observation) => {
        observations.push(observation);
        return backoff;
      },
      delay: () => 0,
    };
    const [, error] = await clock.run(
      Promise.all([
        start({ a: 1 }, { waitUntilVisible: false }),
        failureOf(later(60, { a: 1 }, { backoff, maxAttempts: 1 })),
      ]),
    );
    expect(error).toMatchObject({
      reason: 'attempts',
      message: 'Somebody else wrote to the same attributes right after us.',
      lastFailure: { failure: { kind: 'conflict', namesVersion: false } },
    });
    const look = times('read').at(-1) ?? 0;
    expect(observations.at(-1)).toMatchObject({
      kind: 'conflict',
      sentAt: look,
      answeredAt: look + 20,
    });
  });

  it('take passing failures of a look lightly, and heed a server that asks to wait', async () => {
    const { clock, failures, start, times } = accepting(500);
    clock.at(100, () => {
      failures.push(
        new StoreError('503', { kind: 'transient' }),
        new StoreError('429', { kind: 'throttled', retryAfterMs: 5000 }),
      );
    });
    const results = await clock.run(Promise.all([start({ a: 1 }), start({ b: 1 })]));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(times('read')).toEqual([0, 290, 685, 5705]);
  });

  it('do not fail with those who waited before them, for whom looking failed for good', async () => {
    const { clock, failures, start, later } = accepting(500);
    clock.at(280, () => {
      failures.push(new StoreError('404', { kind: 'permanent' }));
    });
    const [first, second] = await clock.run(
      Promise.all([failureOf(start({ a: 1 })), later(255, { b: 1 })]),
    );
    expect(first.message).toBe('404');
    expect(second.outcome).toBe('written');
  });

  it('end with a bug of the store in a look, and those who come later do not', async () => {
    const { clock, failures, start, later } = accepting(500);
    const bug = new RangeError('a bug');
    clock.at(100, () => {
      failures.push(bug);
    });
    const [broken, fine] = await clock.run(
      Promise.allSettled([start({ a: 1 }), later(1000, { b: 1 })]),
    );
    expect(broken).toEqual({ status: 'rejected', reason: bug });
    expect(fine).toMatchObject({ value: { outcome: 'written' } });
  });

  it('look in time where what they rest on is overdue and they have little time left', async () => {
    const { clock, start, later } = accepting(3000);
    const [, late] = await clock.run(
      Promise.all([start({ a: 1 }), later(2880, { a: 1 }, { totalTimeoutMs: 230 })]),
    );
    expect(late).toMatchObject({ outcome: 'unchanged' });
  });

  it('wait for a permit to look, which counts as waiting, and give back what is not used', async () => {
    const clocks: VirtualClock[] = [];
    const givenBack: number[] = [];
    let asked = 0;
    const world = accepting(500, {
      closed: () => undefined,
      permit: async (requests) => {
        const waitedMs = asked++ > 0 ? 1000 : 0;
        await clocks[0]?.sleep(waitedMs);
        return {
          waitedMs,
          use: () => undefined,
          giveBack: () => {
            givenBack.push(requests);
          },
        };
      },
    });
    clocks.push(world.clock);
    const result = await world.clock.run(world.start({ a: 1 }));
    expect(result.waitedMs).toBe(250 + 1000);
    expect(givenBack).toEqual([2, 1]);
  });

  it('all fail where looking fails for good', async () => {
    const { clock, failures, start } = accepting(500);
    clock.at(100, () => {
      failures.push(new StoreError('404', { kind: 'permanent' }));
    });
    const errors = await clock.run(
      Promise.all([failureOf(start({ a: 1 })), failureOf(start({ b: 1 }))]),
    );
    expect(
      errors.map(({ lastFailure, message, reason }) => [reason, message, lastFailure?.message]),
    ).toEqual([
      ['indeterminate', '404', '404'],
      ['indeterminate', '404', '404'],
    ]);
  });

  it('are not held up by a look that failed for good before they came', async () => {
    const { clock, failures, start, later, times } = accepting(5000);
    clock.at(100, () => {
      failures.push(new StoreError('403', { kind: 'permanent' }));
    });
    const patient = { backoff: strategies.fixed({ baseMs: 3000, maxMs: 3000 }) };
    const [first] = await clock.run(
      Promise.all([
        failureOf(start({ a: 1 })),
        later(311, { b: 1 }, { ...patient, waitUntilVisible: false }),
      ]),
    );
    expect(first.message).toBe('403');
    expect(times('read')).toEqual([0, 290, 311]);
  });

  it('hear nothing of what becomes of the cycle that they have left', async () => {
    const { clock, foreignWrite, store, start, later } = accepting(5000);
    const write = store.write.bind(store);
    store.write = async (next, base, limits) => {
      if (!('b' in next)) return await write(next, base, limits);
      await clock.sleep(900);
      throw new StoreError('of others', { kind: 'transient', retryAfterMs: 500 });
    };
    clock.at(250, () => {
      foreignWrite({ a: 9 });
    });
    const [, error] = await clock.run(
      Promise.all([
        start({ a: 1 }, { waitUntilVisible: false }),
        failureOf(
          later(
            100,
            { a: 1 },
            { totalTimeoutMs: 1000, backoff: strategies.fixed({ baseMs: 600, maxMs: 600 }) },
          ),
        ),
        failureOf(later(100, { b: 1 }, { maxAttempts: 1 })),
      ]),
    );
    expect(error).toMatchObject({
      reason: 'deadline',
      message: 'Somebody else wrote to the same attributes right after us.',
      story: { conflicts: 1 },
    });
  });

  it('are not told by a look that was sent before their write was accepted', async () => {
    const { clock, foreignWrite, start, later } = accepting(5000);
    foreignWrite({ a: 1 });
    const policy = { totalTimeoutMs: 20_000 };
    const [, back] = await clock.run(
      Promise.all([
        start({ a: 2 }, policy),
        // Sets the old value again, which is accepted while the look for the new one is on its way.
        later(255, { a: 1 }, policy),
      ]),
    );
    expect(back.elapsedMs).toBeGreaterThan(250);
  });
});

describe('A look', () => {
  it('is not sent where the permit for it comes as the last who wait leave', async () => {
    const abort = new AbortController();
    const { clock, start, times } = accepting(5000, {
      closed: () => undefined,
      permit: async (requests) => {
        if (requests === 1) abort.abort();
        await Promise.resolve();
        return { waitedMs: 0, use: () => undefined, giveBack: () => undefined };
      },
    });
    await clock.run(failureOf(start({ a: 1 }, {}, abort.signal)));
    await clock.run(clock.sleep(100));
    expect(times('read')).toEqual([0]);
  });
});

describe('What was accepted', () => {
  it('is remembered, though an update was cancelled before its cycle right before', async () => {
    const { clock, lanes, store, start } = accepting(5000);
    const abort = new AbortController();
    const find = async () => {
      const sentAt = clock.now();
      await clock.sleep(10);
      abort.abort();
      const seen = { snapshot: { version: null, state: {} }, sentAt, answeredAt: clock.now() };
      return { key: 'record', store, seen };
    };
    const error = await clock.run(
      failureOf(lanes.update(find, setting({ a: 0 }), POLICY, abort.signal)),
    );
    expect(error.reason).toBe('cancelled');
    await clock.run(start({ a: 1 }, { waitUntilVisible: false }));
    await clock.run(clock.sleep(300));
    const again = await clock.run(start({ a: 1 }, { waitUntilVisible: false }));
    expect(again.outcome).toBe('unchanged');
  });
});
