import { describe, expect, it, jest } from '@jest/globals';

import {
  type Admission,
  type Failure,
  type Permit,
  StoreError,
  strategies,
  type UpdatePolicy,
} from '../../core';
import { type Change, Lanes, type Store } from './flat';
import type { Backoff } from '../../core/backoff';
import { failureOf, increment, set } from './changes';
import { type Content, type Fault, ModelRecord } from './model-record';
import { runs } from './runs';
import { seededRandom, VirtualClock } from './virtual-clock';

const POLICY: UpdatePolicy = {
  maxAttempts: 30,
  totalTimeoutMs: 30_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 5000 }),
};

const conflict: Fault = { kind: 'answer', failure: { kind: 'conflict', namesVersion: true } };

interface Options extends NonNullable<ConstructorParameters<typeof ModelRecord>[1]> {
  readonly freshMs?: number;
  readonly maxQueue?: number;
  readonly admission?: Admission;
}

/** One process with one record: requests take 20 ms. */
function setUp({ admission, freshMs, maxQueue, ...options }: Options = {}) {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock, options);
  const lanes = new Lanes<Content, unknown>({
    clock,
    random: seededRandom(1),
    ...(freshMs !== undefined && { freshMs }),
    ...(maxQueue !== undefined && { maxQueue }),
  });
  const store: Store<Content> = { ...record.store(), ...(admission && { admission }) };
  const start = (
    change: Change<Content, unknown>,
    policy: Partial<UpdatePolicy> = {},
    signal?: AbortSignal,
  ) =>
    lanes.update(
      () => Promise.resolve({ key: 'record', store }),
      change,
      { ...POLICY, ...policy },
      signal,
    );
  const later = async (ms: number, ...rest: Parameters<typeof start>) => {
    await clock.sleep(ms);
    return await start(...rest);
  };
  return { clock, record, lanes, store, start, later };
}

const refuse: Change<Content, unknown> = {
  idempotent: true,
  apply: () => ({ kind: 'refused', reason: 'taken' }),
};

/** Refuses where somebody else has changed `name` since the first read. */
function setUnlessChanged(name: string, value: number): Change<Content, unknown> {
  const change = set({ [name]: value });
  return {
    ...change,
    apply: (base, { first, now }, written) =>
      now.state[name] === first.state[name]
        ? change.apply(base, { first, now }, written)
        : { kind: 'refused', reason: `${name} is ${String(now.state[name])}` },
  };
}

const wanting = (wanted: Content) => set(wanted) as Change<Content, unknown>;
const kinds = (record: ModelRecord) => record.requests.map(({ kind }) => kind);
const hundred = Array.from({ length: 100 }, (_, index) => index);

describe('A hundred updates of one record at once', () => {
  it('cost one read and one write, and each has its own outcome', async () => {
    const { clock, record, start } = setUp({ content: { lang: 1 } });
    const results = await clock.run(
      Promise.all(hundred.map((index) => start(wanting({ [`a${index}`]: index })))),
    );
    expect(kinds(record)).toEqual(['read', 'write']);
    for (const [index, result] of results.entries()) {
      expect(result).toMatchObject({
        outcome: 'written',
        report: { [`a${index}`]: index },
        snapshot: { state: record.content, version: 2 },
        batchSize: 100,
        attempts: 1,
        conflicts: 0,
        waitedMs: 0,
        elapsedMs: 40,
      });
    }
    expect(record.content).toEqual({
      lang: 1,
      ...Object.fromEntries(hundred.map((index) => [`a${index}`, index])),
    });
  });

  it('are applied in order of arrival, each to what the one before it leaves', async () => {
    const { clock, record, start } = setUp({ content: { count: 7 } });
    const results = await clock.run(Promise.all(hundred.map(() => start(increment))));
    expect(results.map(({ report }) => report)).toEqual(hundred.map((index) => 8 + index));
    expect(record.content).toEqual({ count: 107 });
    expect(record.writes).toBe(1);
  });

  it('are unchanged where a lane-mate before them wants the same, once that is written', async () => {
    const { clock, record, start } = setUp({ writes: [conflict] });
    const results = await clock.run(
      Promise.all(hundred.map(() => start(wanting({ priority: 2 })))),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual([
      'written',
      ...hundred.slice(1).map(() => 'unchanged'),
    ]);
    expect(results.every(({ attempts, conflicts }) => attempts === 2 && conflicts === 1)).toBe(
      true,
    );
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'write']);
  });

  it('retry together, after a wait that is that of one', async () => {
    const { clock, record, start } = setUp({ writes: [conflict, conflict] });
    await clock.run(
      Promise.all(
        hundred.map((index) =>
          start(wanting({ [`a${index}`]: 1 }), {
            backoff: strategies.fullJitter({ baseMs: 1000, maxMs: 5000 }),
          }),
        ),
      ),
    );
    const random = seededRandom(1);
    const [first, second] = [random() * 1000, random() * 2000];
    expect(record.requests.map(({ at }) => at)).toEqual([
      0,
      20,
      40 + first,
      60 + first,
      80 + first + second,
      100 + first + second,
    ]);
  });
});

