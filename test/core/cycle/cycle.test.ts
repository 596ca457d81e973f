import { describe, expect, it } from '@jest/globals';

import { StoreError, strategies, type UpdatePolicy } from '../../../core';
import type { Backoff, Observation } from '../../../core/backoff';
import { failureOf, set } from '../changes';
import { type Change, Lanes, type Receipt, type Snapshot, type Store } from '../flat';
import { type Content, type Fault, ModelRecord } from '../model-record';
import { seededRandom, VirtualClock } from '../virtual-clock';

const conflict: Fault = { kind: 'churn' };
const malformed: Fault = {
  kind: 'answer',
  failure: { kind: 'permanent', aboutContent: true },
  message: '400',
};
const lost: Fault = { kind: 'lost', appliedAfterMs: 'never' };

/** One process with one record: requests take 20 ms. */
function setUp(options: ConstructorParameters<typeof ModelRecord>[1] = {}) {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock, options);
  const lanes = new Lanes<Content, Content>({ clock, random: seededRandom(1) });
  const store: Store<Content> = record.store();
  const start = (
    change: Change<Content, Content>,
    policy: Partial<UpdatePolicy> = {},
    seen?: { snapshot: Snapshot<Content>; sentAt: number; answeredAt: number },
  ) =>
    lanes.update(() => Promise.resolve({ key: 'record', store, ...(seen && { seen }) }), change, {
      maxAttempts: 30,
      totalTimeoutMs: 30_000,
      requestTimeoutMs: 1000,
      backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
      ...policy,
    });
  const kinds = () => record.requests.map(({ kind }) => kind);
  return { clock, record, lanes, store, start, kinds };
}

/** Refuses where somebody else has set `name` since the first read. */
function unlessSet(name: string, change: Change<Content, Content>): Change<Content, Content> {
  return {
    ...change,
    apply: (base, read, written) =>
      read.now.state[name] === read.first.state[name]
        ? change.apply(base, read, written)
        : { kind: 'refused', reason: `${name} is set` },
  };
}

/** A backoff that never waits and writes down what it is told. */
function recorder(chaseGapMs?: number) {
  const seen: Observation[] = [];
  const backoff: Backoff = {
    observe: (observation) => {
      seen.push(observation);
      return backoff;
    },
    delay: () => 0,
    chaseGapMs,
  };
  return { backoff, seen };
}

describe('A write that a store says is not all', () => {
  /** Sets `a` and removes `b`. */
  const settingAndRemoving: Change<Content, Content> = {
    idempotent: true,
    apply: ({ state: { b, ...rest } }) =>
      rest['a'] === 1 && (b ?? 0) === 0
        ? { kind: 'unchanged', report: {} }
        : {
            kind: 'write',
            next: { ...rest, a: 1, ...(rest['a'] === 1 && { b: 0 }) },
            report: {},
          },
  };

  /** The first write that succeeds keeps `b`, and the store notices. */
  function merging(
    options: ConstructorParameters<typeof ModelRecord>[1] = {},
    version?: number | null,
  ) {
    const world = setUp({ content: { b: 7 }, ...options });
    const record = world.record.store();
    let isFirst = true;
    world.store.write = async (next, base, limits): Promise<Receipt<Content>> => {
      if (!isFirst) return await record.write(next, base, limits);
      const receipt = await record.write({ ...next, b: 7 }, base, limits);
      isFirst = false;
      const snapshot = receipt.snapshot ?? base;
      return { snapshot: { ...snapshot, ...(version !== undefined && { version }) } };
    };
    world.store.leftUndone = ({ state }) => state['b'] === 7;
    return world;
  }

  it('is no write of those who wanted nothing written', async () => {
    const { clock, start } = merging();
    const [writer, other] = await clock.run(
      Promise.all([start(settingAndRemoving), start(set({ a: 1 }))]),
    );
    expect([writer.outcome, other.outcome]).toEqual(['written', 'unchanged']);
  });

  it('is remembered where the rest fails', async () => {
    const { clock, start } = merging({ writes: [undefined, conflict] });
    const error = await clock.run(failureOf(start(settingAndRemoving, { maxAttempts: 1 })));
    // Half of it is neither what was wanted nor nothing.
    expect(error).toMatchObject({ reason: 'indeterminate', written: false });
  });

  it('is no read: after a conflict of the rest a read follows at once', async () => {
    const { clock, kinds, start } = merging({ writes: [undefined, conflict] });
    const result = await clock.run(start(settingAndRemoving));
    expect(result).toMatchObject({ attempts: 2, waitedMs: 0 });
    expect(kinds()).toEqual(['read', 'write', 'write', 'read', 'write']);
  });

  it('is found by a read where the reply has no version to prove it', async () => {
    const { clock, kinds, record, start } = merging({}, null);
    const result = await clock.run(start(settingAndRemoving));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 0 });
    expect(kinds()).toEqual(['read', 'write', 'read', 'read', 'write']);
    expect(record.content).toEqual({ a: 1, b: 0 });
  });
});

