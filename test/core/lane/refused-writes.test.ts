import { describe, expect, it } from '@jest/globals';

import { type Admission, type Failure, type Permit, StoreError, strategies } from '../../../core';
import { failureOf, increment } from '../changes';
import { type Content, type Fault } from '../model-record';
import {
  POLICY,
  hundred,
  kinds,
  setUnlessChanged,
  type Options,
  setUp,
  wanting,
} from './one-record';

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

  it('does not make companions of the same cycle strangers to each other', async () => {
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

  it.each<[string, Fault]>([
    ['a passing fault', { kind: 'answer', failure: { kind: 'transient' } }],
    ['no answer', { kind: 'lost', appliedAfterMs: 'never' }],
  ])('keeps the order of arrival where one of those taken apart meets %s', async (_, fault) => {
    const { clock, record, start } = poisoned({ writes: [fault] });
    const results = await clock.run(
      Promise.allSettled([
        start(wanting({ x: 1 }), { requestTimeoutMs: 200 }),
        start(wanting({ poison: 1 })),
        start(wanting({ x: 2 })),
        start(wanting({ y: 2 })),
      ]),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(record.content).toEqual({ x: 2, y: 2 });
  });

  it('keeps the order of arrival for a newcomer, too', async () => {
    const unavailable: Fault = { kind: 'answer', failure: { kind: 'transient' } };
    const { clock, record, start, later } = poisoned({ writes: [unavailable] });
    await clock.run(
      Promise.allSettled([
        start(wanting({ x: 1 })),
        start(wanting({ poison: 1 })),
        later(70, wanting({ x: 2 })),
      ]),
    );
    expect(record.content).toEqual({ x: 2 });
  });

  /** Takes no write at all, and says why. */
  function closed(words: (names: readonly string[]) => string) {
    const world = setUp();
    const writes: Content[] = [];
    world.store.write = async (next) => {
      writes.push(next);
      await world.clock.sleep(20);
      throw new StoreError(words(Object.keys(next)), { kind: 'permanent', aboutContent: true });
    };
    return { ...world, writes };
  }

  it('tells all that it takes no write when eight from all over the batch have heard it alone', async () => {
    const { clock, start, writes } = closed(() => 'the call has ended');
    const results = await clock.run(
      Promise.allSettled(hundred.map((index) => start(wanting({ [`a${index}`]: 1 })))),
    );
    for (const result of results) {
      expect(result).toMatchObject({
        reason: { reason: 'permanent', message: 'the call has ended' },
      });
    }
    // All, eight alone, one of each part of the batch, the rest, and eight more.
    const eight = Array.from({ length: 8 }, () => 1);
    expect(writes.map((next) => Object.keys(next).length)).toEqual([100, ...eight, 92, ...eight]);
    const alone = writes.slice(1, 9).map((next) => Number(Object.keys(next)[0]?.slice(1)));
    for (const [part, index] of alone.entries()) {
      expect(Math.abs(index - (part + 0.5) * 12.5)).toBeLessThan(7);
    }
  });

  it('writes the only one that is well among sixteen', async () => {
    for (const at of [0, 5, 15]) {
      const { clock, start } = poisoned();
      const results = await clock.run(
        Promise.allSettled(
          hundred
            .slice(0, 16)
            .map((index) => start(wanting({ [index === at ? 'well' : 'poison']: 1 }))),
        ),
      );
      expect(results.findIndex(({ status }) => status === 'fulfilled')).toBe(at);
    }
  });

  it('writes the others where the eight that were refused alone are all to blame', async () => {
    const { clock, record, start } = poisoned();
    // Whichever is tried, its neighbour is well.
    const results = await clock.run(
      Promise.allSettled(
        hundred
          .slice(0, 16)
          .map((index) => start(wanting({ [index % 2 ? `a${index}` : 'poison']: 1 }))),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(8);
    expect(Object.keys(record.content)).toHaveLength(8);
  });

  it('tells all so where they want to write the same, in the order in which they came', async () => {
    const { clock, start, writes } = closed(() => 'the call has ended');
    const results = await clock.run(
      Promise.allSettled(hundred.map((index) => start(wanting({ a: index + 1 })))),
    );
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(writes.length).toBeLessThan(50);
    expect(writes.slice(-1)).toEqual([{ a: 16 }]);
  });

  it.each<[string, (names: readonly string[]) => string]>([
    ['names an attribute', ([name = '']) => `"${name}" is too long`],
    [
      'has words of its own for each',
      (names) => `no: ${names.join('').length} ${names.join('-')}x`,
    ],
  ])('goes on trying each where it %s', async (_, words) => {
    const { clock, start, writes } = closed(words);
    const results = await clock.run(
      Promise.allSettled(hundred.map((index) => start(wanting({ [`a${index}`]: 1 })))),
    );
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(writes.filter((next) => Object.keys(next).length === 1)).toHaveLength(100);
  });

  it('goes on trying each where it has taken one meanwhile', async () => {
    const { clock, record, start } = poisoned();
    const results = await clock.run(
      Promise.allSettled(
        hundred
          .slice(0, 40)
          .map((index) => start(wanting({ [index % 4 === 1 ? `a${index}` : 'poison']: index }))),
      ),
    );
    const rejected = results.filter(({ status }) => status === 'rejected');
    expect(rejected).toHaveLength(30);
    expect(Object.keys(record.content)).toHaveLength(10);
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