describe('Whoever comes', () => {
  it('in the same turn of the event loop is in the same cycle', async () => {
    const { clock, record, start } = setUp();
    const first = start(wanting({ a: 1 }));
    await Promise.resolve();
    await clock.run(Promise.all([first, start(wanting({ b: 1 }))]));
    expect(record.requests).toHaveLength(2);
  });

  it.each([1, 20, 39])(
    'later, %i ms after the read was sent, is in the next cycle and needs no read',
    async (ms) => {
      const { clock, record, start, later } = setUp();
      const [first, second] = await clock.run(
        Promise.all([start(wanting({ a: 1 })), later(ms, wanting({ b: 1 }))]),
      );
      expect(kinds(record)).toEqual(['read', 'write', 'write']);
      expect([first.batchSize, second.batchSize]).toEqual([1, 1]);
      expect(second).toMatchObject({ snapshot: { version: 3 }, attempts: 1, waitedMs: 0 });
    },
  );

  it('within the freshness limit after a write needs no read, and later one', async () => {
    const { clock, record, start, later } = setUp({ freshMs: 100 });
    await clock.run(Promise.all([start(wanting({ a: 1 })), later(140, wanting({ b: 1 }))]));
    expect(kinds(record)).toEqual(['read', 'write', 'write']);
    await clock.run(later(101, wanting({ c: 1 })));
    expect(kinds(record)).toEqual(['read', 'write', 'write', 'read', 'write']);
  });

  it('without a pause needs a read every other time', async () => {
    const { clock, record, start } = setUp();
    for (const value of [1, 2, 3, 4]) await clock.run(start(wanting({ a: value })));
    expect(kinds(record)).toEqual(['read', 'write', 'write', 'read', 'write', 'write']);
  });

  it('always reads where the freshness limit is 0', async () => {
    const { clock, record, start, later } = setUp({ freshMs: 0 });
    await clock.run(Promise.all([start(wanting({ a: 1 })), later(30, wanting({ b: 1 }))]));
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'write']);
  });

  it('retries at once with a read where somebody else has written since the receipt', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    record.commit({ foreign: 1 });
    const result = await clock.run(later(50, wanting({ b: 1 })));
    expect(kinds(record).slice(2)).toEqual(['write', 'read', 'write']);
    expect(result).toMatchObject({ attempts: 2, conflicts: 1, waitedMs: 0 });
    expect(record.content).toEqual({ a: 1, b: 1, foreign: 1 });
  });

  it('is told nothing on the word of a receipt alone: a read re-checks it', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    record.commit({ a: 2 });
    const result = await clock.run(later(50, wanting({ a: 1 })));
    expect(kinds(record).slice(2)).toEqual(['read', 'write']);
    expect(result.outcome).toBe('written');
    const error = await failureOf(clock.run(later(50, refuse)));
    expect(error.reason).toBe('refused');
    expect(kinds(record).slice(4)).toEqual(['read']);
  });

  it('is content with a receipt as the base where the write then proves it was the latest', async () => {
    const { clock, record, start } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    const [same, refused, written] = await clock.run(
      Promise.all([start(wanting({ a: 1 })), failureOf(start(refuse)), start(wanting({ b: 1 }))]),
    );
    expect([same.outcome, refused.reason, written.outcome]).toEqual([
      'unchanged',
      'refused',
      'written',
    ]);
    expect(kinds(record).slice(2)).toEqual(['write']);
  });

  it('while the others wait for a retry shares it, and learns from what they have met', async () => {
    const { clock, record, start, later } = setUp({ writes: [conflict, conflict, conflict] });
    const backoff = strategies.exponential({ baseMs: 100, maxMs: 5000 });
    const results = await clock.run(
      Promise.all([
        start(wanting({ a: 1 }), { backoff }),
        later(300, wanting({ b: 1 }), { backoff }),
      ]),
    );
    // Conflicts at 40, 180 and 420 ms: the newcomer comes during the wait of 200 ms.
    expect(record.requests.map(({ at }) => at)).toEqual([0, 20, 140, 160, 380, 400, 820, 840]);
    expect(results.map(({ attempts, waitedMs }) => [attempts, waitedMs])).toEqual([
      [4, 700],
      [2, 480],
    ]);
  });

  it('with a shorter wait lets all of them go earlier', async () => {
    const { clock, record, start, later } = setUp({ writes: [conflict] });
    await clock.run(
      Promise.all([
        start(wanting({ a: 1 }), { backoff: strategies.fixed({ baseMs: 5000, maxMs: 5000 }) }),
        later(90, wanting({ b: 1 })),
      ]),
    );
    expect(record.requests.map(({ at }) => at)).toEqual([0, 20, 140, 160]);
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  it('never comes in earlier than the server asked for', async () => {
    const { clock, record, start, later } = setUp({
      writes: [{ kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 2000 } }],
    });
    await clock.run(
      Promise.all([
        start(wanting({ a: 1 })),
        later(500, wanting({ b: 1 }), { backoff: strategies.fixed({ baseMs: 0, maxMs: 0 }) }),
      ]),
    );
    expect(record.requests.map(({ at }) => at)).toEqual([0, 20, 2040, 2060]);
  });

  it('finds the queue full fails, but not whoever tries again', async () => {
    const { clock, start, later } = setUp({ maxQueue: 1, writes: [conflict] });
    const [first, second, third] = await clock.run(
      Promise.allSettled([
        start(wanting({ a: 1 })),
        later(30, wanting({ b: 1 })),
        later(35, wanting({ c: 1 })),
      ]),
    );
    expect([first.status, second.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({
      reason: { reason: 'throttled', message: '1 updates of this record wait already.' },
    });
  });

  it('after others have all left is not held up by how they ended', async () => {
    const { clock, start, later } = setUp();
    const abort = new AbortController();
    clock.at(10, () => {
      abort.abort();
    });
    const [, result] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 1 }), {}, abort.signal)),
        later(10, wanting({ b: 1 }), {
          backoff: strategies.fixed({ baseMs: 5000, maxMs: 5000 }),
        }),
      ]),
    );
    expect(result).toMatchObject({ attempts: 1, waitedMs: 0, elapsedMs: 40 });
  });

  it('while others are in a cycle is not held up by those who left the one before', async () => {
    const { clock, start, later } = setUp();
    const abort = new AbortController();
    clock.at(10, () => {
      abort.abort();
    });
    const backoff = strategies.fixed({ baseMs: 5000, maxMs: 5000 });
    const [, , result] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 1 }), {}, abort.signal)),
        later(5, wanting({ b: 1 })),
        later(15, wanting({ c: 1 }), { backoff }),
      ]),
    );
    // The cycle of the second goes from 10 to 50, that of the third needs no read.
    expect(result).toMatchObject({ attempts: 1, elapsedMs: 55 });
  });

  it('while others are in a cycle may be out of time before the next', async () => {
    const { clock, record, start, later } = setUp({
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }],
    });
    const [, late] = await clock.run(
      Promise.all([
        start(wanting({ a: 1 })),
        failureOf(later(30, wanting({ b: 1 }), { totalTimeoutMs: 100 })),
      ]),
    );
    expect(late).toMatchObject({ reason: 'deadline', story: { attempts: 0, elapsedMs: 100 } });
    expect(record.content).toEqual({ a: 1 });
  });

  it('when the queue is full fails as throttled, and nobody else', async () => {
    const { clock, record, start } = setUp({ maxQueue: 3 });
    const results = await clock.run(
      Promise.allSettled([1, 2, 3, 4].map((index) => start(wanting({ [`a${index}`]: 1 })))),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    expect(results[3]).toMatchObject({ reason: { reason: 'throttled', story: { attempts: 0 } } });
    expect(Object.keys(record.content)).toHaveLength(3);
  });
});