describe('The last attempt', () => {
  it('rests on what a conflict brought, where it brought anything', async () => {
    const { clock, kinds, start } = setUp({
      writes: [{ kind: 'overtaken', by: { b: 2 }, carried: true }],
    });
    const result = await clock.run(start(set({ a: 1 }), { maxAttempts: 2 }));
    expect(result).toMatchObject({ attempts: 2, snapshot: { state: { a: 1, b: 2 } } });
    expect(kinds()).toEqual(['read', 'write', 'write']);
  });
});

describe('A write of unknown outcome', () => {
  it('is known to be lost once another has taken its version, also where replies carry no record', async () => {
    const { clock, record, store, start } = setUp({ writes: [lost] });
    const write = store.write.bind(store);
    store.write = async (...args) => {
      await write(...args);
      return {};
    };
    let runs = 0;
    const first = set({ x: 1 });
    const changing: Change<Content, Content> = {
      ...first,
      apply: (...args) => (runs++ === 0 ? first : set({ a: 1 })).apply(...args),
    };
    const results = await clock.run(Promise.all([start(changing), start(set({ a: 1 }))]));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'unchanged']);
    expect(record.content).toEqual({ a: 1 });
  });

  it('is known to be lost, for whoever goes later, once its version is taken', async () => {
    const { clock, record, start } = setUp({ writes: [lost, malformed] });
    // After the write of the first alone, which follows the one that was refused.
    clock.at(1205, () => {
      record.commit({ x: 9 });
    });
    const [first, second] = await clock.run(
      Promise.all([start(set({ a: 1 })), failureOf(start(unlessSet('x', set({ b: 1 }))))]),
    );
    expect([first.outcome, second.reason]).toEqual(['written', 'refused']);
    expect(record.content).toEqual({ a: 1, x: 9 });
  });

  it.each([
    ['is known to be lost, once its version is taken', true, 'refused'],
    ['without a version may still arrive', false, 'indeterminate'],
  ])('for who has nothing to write any more %s', async (_, versioned, reason) => {
    const { clock, record, start } = setUp({ versioned, writes: [lost] });
    let runs = 0;
    const refusingLater: Change<Content, Content> = {
      ...set({ b: 1 }),
      apply: (...args) =>
        runs++ === 0 ? set({ b: 1 }).apply(...args) : { kind: 'refused', reason: 'no' },
    };
    const [first, second] = await clock.run(
      Promise.all([start(set({ a: 1 })), failureOf(start(refusingLater))]),
    );
    expect([first.outcome, second.reason]).toEqual(['written', reason]);
    expect(record.content).toEqual({ a: 1 });
  });

  it('that may have been overwritten stays so, whatever becomes of a later one', async () => {
    const { clock, record, start } = setUp({
      writes: [{ kind: 'lost', appliedAfterMs: 10 }, lost],
    });
    for (const atMs of [500, 510, 2150]) {
      clock.at(atMs, () => {
        record.commit({ b: atMs });
      });
    }
    let runs = 0;
    const error = await clock.run(
      failureOf(
        start({
          ...set({ b: 1 }),
          apply: (...args) =>
            runs++ < 2 ? set({ b: 1 }).apply(...args) : { kind: 'refused', reason: 'no' },
        }),
      ),
    );
    // The first was applied, the second was not, and nobody can tell.
    expect([...record.commits.values()].map(({ b }) => b)).toEqual([1, 500, 510, 2150]);
    expect(error.reason).toBe('indeterminate');
  });

  it('is over when the version has moved on, whatever others write later', async () => {
    const { clock, record, start } = setUp({ writes: [lost, conflict] });
    clock.at(500, () => {
      record.commit({ x: 9 });
    });
    clock.at(1200, () => {
      record.commit({ a: 1 });
    });
    expect((await clock.run(start(set({ a: 1 })))).outcome).toBe('unchanged');
  });

  it('without a version may still arrive, and is recognized when it does', async () => {
    const transient: Fault = { kind: 'answer', failure: { kind: 'transient' } };
    const { clock, record, start } = setUp({ versioned: false, writes: [lost, transient] });
    clock.at(1200, () => {
      record.commit({ a: 1 });
    });
    expect((await clock.run(start(set({ a: 1 })))).outcome).toBe('written');
  });

  it('without a version leaves it open whether "nothing to do" is its doing', async () => {
    const { clock, record, start } = setUp({ versioned: false, writes: [lost] });
    clock.at(500, () => {
      record.commit({ done: 1 });
    });
    const change: Change<Content, Content> = {
      ...set({ a: 1 }),
      apply: (base, read, written) =>
        base.state['done'] === 1
          ? { kind: 'unchanged', report: {} }
          : set({ a: 1 }).apply(base, read, written),
    };
    expect(await clock.run(failureOf(start(change)))).toMatchObject({
      reason: 'indeterminate',
      message: 'A write of unknown outcome may have been applied, or may still be.',
    });
  });
});

