import { describe, expect, it } from '@jest/globals';

import type { UpdatePolicy } from '../../../core';
import { failureOf, increment } from '../changes';
import type { Change, Store } from '../flat';
import type { Content, Fault } from '../model-record';
import { conflict, kinds, POLICY, setUnlessChanged, setUp, wanting } from './one-record';

describe('A write of unknown outcome for several', () => {
  it('is found to be applied for all of them, also for one whose value a companion replaced', async () => {
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

describe('What somebody else changed', () => {
  it('counts from what the first attempt was made from, also where that came with a receipt', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    // Nobody can tell whether that was before the next update was asked for.
    record.commit({ a: 9 });
    const error = await clock.run(failureOf(later(50, setUnlessChanged('a', 2))));
    expect(kinds(record).slice(2)).toEqual(['write', 'read']);
    expect(error).toMatchObject({ reason: 'refused', message: 'a is 9' });
    expect(record.content).toEqual({ a: 9 });
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

  it('does not include what companions do, even when one of them leaves', async () => {
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

describe('A write without an answer, while another lane writes the same record in another way', () => {
  /** Two lanes of one record: replies to writes of the second one take a second longer. */
  function twoWays(writes: (Fault | undefined)[]) {
    const { clock, lanes, record, store } = setUp({ writes });
    const slow: Store<Content> = {
      ...store,
      write: async (next, base, limits) => {
        const receipt = await store.write(next, base, limits);
        await clock.sleep(1000);
        return receipt;
      },
    };
    const via =
      (key: string, through: Store<Content>) =>
      async (
        change: Change<Content, unknown>,
        policy: Partial<UpdatePolicy> = {},
        signal?: AbortSignal,
      ) =>
        await lanes.update(
          () => Promise.resolve({ key, record: 'record', store: through }),
          change,
          { ...POLICY, ...policy },
          signal,
        );
    return { clock, record, one: via('one way', store), other: via('another way', slow) };
  }

  const lost: Fault = { kind: 'lost', appliedAfterMs: 10 };

  it('is not taken for lost because that one has succeeded, and not applied twice', async () => {
    const { clock, record, one, other } = twoWays([lost]);
    const counting = failureOf(one(increment));
    const [error] = await clock.run(
      Promise.all([counting, clock.sleep(40).then(async () => await other(wanting({ a: 1 })))]),
    );
    expect(error.reason).toBe('indeterminate');
    expect(record.content).toEqual({ count: 1, a: 1 });
  });

  it('is not told as cancelled', async () => {
    const { clock, one, other } = twoWays([lost]);
    const abort = new AbortController();
    clock.at(1100, () => {
      abort.abort();
    });
    const cancelled = failureOf(one(wanting({ b: 1 }), {}, abort.signal));
    const [error] = await clock.run(
      Promise.all([cancelled, clock.sleep(40).then(async () => await other(wanting({ a: 1 })))]),
    );
    expect(error.reason).toBe('indeterminate');
  });

  it('is still that of a companion', async () => {
    const malformed: Fault = { kind: 'answer', failure: { kind: 'permanent', aboutContent: true } };
    const { clock, record, one, other } = twoWays([malformed, lost]);
    const results = await clock.run(
      Promise.all([
        one(wanting({ a: 1 })),
        one(setUnlessChanged('a', 2)),
        clock.sleep(1045).then(async () => await other(wanting({ b: 1 }))),
      ]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written']);
    expect(record.content).toEqual({ a: 2, b: 1 });
  });
});

describe('A write without an answer whose writer has left', () => {
  it('is nothing that somebody else has changed, for those who are still there', async () => {
    const { clock, record, start, later } = setUp({
      writes: [{ kind: 'lost', appliedAfterMs: 320 }],
    });
    const gone = failureOf(
      start(wanting({ a: 1 }), { requestTimeoutMs: 300, totalTimeoutMs: 330 }),
    );
    // Reads while that may still be applied, and meets it as a conflict.
    const [, result] = await clock.run(Promise.all([gone, later(60, setUnlessChanged('a', 2))]));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 1 });
    expect(record.content).toEqual({ a: 2 });
  });
});