describe('What becomes of one member', () => {
  it.each([0, 1, 2])('is nothing to its lane-mates where it refuses (as number %i)', async (at) => {
    const { clock, record, start } = setUp({ writes: [conflict] });
    const changes = [wanting({ a: 1 }), wanting({ b: 1 })];
    const tasks = changes.toSpliced(at, 0, refuse).map((change) => start(change));
    const results = await clock.run(Promise.allSettled(tasks));
    expect(results[at]).toMatchObject({ status: 'rejected', reason: { reason: 'refused' } });
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'write']);
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  it('is known at once where it refuses what no lane-mate is about to change', async () => {
    const { clock, start } = setUp();
    const refused = failureOf(start(refuse));
    const written = start(wanting({ a: 1 }));
    expect((await clock.run(refused)).story.elapsedMs).toBe(20);
    expect((await clock.run(written)).elapsedMs).toBe(40);
  });

  it('is nothing to its lane-mates where its change has a bug', async () => {
    const { clock, record, start } = setUp();
    const bug = new RangeError('a bug');
    const buggy: Change<Content, unknown> = {
      ...refuse,
      apply: () => {
        throw bug;
      },
    };
    const [broken, fine] = await clock.run(
      Promise.allSettled([start(buggy), start(wanting({ a: 1 }))]),
    );
    expect(broken).toEqual({ status: 'rejected', reason: bug });
    expect(fine.status).toBe('fulfilled');
    expect(record.content).toEqual({ a: 1 });
  });

  it.each([
    ['before the read is sent', 0],
    ['during the read', 10],
    ['during the wait after a conflict', 90],
    ['during the second read', 150],
  ])('is nothing to its lane-mates where it is cancelled %s', async (_, ms) => {
    const { clock, record, start } = setUp({ writes: [conflict] });
    const abort = new AbortController();
    clock.at(ms, () => {
      abort.abort();
    });
    const cancelled = failureOf(start(wanting({ a: 1 }), {}, abort.signal));
    const others = [start(wanting({ b: 1 })), start(wanting({ a: 3 }))];
    expect(await clock.run(cancelled)).toMatchObject({
      reason: 'cancelled',
      story: { elapsedMs: ms },
    });
    const results = await clock.run(Promise.all(others));
    expect(results.map(({ attempts, elapsedMs }) => [attempts, elapsedMs])).toEqual([
      [2, 180],
      [2, 180],
    ]);
    expect(record.content).toEqual({ a: 3, b: 1 });
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'write']);
  });

  it('is the outcome of the write where it is cancelled while that is under way', async () => {
    const { clock, start } = setUp();
    const abort = new AbortController();
    clock.at(30, () => {
      abort.abort();
    });
    const [cancelled, other] = await clock.run(
      Promise.all([start(wanting({ a: 1 }), {}, abort.signal), start(wanting({ b: 1 }))]),
    );
    expect([cancelled.outcome, other.outcome]).toEqual(['written', 'written']);
  });

  it.each([
    ['that was the last attempt', { maxAttempts: 1 }],
    ['the next attempt would come too late', { totalTimeoutMs: 100 }],
  ])('is cancelled, though %s, where its write meets a conflict then', async (_, policy) => {
    const { clock, start } = setUp({ writes: [conflict] });
    const abort = new AbortController();
    clock.at(30, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start(wanting({ a: 1 }), policy, abort.signal)));
    expect(error).toMatchObject({ reason: 'cancelled', story: { elapsedMs: 40 } });
  });

  it('is cancelled where the write that it was in meets a conflict', async () => {
    const { clock, record, start } = setUp({ writes: [conflict] });
    const abort = new AbortController();
    clock.at(30, () => {
      abort.abort();
    });
    const [cancelled] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 1 }), {}, abort.signal)),
        start(wanting({ b: 1 })),
      ]),
    );
    expect(cancelled).toMatchObject({ reason: 'cancelled', story: { elapsedMs: 40 } });
    expect(record.content).toEqual({ b: 1 });
  });

  it('is indeterminate where its time is up while the write is under way', async () => {
    const { clock, record, start } = setUp();
    const [late, other] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 1 }), { totalTimeoutMs: 30 })),
        start(wanting({ b: 1 })),
      ]),
    );
    expect(late).toMatchObject({ reason: 'indeterminate', story: { elapsedMs: 30 } });
    expect(other.outcome).toBe('written');
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  it('is a plain deadline where it wanted nothing written by that write', async () => {
    const { clock, start } = setUp();
    const results = await clock.run(
      Promise.all([
        start(wanting({ a: 1 })),
        failureOf(start(wanting({ a: 1 }), { totalTimeoutMs: 30 })),
      ]),
    );
    expect(results[1]).toMatchObject({ reason: 'deadline', story: { elapsedMs: 30 } });
  });

  it.each([10, 90])(
    'is a deadline of its own, after %i ms, that its lane-mates do not notice',
    async (totalTimeoutMs) => {
      const { clock, record, start } = setUp({ writes: [conflict] });
      const [late, other] = await clock.run(
        Promise.all([
          failureOf(
            start(wanting({ a: 1 }), {
              totalTimeoutMs,
              backoff: strategies.fixed({ baseMs: 20, maxMs: 20 }),
            }),
          ),
          start(wanting({ b: 1 })),
        ]),
      );
      expect(late).toMatchObject({ reason: expect.stringMatching(/deadline|indeterminate/) });
      expect(late.story.elapsedMs).toBe(totalTimeoutMs);
      expect(other.outcome).toBe('written');
      expect(record.content).toMatchObject({ b: 1 });
    },
  );

  it('is an end of its own attempts that its lane-mates do not share', async () => {
    const { clock, record, start } = setUp({ writes: [conflict, conflict, conflict] });
    const [one, two, many] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 1 }), { maxAttempts: 1 })),
        failureOf(start(wanting({ b: 1 }), { maxAttempts: 2 })),
        start(wanting({ c: 1 })),
      ]),
    );
    expect([one.story.attempts, two.story.attempts, many.attempts]).toEqual([1, 2, 4]);
    expect([one.reason, two.reason]).toEqual(['attempts', 'attempts']);
    expect(record.content).toEqual({ c: 1 });
  });

  it('is no business of the request timeout of the others: the longest counts', async () => {
    const { clock, record, start } = setUp();
    await clock.run(
      Promise.all([
        start(wanting({ a: 1 }), { requestTimeoutMs: 25 }),
        start(wanting({ b: 1 }), { requestTimeoutMs: 700 }),
        start(wanting({ c: 1 }), { requestTimeoutMs: 900, totalTimeoutMs: 600 }),
      ]),
    );
    expect(record.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([700, 700]);
  });
});

