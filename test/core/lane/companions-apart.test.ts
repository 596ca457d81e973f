import { describe, expect, it } from '@jest/globals';

import { strategies } from '../../../core';
import { type Backoff } from '../../../core/backoff';
import { failureOf } from '../changes';
import { type Change } from '../flat';
import { type Content } from '../model-record';
import { conflict, kinds, refuse, setUp, wanting } from './one-record';

describe('What becomes of one update', () => {
  it.each([0, 1, 2])('is nothing to its companions where it refuses (as number %i)', async (at) => {
    const { clock, record, start } = setUp({ writes: [conflict] });
    const changes = [wanting({ a: 1 }), wanting({ b: 1 })];
    const tasks = changes.toSpliced(at, 0, refuse).map((change) => start(change));
    const results = await clock.run(Promise.allSettled(tasks));
    expect(results[at]).toMatchObject({ status: 'rejected', reason: { reason: 'refused' } });
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'write']);
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  it('is known at once where it refuses what no companion is about to change', async () => {
    const { clock, start } = setUp();
    const refused = failureOf(start(refuse));
    const written = start(wanting({ a: 1 }));
    expect((await clock.run(refused)).story.elapsedMs).toBe(20);
    expect((await clock.run(written)).elapsedMs).toBe(40);
  });

  it('is nothing to its companions where its change has a bug', async () => {
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
  ])('is nothing to its companions where it is cancelled %s', async (_, ms) => {
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
    'is a deadline of its own, after %i ms, that its companions do not notice',
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

  it('is an end of its own attempts that its companions do not share', async () => {
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
  it('during a write is told as what it is, though the update was cancelled meanwhile', async () => {
    const { clock, record, store, start } = setUp();
    const bug = new RangeError('a bug');
    const write = store.write.bind(store);
    store.write = async (...args) => {
      await write(...args);
      throw bug;
    };
    const abort = new AbortController();
    clock.at(35, () => {
      abort.abort();
    });
    await expect(clock.run(start(wanting({ a: 1 }), {}, abort.signal))).rejects.toBe(bug);
    expect(record.content).toEqual({ a: 1 });
  });

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

describe('A bug in a backoff', () => {
  it.each(['delay', 'observe'] as const)(
    'ends its own update, and no other (%s)',
    async (method) => {
      const { clock, start, later } = setUp({ writes: [conflict] });
      const bug = new RangeError('a bug');
      const backoff: Backoff = {
        observe: () => backoff,
        delay: () => 0,
        [method]: () => {
          throw bug;
        },
      };
      const [other, broken] = await clock.run(
        Promise.allSettled([start(wanting({ b: 1 })), later(50, wanting({ a: 1 }), { backoff })]),
      );
      expect(broken).toEqual({ status: 'rejected', reason: bug });
      expect(other).toMatchObject({ value: { outcome: 'written' } });
    },
  );
});