describe('A record without a version', () => {
  it('leaves nothing behind that could save a read', async () => {
    const { clock, lanes, start } = setUp({ versioned: false });
    await clock.run(start(set({ a: 1 })));
    expect(lanes.size).toBe(0);
  });

  it('is read again where it was read before a companion wrote', async () => {
    const { clock, kinds, start } = setUp({ versioned: false });
    const second = clock.sleep(10).then(async () => {
      const seen = { snapshot: { state: {}, version: null }, sentAt: 10, answeredAt: 10 };
      return await start(set({ b: 1 }), {}, seen);
    });
    await clock.run(Promise.all([start(set({ a: 1 })), second]));
    expect(kinds()).toEqual(['read', 'write', 'read', 'write']);
  });
});

describe('A backoff', () => {
  it('of any member may have reads chase a moving record', async () => {
    const { clock, record, start } = setUp();
    await clock.run(
      Promise.all([
        start(set({ a: 1 })),
        start(set({ b: 1 }), { backoff: recorder(5).backoff }),
        start(set({ c: 1 })),
      ]),
    );
    expect(record.reads).toBeGreaterThan(5);
  });

  it('is not told of a read that is behind: nobody competes in it', async () => {
    const { backoff, seen } = recorder();
    const { clock, start } = setUp({
      reads: [undefined, { kind: 'stale', snapshot: { state: {}, version: 0 } }],
      writes: [conflict],
    });
    await clock.run(start(set({ a: 1 }), { backoff }));
    expect(seen.map(({ kind }) => kind)).toEqual(['read', 'conflict', 'read']);
  });

  it('is not told of a refusal for good: who is left after it was not to blame', async () => {
    const { backoff, seen } = recorder();
    const { clock, start } = setUp({ writes: [malformed] });
    await clock.run(Promise.all([start(set({ a: 1 }), { backoff }), start(set({ b: 1 }))]));
    expect(seen.map(({ kind }) => kind)).toEqual(['read', 'read']);
  });
});

describe('A bug in the write of a store', () => {
  it('is what the update fails with', async () => {
    const { clock, store, start } = setUp();
    store.write = () => Promise.reject(new RangeError('a bug'));
    await expect(clock.run(start(set({ a: 1 })))).rejects.toThrow(new RangeError('a bug'));
  });
});

describe('Whoever finds what it wants in what a companion has just written', () => {
  it('waits until that can be seen', async () => {
    const { clock, record, store, start } = setUp({ versioned: false });
    clock.at(500, () => {
      record.commit({ a: 1 });
    });
    store.write = async () => {
      await clock.sleep(20);
      return { accepted: true };
    };
    const unseen: Change<Content, Content> = {
      ...set({ a: 1 }),
      apply: ({ state }) =>
        state['a'] === 1
          ? { kind: 'unchanged', report: {}, restsOn: ['a'] }
          : { kind: 'refused', reason: 'not there' },
    };
    const results = await clock.run(Promise.all([start(set({ a: 1 })), start(unseen)]));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'unchanged']);
    expect(results.every(({ elapsedMs }) => elapsedMs > 500)).toBe(true);
  });
});

describe('A record that is written without telling its version', () => {
  it('is a failure that names the reason', async () => {
    const { clock, start } = setUp({
      reads: [{ kind: 'stale', snapshot: { state: {}, version: null } }],
    });
    const error = await clock.run(failureOf(start(set({ a: 1 }))));
    expect(error.lastFailure).toBeInstanceOf(StoreError);
    expect(error.message).toBe(
      'The record came without a version, so a write could not be made safe.',
    );
  });
});