describe('Whoever is cancelled between two attempts', () => {
  it('does not wait for the next one', async () => {
    const { clock, start } = setUp({ writes: [conflict] });
    const abort = new AbortController();
    const backoff: Backoff = {
      observe: () => backoff,
      delay: () => {
        if (clock.now() > 0) abort.abort();
        return 1000;
      },
    };
    const error = await clock.run(failureOf(start(wanting({ a: 1 }), { backoff }, abort.signal)));
    expect(error).toMatchObject({ reason: 'cancelled', story: { elapsedMs: 40 } });
  });
});

describe('A read or write that nobody waits for any more', () => {
  it('is given up when the last member has left', async () => {
    const { clock, record, lanes, start } = setUp();
    const aborts = [new AbortController(), new AbortController()];
    for (const [index, abort] of aborts.entries()) {
      clock.at(5 + index, () => {
        abort.abort();
      });
    }
    await clock.run(
      Promise.all(aborts.map(({ signal }) => failureOf(start(wanting({ a: 1 }), {}, signal)))),
    );
    await clock.run(clock.sleep(1000));
    expect(kinds(record)).toEqual(['read']);
    expect([lanes.size, clock.pending]).toEqual([0, 0]);
  });
});

describe('A bug in a store', () => {
  it('is what everybody fails with who met it, and nobody else', async () => {
    const { clock, record, store, start, later } = setUp();
    const read = store.read.bind(store);
    store.read = async (limits) => {
      await read(limits);
      if (record.reads === 1) throw new RangeError('a bug');
      return await read(limits);
    };
    const results = await clock.run(
      Promise.allSettled([
        start(wanting({ a: 1 })),
        start(wanting({ b: 1 })),
        later(10, wanting({ c: 1 })),
      ]),
    );
    expect(results).toMatchObject([
      { reason: new RangeError('a bug') },
      { reason: new RangeError('a bug') },
      { value: { outcome: 'written' } },
    ]);
  });
});

describe('A read of a version older than one seen before', () => {
  it('is a failure of its own that the update ends with in the end', async () => {
    const { clock, start, later } = setUp({
      reads: [undefined, { kind: 'stale', snapshot: { state: {}, version: 1 } }],
    });
    await clock.run(start(wanting({ a: 1 })));
    await clock.run(start(wanting({ b: 1 })));
    const error = await clock.run(failureOf(later(10, wanting({ c: 1 }), { maxAttempts: 1 })));
    expect(error).toMatchObject({
      reason: 'attempts',
      message: 'The record was read at version 1 after version 3 had been seen.',
      lastFailure: { failure: { kind: 'transient' } },
    });
  });
});

describe('What finding the record showed', () => {
  it('is nothing where it is older than what the lane has seen', async () => {
    const { clock, record, lanes, store, start } = setUp({
      content: { a: 1 },
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }],
    });
    const old = { state: record.content, version: record.version };
    record.commit({ a: 9 });
    const lost = start(wanting({ a: 1 }), { requestTimeoutMs: 100 });
    const other = clock.sleep(130).then(() =>
      lanes.update(
        () => {
          const seen = { snapshot: old, sentAt: clock.now(), answeredAt: clock.now() };
          return Promise.resolve({ key: 'record', store, seen });
        },
        wanting({ b: 1 }),
        POLICY,
      ),
    );
    const results = await clock.run(Promise.all([lost, other]));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  const find = async ({ clock, record, store }: ReturnType<typeof setUp>) => {
    const sentAt = clock.now();
    await clock.sleep(20);
    const snapshot = { state: record.content, version: record.version };
    return { key: 'record', store, seen: { snapshot, sentAt, answeredAt: clock.now() } };
  };

  it('is proof for who came before it, and not for who came after', async () => {
    const world = setUp({ content: { a: 1 } });
    const { clock, record, lanes, store } = world;
    const first = lanes.update(() => find(world), wanting({ a: 1 }), POLICY);
    const alone = await clock.run(first);
    expect([alone.outcome, record.reads]).toEqual(['unchanged', 0]);

    const early = lanes.update(() => find(world), wanting({ a: 1 }), POLICY);
    const late = clock.sleep(10).then(() =>
      lanes.update(
        async () => {
          await clock.sleep(10);
          return { key: 'record', store };
        },
        wanting({ a: 1 }),
        POLICY,
      ),
    );
    const both = await clock.run(Promise.all([early, late]));
    expect(both.map(({ outcome, batchSize }) => [outcome, batchSize])).toEqual([
      ['unchanged', 2],
      ['unchanged', 2],
    ]);
    expect(record.reads).toBe(1);
  });
});

describe('What somebody else changed', () => {
  it('counts from a read, and not from what a receipt said', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    record.commit({ a: 9 });
    const result = await clock.run(later(50, setUnlessChanged('a', 2)));
    expect(kinds(record).slice(2)).toEqual(['write', 'read', 'write']);
    expect(result.outcome).toBe('written');
  });

  it('counts from the first read after the update came, whatever was read for others', async () => {
    const { clock, record, start, later } = setUp({ writes: [conflict] });
    clock.at(45, () => {
      record.commit({ a: 9 });
    });
    // It comes when others have read already; by the time of its own first read, a is 9.
    const [, result] = await clock.run(
      Promise.all([start(wanting({ b: 1 })), later(50, setUnlessChanged('a', 1))]),
    );
    expect(result.outcome).toBe('written');
    expect(record.content).toMatchObject({ a: 1, b: 1 });
  });

  it('since that read is not overwritten by who does not want to', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'overtaken', by: { a: 9 } }] });
    const [other, refused] = await clock.run(
      Promise.all([start(wanting({ b: 1 })), failureOf(start(setUnlessChanged('a', 1)))]),
    );
    expect([other.outcome, refused.message]).toEqual(['written', 'a is 9']);
    expect(record.content).toEqual({ a: 9, b: 1 });
  });

  it('does not include what lane-mates do, even when one of them leaves', async () => {
    const { clock, record, start } = setUp({ content: { a: 0 }, writes: [conflict] });
    const abort = new AbortController();
    clock.at(60, () => {
      abort.abort();
    });
    const [, result] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 5 }), {}, abort.signal)),
        start(setUnlessChanged('a', 1)),
      ]),
    );
    expect(result.outcome).toBe('written');
    expect(record.content).toEqual({ a: 1 });
  });
});

