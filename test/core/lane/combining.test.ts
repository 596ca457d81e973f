import { describe, expect, it } from '@jest/globals';

import { strategies } from '../../../core';
import { failureOf, increment, set } from '../changes';
import { Lanes } from '../flat';
import { type Content, type Fault, ModelRecord } from '../model-record';
import { runs } from '../runs';
import { seededRandom, VirtualClock } from '../virtual-clock';
import { POLICY, conflict, hundred, kinds, refuse, setUp, wanting } from './one-record';

const passing: Fault = { kind: 'answer', failure: { kind: 'transient' } };
const malformed: Fault = { kind: 'answer', failure: { kind: 'permanent', aboutContent: true } };

describe('Thousands of updates of one record at once', () => {
  it('are 2,000 in a cycle at most, so that planning them blocks nobody, and the rest follow in order', async () => {
    const { clock, record, start } = setUp({ content: { count: 0 } });
    const results = await clock.run(
      Promise.all(Array.from({ length: 2010 }, () => start(increment))),
    );
    expect(results.map(({ report }) => report)).toEqual(results.map((_, index) => 1 + index));
    expect(new Set(results.map(({ batchSize }) => batchSize))).toEqual(new Set([2000, 10]));
    expect(kinds(record)).toEqual(['read', 'write', 'write']);
  });

  it('back off together where they are more, and use up no attempts for those who are due', async () => {
    const reads = Array.from({ length: 12 }, () => passing);
    const { clock, record, start } = setUp({ content: { count: 0 }, reads });
    await clock.run(Promise.all(Array.from({ length: 2010 }, () => start(increment))));
    expect(record.content).toEqual({ count: 2010 });
    // Each wait is 100 ms.
    expect(record.requests.at(12)?.at).toBeGreaterThanOrEqual(12 * 100);
  });

  it('are no more where one that was refused with others waits for its own time', async () => {
    const { clock, start, later } = setUp({ content: { count: 0 }, writes: [malformed, passing] });
    const refused = [start(wanting({ a: 1 })), start(wanting({ b: 1 }))];
    const rest = Array.from({ length: 2010 }, () => later(50, increment));
    const results = await clock.run(Promise.all([...refused, ...rest]));
    expect(Math.max(...results.map(({ batchSize }) => batchSize))).toBe(2000);
  });
});

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

  it('are unchanged where a companion before them wants the same, once that is written', async () => {
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