describe('A write of unknown outcome for several', () => {
  it('is found to be applied for all of them, also for one whose value a lane-mate replaced', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 5 }] });
    const results = await clock.run(
      Promise.all([start(wanting({ a: 1 })), start(wanting({ a: 2 })), start(wanting({ b: 1 }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written']);
    expect(kinds(record)).toEqual(['read', 'write', 'read']);
    expect(record.content).toEqual({ a: 2, b: 1 });
  });

  it('is applied anew for all of them in their order, where others overtook a part of it', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 5 }] });
    clock.at(500, () => {
      record.commit({ b: 9 });
    });
    const results = await clock.run(
      Promise.all([start(wanting({ a: 1 })), start(wanting({ a: 2 })), start(wanting({ b: 1 }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written']);
    expect(record.content).toEqual({ a: 2, b: 1 });
  });

  it('leaves only those indeterminate whose change must not run twice', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 5 }] });
    const [count, a] = await clock.run(
      Promise.all([failureOf(start(increment)), start(wanting({ a: 1 }))]),
    );
    expect([count.reason, a.outcome]).toEqual(['indeterminate', 'written']);
    expect(record.content).toEqual({ a: 1, count: 1 });
  });

  it('is over for whoever finds its values, whatever others wrote beside them', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 5 }] });
    clock.at(500, () => {
      record.commit({ foreign: 9 });
    });
    const [count, a] = await clock.run(
      Promise.all([failureOf(start(increment)), start(wanting({ a: 1 }))]),
    );
    expect([count.reason, a.outcome]).toEqual(['indeterminate', 'written']);
    expect(count.message).toBe('The record moved on after a write of unknown outcome.');
    expect(kinds(record)).toEqual(['read', 'write', 'read']);
  });

  it('that surely was not applied leaves nothing behind', async () => {
    const { clock, record, start } = setUp({
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }, conflict],
    });
    const abort = new AbortController();
    clock.at(500, () => {
      record.commit({ foreign: 9 });
    });
    // While it waits after the conflict.
    clock.at(1200, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start(wanting({ a: 1 }), {}, abort.signal)));
    expect(error).toMatchObject({ reason: 'cancelled', written: false });
  });

  it('is sent again under the same version, with whoever has come since', async () => {
    const { clock, record, start, later } = setUp({
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }],
    });
    const results = await clock.run(Promise.all([start(increment), later(500, increment)]));
    expect(results.map(({ report }) => report)).toEqual([1, 2]);
    expect(record.content).toEqual({ count: 2 });
  });
});

describe('A server that refuses what all together want written', () => {
  /** Refuses any write that holds `poison`. */
  function poisoned(
    options: Options = {},
    failure: Failure<Content> = { kind: 'permanent', aboutContent: true },
  ) {
    const world = setUp(options);
    const store = world.record.store();
    world.store.write = async (next, base, limits) => {
      if (!('poison' in next)) return await store.write(next, base, limits);
      world.record.requests.push({ at: world.clock.now(), kind: 'write', timeoutMs: 0 });
      await world.clock.sleep(20);
      throw new StoreError('400', failure);
    };
    return world;
  }

  it.each([0, 3, 7])('fails only the one whose part it is (number %i of 8)', async (at) => {
    const { clock, record, start } = poisoned();
    const results = await clock.run(
      Promise.allSettled(
        hundred
          .slice(0, 8)
          .map((index) => start(wanting({ [index === at ? 'poison' : `a${index}`]: 1 }))),
      ),
    );
    for (const [index, result] of results.entries()) {
      expect(result.status).toBe(index === at ? 'rejected' : 'fulfilled');
    }
    expect(results[at]).toMatchObject({ reason: { reason: 'permanent', message: '400' } });
    expect(Object.keys(record.content)).toHaveLength(7);
  });

  it('does not make lane-mates of the same cycle strangers to each other', async () => {
    const { clock, record, start } = poisoned();
    const results = await clock.run(
      Promise.allSettled([
        start(wanting({ x: 1 })),
        start(wanting({ poison: 1 })),
        start(setUnlessChanged('x', 2)),
      ]),
    );
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(record.content).toEqual({ x: 2 });
  });

  it('still lets what somebody else has changed meanwhile be seen', async () => {
    const { clock, record, start } = poisoned();
    clock.at(45, () => {
      record.commit({ x: 9 });
    });
    const results = await clock.run(
      Promise.allSettled([
        start(wanting({ a: 1 })),
        start(wanting({ poison: 1 })),
        start(setUnlessChanged('x', 2)),
      ]),
    );
    expect(results[2]).toMatchObject({ reason: { reason: 'refused' } });
    expect(record.content).toEqual({ x: 9, a: 1 });
  });

  it.each([
    ['applied', 5],
    ['not applied', 'never'],
  ] as const)(
    'does not forget a write of unknown outcome, which was %s, over the other half',
    async (_, appliedAfterMs) => {
      const { clock, record, start } = poisoned({
        writes: [{ kind: 'lost', appliedAfterMs }],
      });
      const [count, poison, a] = await clock.run(
        Promise.allSettled([
          start(increment),
          start(wanting({ poison: 1 })),
          start(wanting({ a: 1 })),
        ]),
      );
      expect(poison).toMatchObject({ reason: { reason: 'permanent' } });
      expect(a.status).toBe('fulfilled');
      const told = count.status === 'fulfilled' ? 'written' : (count.reason as Error).message;
      expect(told).toBe(
        appliedAfterMs === 5 ? 'The record moved on after a write of unknown outcome.' : 'written',
      );
      expect(record.content).toEqual({ a: 1, count: 1 });
    },
  );

  it('asks for leave for each half, and heeds what it was told in the one before', async () => {
    const { clock, record, start } = poisoned({
      writes: [{ kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 9000 } }],
    });
    await clock.run(
      Promise.allSettled([
        start(wanting({ a: 1 })),
        start(wanting({ poison: 1 })),
        start(wanting({ b: 1 })),
      ]),
    );
    // The first half's write is told to wait at 120 ms.
    const [next] = record.requests.filter(({ at }) => at > 100);
    expect(next?.at).toBeGreaterThanOrEqual(9120);
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  it('is not asked again before its time where one of those taken apart waits, who holds up nobody', async () => {
    const unavailable: Fault = { kind: 'answer', failure: { kind: 'transient' } };
    const { clock, record, start, later } = poisoned({
      writes: [unavailable, undefined, unavailable],
    });
    const slow = strategies.fixed({ baseMs: 1000, maxMs: 1000 });
    const endedAt: number[] = [];
    const [a, poison, newcomer] = await clock.run(
      Promise.all([
        start(wanting({ a: 1 }), { backoff: slow }),
        failureOf(start(wanting({ poison: 1 }))).finally(() => endedAt.push(clock.now())),
        later(50, wanting({ b: 1 })),
      ]),
    );
    expect([a.outcome, poison.reason, newcomer.batchSize]).toEqual(['written', 'permanent', 1]);
    // Both at 20 ms; a at 60, 1080 and 2100 ms and a bit; the others at once in between.
    const writes = record.requests.filter(({ kind }) => kind === 'write').map(({ at }) => at);
    expect(writes).toEqual([20, 60, 100, 140, 1100, 2140]);
    expect(endedAt).toEqual([120]);
  });

  it('by a conflict that is not about the version fails only the one whose part it is', async () => {
    const { clock, record, start, later } = poisoned({}, { kind: 'conflict', namesVersion: false });
    const [poison, fine, newcomer] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ poison: 1 }))),
        start(wanting({ a: 1 })),
        later(60, wanting({ b: 1 })),
      ]),
    );
    expect(poison).toMatchObject({ reason: 'permanent', message: '400' });
    expect(poison.lastFailure?.failure.kind).toBe('conflict');
    expect([fine.outcome, newcomer.outcome]).toEqual(['written', 'written']);
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  it('does not forget what another write of unknown outcome may still bring', async () => {
    const { clock, record, lanes, store, start } = poisoned({
      writes: [
        { kind: 'lost', appliedAfterMs: 1300 },
        { kind: 'lost', appliedAfterMs: 'never' },
      ],
    });
    // Asked for before the others, and so in front of them, but found only when their write is on its way.
    const poison = lanes.update(
      async () => {
        await clock.sleep(100);
        return { key: 'record', store };
      },
      wanting({ poison: 1 }),
      POLICY,
    );
    const [refused, a, count] = await clock.run(
      Promise.all([failureOf(poison), start(wanting({ a: 1 })), failureOf(start(increment))]),
    );
    expect([refused.reason, a.outcome]).toEqual(['permanent', 'written']);
    expect(count.message).toBe('The record moved on after a write of unknown outcome.');
    expect(record.content).toEqual({ a: 1, count: 1 });
  });

  it('leaves nobody in the queue who was told of an earlier write meanwhile', async () => {
    let asked = 0;
    let gaveUp = 0;
    const admission: Admission = {
      closed: () => undefined,
      permit: async (_, signal): Promise<Permit> => {
        // After the read that shows the earlier write there is nobody to ask for.
        if (++asked > 3) {
          await clock.sleep(Infinity, signal).finally(() => gaveUp++);
        }
        return { waitedMs: 0, use: () => undefined, giveBack: () => undefined };
      },
    };
    const { clock, lanes, start } = setUp({
      admission,
      freshMs: 0,
      writes: [
        { kind: 'lost', appliedAfterMs: 1135 },
        { kind: 'answer', failure: { kind: 'permanent', aboutContent: true } },
      ],
    });
    const results = await clock.run(
      Promise.all([start(wanting({ a: 1 })), start(wanting({ b: 1 }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    await clock.run(clock.sleep(1000));
    expect([asked - gaveUp, lanes.size]).toEqual([3, 0]);
  });

  it('does not blame who is left where the other has left meanwhile', async () => {
    const { clock, record, start } = setUp({
      writes: [{ kind: 'answer', failure: { kind: 'permanent', aboutContent: true } }],
    });
    const abort = new AbortController();
    clock.at(30, () => {
      abort.abort();
    });
    const [left, stayed] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ poison: 1 }), {}, abort.signal)),
        start(wanting({ a: 1 })),
      ]),
    );
    expect([left.reason, stayed.outcome]).toEqual(['cancelled', 'written']);
    expect(record.content).toEqual({ a: 1 });
  });

  it('fails all at once where it is not about what was written', async () => {
    const { clock, record, start } = poisoned({}, { kind: 'permanent' });
    const results = await clock.run(
      Promise.allSettled([start(wanting({ poison: 1 })), start(wanting({ a: 1 }))]),
    );
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(kinds(record)).toEqual(['read', 'write']);
  });
});

describe('A last attempt', () => {
  it('is not made on a receipt, which may be out of date', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    record.commit({ foreign: 1 });
    const result = await clock.run(later(200, wanting({ b: 1 }), { maxAttempts: 1 }));
    expect(result).toMatchObject({ outcome: 'written', attempts: 1 });
    expect(record.content).toEqual({ a: 1, b: 1, foreign: 1 });
  });

  it('is not lost to what a lane-mate writes on a receipt', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    record.commit({ foreign: 1 });
    const [last] = await clock.run(
      Promise.all([later(50, wanting({ a: 1 }), { maxAttempts: 1 }), later(50, wanting({ b: 1 }))]),
    );
    expect(last).toMatchObject({ outcome: 'unchanged', attempts: 1 });
  });
});

describe('An error that asks for a long wait', () => {
  it.each([
    ['transient', 60_000],
    ['throttled', 3_600_000],
  ] as const)('(%s) closes the lane of a busy record for %i ms at most', async (kind, closedMs) => {
    const retryAfterMs = 365 * 86_400_000;
    const { clock, record, start, later } = setUp({
      reads: [{ kind: 'answer', failure: { kind, retryAfterMs } }],
    });
    // All the time somebody waits for the record.
    const updates = Array.from({ length: 200 }, (_, index) =>
      later(5 + index * 20_000, wanting({ [`a${index}`]: 1 })),
    );
    const [first, ...rest] = await clock.run(
      Promise.allSettled([start(wanting({ first: 1 })), ...updates]),
    );
    expect(first.status).toBe('rejected');
    expect(record.requests[1]?.at).toBe(10 + closedMs);
    const late = rest.filter((_, index) => index * 20_000 > closedMs);
    expect(late.length).toBeGreaterThan(0);
    expect(late.map(({ status }) => status)).toEqual(late.map(() => 'fulfilled'));
  });
});

describe('Leave to send requests', () => {
  /** Gives leave when the test says so. */
  class Desk implements Admission {
    readonly asked: { readonly at: number; readonly requests: number }[] = [];
    readonly afterConflict: boolean[] = [];
    readonly givenBack: number[] = [];
    closedForMs = 0;
    private readonly waiting: (() => void)[] = [];

    constructor(
      private readonly clock: () => VirtualClock,
      private readonly open: boolean,
    ) {}

    closed(): StoreError<never> | undefined {
      if (this.closedForMs === 0) return undefined;
      return new StoreError('429', { kind: 'throttled', retryAfterMs: this.closedForMs });
    }

    async permit(requests: number, signal: AbortSignal, afterConflict: boolean): Promise<Permit> {
      this.asked.push({ at: this.clock().now(), requests });
      this.afterConflict.push(afterConflict);
      const askedAt = this.clock().now();
      if (!this.open) {
        await new Promise<void>((resolve, reject) => {
          this.waiting.push(resolve);
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      }
      let left = requests;
      return {
        waitedMs: this.clock().now() - askedAt,
        use: () => (left-- > 0 ? () => undefined : undefined),
        giveBack: () => {
          this.givenBack.push(left);
          left = 0;
        },
      };
    }

    letIn(): void {
      this.waiting.shift()?.();
    }
  }

  function setUpDesk(open: boolean, options: Options = {}) {
    const desk: Desk = new Desk(() => world.clock, open);
    const world = setUp({ ...options, admission: desk });
    const store = world.record.store();
    world.store.read = async (limits) => {
      limits.permit?.use();
      return await store.read(limits);
    };
    world.store.write = async (next, base, limits) => {
      limits.permit?.use();
      return await store.write(next, base, limits);
    };
    return { ...world, desk };
  }

  it('for read and write is got before the read, and what is not used goes back', async () => {
    const { clock, desk, start } = setUpDesk(true, { content: { a: 1 } });
    await clock.run(start(wanting({ b: 1 })));
    expect(desk.asked).toEqual([{ at: 0, requests: 2 }]);
    expect(desk.givenBack).toEqual([0]);
    await clock.run(start(wanting({ c: 1 })));
    await clock.run(failureOf(start(refuse)));
    expect(desk.givenBack).toEqual([0, 1, 1]);
  });

  it('is asked for as what goes again after a conflict, until a write succeeds', async () => {
    const { clock, desk, start } = setUpDesk(true, { writes: [conflict, conflict] });
    await clock.run(start(wanting({ a: 1 })));
    await clock.run(start(wanting({ b: 1 })));
    expect(desk.afterConflict).toEqual([false, true, true, false]);
  });

  it('is waited for with the batch still open, and that counts as waiting', async () => {
    const { clock, desk, record, start, later } = setUpDesk(false);
    clock.at(500, () => {
      desk.letIn();
    });
    const results = await clock.run(
      Promise.all([start(wanting({ a: 1 })), later(400, wanting({ b: 1 }))]),
    );
    expect(record.requests.map(({ at }) => at)).toEqual([500, 520]);
    expect(results.map(({ batchSize, waitedMs }) => [batchSize, waitedMs])).toEqual([
      [2, 500],
      [2, 100],
    ]);
  });

  it('that is to be had at once is no wait, however slow the process is', async () => {
    const { clock, desk, start } = setUpDesk(true);
    const permit = desk.permit.bind(desk);
    desk.permit = async (...wanted) => {
      await clock.sleep(7);
      return { ...(await permit(...wanted)), waitedMs: 0 };
    };
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(result).toMatchObject({ waitedMs: 0, elapsedMs: 47 });
  });

  it('to be had at once leaves the wait before it as long as it was', async () => {
    const { clock, start } = setUpDesk(true, { writes: [conflict] });
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(result).toMatchObject({ attempts: 2, waitedMs: 100 });
  });

  it('counts towards the deadline of each, and nobody is left in the queue', async () => {
    const { clock, desk, record, lanes, start } = setUpDesk(false);
    clock.at(500, () => {
      desk.letIn();
    });
    const [late, other] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 1 }), { totalTimeoutMs: 200 })),
        start(wanting({ b: 1 })),
      ]),
    );
    expect(late).toMatchObject({
      reason: 'deadline',
      story: { attempts: 0, waitedMs: 200, elapsedMs: 200 },
    });
    expect(other.batchSize).toBe(1);
    expect(record.content).toEqual({ b: 1 });
    await clock.run(failureOf(start(wanting({ c: 1 }), { totalTimeoutMs: 200 })));
    await clock.run(clock.sleep(1000));
    expect([lanes.size, clock.pending, record.requests.length]).toEqual([0, 0, 2]);
  });

  it('is got by whoever comes in the moment in which all others leave', async () => {
    const { clock, desk, record, start } = setUpDesk(false);
    const abort = new AbortController();
    const leaving = failureOf(start(wanting({ a: 1 }), {}, abort.signal));
    const coming = clock.sleep(100).then(async () => {
      abort.abort();
      return await start(wanting({ b: 1 }));
    });
    clock.at(500, () => {
      desk.letIn();
      desk.letIn();
    });
    expect((await clock.run(leaving)).reason).toBe('cancelled');
    await clock.run(coming);
    expect(record.requests.map(({ at }) => at)).toEqual([500, 520]);
  });

  it('that the server holds back for less time than there is, is waited for', async () => {
    const { clock, desk, start } = setUpDesk(true);
    desk.closedForMs = 100;
    expect((await clock.run(start(wanting({ a: 1 })))).outcome).toBe('written');
  });

  it('is not asked for where nobody is left who wants it', async () => {
    const { clock, desk, start } = setUpDesk(true, { writes: [conflict] });
    const abort = new AbortController();
    clock.at(60, () => {
      abort.abort();
    });
    const error = await clock.run(failureOf(start(wanting({ a: 1 }), {}, abort.signal)));
    expect([error.reason, desk.asked.length]).toEqual(['cancelled', 1]);
  });

  it('is of no use to whose time was up before it came, whatever the timers do', async () => {
    const { clock, desk, record, start } = setUpDesk(false);
    clock.at(500, () => {
      desk.letIn();
    });
    const brokenTimers = jest.spyOn(clock, 'later').mockReturnValue(() => undefined);
    const task = failureOf(start(wanting({ a: 1 }), { totalTimeoutMs: 200 }));
    brokenTimers.mockRestore();
    expect((await clock.run(task)).reason).toBe('deadline');
    expect(record.requests).toEqual([]);
  });

  it('that the server holds back is what is reported when the time is up', async () => {
    const { clock, desk, start } = setUpDesk(false);
    clock.at(100, () => {
      desk.closedForMs = 5000;
    });
    const error = await failureOf(clock.run(start(wanting({ a: 1 }), { totalTimeoutMs: 200 })));
    expect(error).toMatchObject({
      reason: 'throttled',
      lastFailure: { failure: { retryAfterMs: 5000 } },
      story: { elapsedMs: 200 },
    });
  });

  it('for the write is not used up by reads that chase a moving record', async () => {
    const { clock, desk, record, start } = setUpDesk(true);
    const used: boolean[] = [];
    const permit = desk.permit.bind(desk);
    desk.permit = async (...wanted) => {
      const given = await permit(...wanted);
      return {
        ...given,
        use: () => {
          const answered = given.use();
          used.push(answered !== undefined);
          return answered;
        },
      };
    };
    const churn = () => {
      record.commit({});
      clock.at(clock.now() + 20.6, churn);
    };
    clock.at(15, churn);
    await clock.run(
      start(wanting({ a: 1 }), { backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }) }),
    );
    expect(record.reads).toBeGreaterThan(15);
    expect(used.every(Boolean)).toBe(true);
  });

  it('that cannot be had in time fails the update at once, with the time to wait', async () => {
    const { clock, desk, record, start } = setUpDesk(false);
    desk.closedForMs = 5000;
    const error = await failureOf(clock.run(start(wanting({ a: 1 }), { totalTimeoutMs: 5000 })));
    expect(error).toMatchObject({
      reason: 'throttled',
      lastFailure: { failure: { retryAfterMs: 5000 } },
      story: { attempts: 0, elapsedMs: 0 },
    });
    expect(record.requests).toEqual([]);
  });
});

describe('Lanes', () => {
  it('of different keys share nothing', async () => {
    const { clock, record, lanes } = setUp();
    const stores = [record.store(), record.store()];
    const used = [0, 0];
    await clock.run(
      Promise.all(
        stores.map((store, client) =>
          lanes.update(
            () =>
              Promise.resolve({
                key: `client ${client}`,
                store: {
                  ...store,
                  read: async (limits) => {
                    used[client] = (used[client] ?? 0) + 1;
                    return await store.read(limits);
                  },
                },
              }),
            wanting({ [`a${client}`]: 1 }),
            POLICY,
          ),
        ),
      ),
    );
    expect(used).toEqual([1, 2]);
    expect(record.content).toEqual({ a0: 1, a1: 1 });
  });

  it('are one for a record as long as anybody is in it, whoever has left', async () => {
    const { clock, lanes, start, later } = setUp({ freshMs: 0, writes: [conflict] });
    const [, first, third] = await clock.run(
      Promise.all([
        failureOf(start(refuse)),
        start(wanting({ a: 1 })),
        later(100, wanting({ b: 1 })),
      ]),
    );
    expect([first.batchSize, third.batchSize]).toEqual([2, 2]);
    expect(lanes.size).toBe(0);
  });

  it('leave nothing behind when they are idle and what they know is out of date', async () => {
    const { clock, lanes, start } = setUp({ freshMs: 250 });
    await clock.run(start(wanting({ a: 1 })));
    expect(lanes.size).toBe(1);
    await clock.run(clock.sleep(249));
    expect(lanes.size).toBe(1);
    await clock.run(start(wanting({ b: 1 })));
    await clock.run(clock.sleep(249));
    expect(lanes.size).toBe(1);
    await clock.run(clock.sleep(2));
    expect([lanes.size, clock.pending]).toEqual([0, 0]);
  });

  it('leave nothing behind after failures either', async () => {
    const { clock, lanes, start } = setUp({ writes: [conflict] });
    await clock.run(failureOf(start(wanting({ a: 1 }), { maxAttempts: 1 })));
    await clock.run(failureOf(start(refuse)));
    expect([lanes.size, clock.pending]).toEqual([0, 0]);
  });
});

describe('A process that goes on without a pause', () => {
  it('lets others in, who come now and then', async () => {
    const attempts: number[] = [];
    for (const seed of hundred.slice(0, runs(20))) {
      const clock = new VirtualClock();
      const record = new ModelRecord(clock);
      const process = (id: number) => {
        const lanes = new Lanes<Content, number>({ clock, random: seededRandom(seed * 10 + id) });
        return async () =>
          await lanes.update(
            () => Promise.resolve({ key: 'record', store: record.store() }),
            increment,
            { ...POLICY, backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }) },
          );
      };
      const pauseMs = seededRandom(seed);
      let others = 3;
      const nowAndThen = async (count: () => Promise<{ attempts: number }>) => {
        for (let update = 0; update < 10; update++) {
          attempts.push((await count()).attempts);
          await clock.sleep(500 * pauseMs());
        }
        others--;
      };
      const withoutPause = async (count: () => Promise<unknown>) => {
        while (others > 0) {
          await count();
          await clock.sleep(1);
        }
      };
      await clock.run(
        Promise.all([withoutPause(process(0)), ...[1, 2, 3].map((id) => nowAndThen(process(id)))]),
      );
    }
    expect(Math.max(...attempts)).toBeLessThanOrEqual(15);
  });
});

describe('Ten processes with ten updates each of one record', () => {
  it('need at most 0.65 requests an update, and lose none', async () => {
    let requests = 0;
    // Of fewer than thirty the mean says little.
    const seeds = Array.from({ length: Math.max(30, runs(100)) }, (_, index) => index + 1);
    for (const seed of seeds) {
      const clock = new VirtualClock();
      const record = new ModelRecord(clock);
      const processes = hundred.slice(0, 10).map((index) => {
        const random = seededRandom(seed * 100 + index);
        return { lanes: new Lanes<Content, Content>({ clock, random }), startsAt: random() };
      });
      await clock.run(
        Promise.all(
          processes.flatMap(({ lanes, startsAt }, process) =>
            hundred.slice(0, 10).map(async (update) => {
              await clock.sleep(startsAt);
              return await lanes.update(
                () => Promise.resolve({ key: 'record', store: record.store() }),
                set({ [`${process}.${update}`]: 1 }),
                { ...POLICY, backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }) },
              );
            }),
          ),
        ),
      );
      expect(Object.keys(record.content)).toHaveLength(100);
      requests += record.requests.length;
    }
    expect(requests / seeds.length / 100).toBeLessThanOrEqual(0.65);
  });
});
