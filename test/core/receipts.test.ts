import { describe, expect, it } from '@jest/globals';

import { failureOf } from './changes';
import type { Change } from './flat';
import { kinds, setUnlessChanged, setUp, wanting } from './lane/one-record';
import type { Content, Fault } from './model-record';

/** A reply to a write that was applied, and what it shows instead of the record. */
const echo = (state: Content, version?: number | null): Fault => ({
  kind: 'echo',
  shows: { state, ...(version !== undefined && { version }) },
});

const malformed: Fault = { kind: 'answer', failure: { kind: 'permanent', aboutContent: true } };

const THEIRS = { x: 7, y: 8 };

describe('A reply that does not show what was written', () => {
  it.each([
    ['empty, at the new version', echo({})],
    ['the record of before, at its version', echo({ ...THEIRS, a: 0 }, 1)],
    ['the record of before, at the new version', echo({ ...THEIRS, a: 0 })],
    ['nothing, without a version', echo({}, null)],
  ])('proves only that it was taken: a read tells (%s)', async (_, fault) => {
    const { clock, record, start } = setUp({ content: { ...THEIRS, a: 0 }, writes: [fault] });
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(kinds(record)).toEqual(['read', 'write', 'read']);
    expect(result).toMatchObject({ outcome: 'written', attempts: 1, conflicts: 0 });
    expect(result.snapshot).toEqual({ state: { ...THEIRS, a: 1 }, version: 2 });
  });

  it.each([
    ['empty', echo({})],
    ['only what has changed', echo({ a: 1 })],
    ['what was before', echo({ ...THEIRS, a: 0 }, 1)],
  ])(
    'is no base for the next write, which would lose all that it misses (%s)',
    async (_, fault) => {
      const { clock, record, start, later } = setUp({ content: THEIRS, writes: [fault] });
      await clock.run(Promise.all([start(wanting({ a: 1 })), later(60, wanting({ b: 2 }))]));
      expect(record.content).toEqual({ ...THEIRS, a: 1, b: 2 });
    },
  );

  it('ends at once an update whose own parts it shows, with the whole record', async () => {
    const { clock, record, start } = setUp({ content: THEIRS, writes: [echo({ a: 1 })] });
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(kinds(record)).toEqual(['read', 'write']);
    expect(result.snapshot).toEqual({ state: { ...THEIRS, a: 1 }, version: 2 });
  });

  it('ends it also where the server does not count its versions up', async () => {
    const { clock, record, start, later } = setUp({
      content: THEIRS,
      writes: [echo({ ...THEIRS, a: 1 }, 1)],
    });
    const results = await clock.run(
      Promise.all([start(wanting({ a: 1 })), later(5000, wanting({ a: 1 }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'unchanged']);
    expect(record.requests).toHaveLength(3);
  });

  it('is told to each of several by its own parts', async () => {
    const { clock, start } = setUp({ content: THEIRS, writes: [echo({ ...THEIRS, a: 1 })] });
    const results = await clock.run(
      Promise.all([start(wanting({ a: 1 })), start(wanting({ b: 1 })), start(wanting({ b: 1 }))]),
    );
    expect(results.map(({ outcome, elapsedMs }) => [outcome, elapsedMs])).toEqual([
      ['written', 40],
      ['written', 60],
      ['unchanged', 40],
    ]);
  });

  it('is followed by reads until one is newer than the base', async () => {
    const old: Fault = { kind: 'stale', snapshot: { state: { ...THEIRS, a: 0 }, version: 1 } };
    const { clock, record, start } = setUp({
      content: { ...THEIRS, a: 0 },
      reads: [undefined, old, old],
      writes: [echo({})],
    });
    const result = await clock.run(start(wanting({ a: 1 }), { maxAttempts: 1 }));
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'read', 'read']);
    expect(result).toMatchObject({ outcome: 'written', snapshot: { version: 2 } });
  });

  it.each<[string, (abort: AbortController) => void, number]>([
    ['its time is up', () => undefined, 3000],
    [
      'it is cancelled',
      (abort) => {
        abort.abort();
      },
      30_000,
    ],
  ])(
    'leaves open what became of it where %s before such a read',
    async (_, act, totalTimeoutMs) => {
      const old: Fault = { kind: 'stale', snapshot: { state: THEIRS, version: 1 } };
      const { clock, record, start } = setUp({
        content: THEIRS,
        reads: [undefined, ...Array.from({ length: 20 }, () => old)],
        writes: [echo({})],
      });
      const abort = new AbortController();
      clock.at(500, () => {
        act(abort);
      });
      const error = await clock.run(
        failureOf(start(wanting({ a: 1 }), { totalTimeoutMs }, abort.signal)),
      );
      expect(error.reason).toBe('indeterminate');
      expect(record.writes).toBe(1);
    },
  );

  it('tells that it was written where somebody else has overwritten it before the read', async () => {
    const { clock, record, start } = setUp({ content: THEIRS, writes: [echo({})] });
    clock.at(41, () => {
      record.commit({ a: 9 });
    });
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', snapshot: { state: { a: 9 } } });
    expect(record.writes).toBe(1);
  });
});

describe('On a server that merges what it should replace', () => {
  /** Removes `b`, or empties it where it is there still. */
  const remove: Change<Content, unknown> = {
    idempotent: true,
    apply: ({ state: { b, ...rest } }) =>
      (b ?? 0) === 0
        ? { kind: 'unchanged', report: null }
        : { kind: 'write', next: rest, report: null },
  };

  /** Its store empties what is to be removed, as soon as it has noticed. */
  function merging(content: Content, shows?: Content) {
    const world = setUp({ content });
    const write = world.store.write.bind(world.store);
    let isNoticed = false;
    world.store.write = async (next, base, limits) => {
      const kept = isNoticed ? next : { ...next, b: world.record.content['b'] ?? 0 };
      const { snapshot } = await write(kept, base, limits);
      if (!snapshot) throw new Error('no snapshot');
      return { snapshot: { ...snapshot, ...(!isNoticed && shows && { state: shows }) } };
    };
    world.store.leftUndone = ({ state }) => {
      const isUndone = !isNoticed && (state['b'] ?? 0) !== 0;
      isNoticed ||= isUndone;
      return isUndone;
    };
    return world;
  }

  it.each([
    ['only what has changed', { a: 1 }],
    ['nothing', {}],
  ])('a reply that shows %s does not prove a removal', async (_, shows) => {
    const { clock, record, start } = merging({ a: 0, b: 7, keep: 3 }, shows);
    const results = await clock.run(Promise.all([start(wanting({ a: 1 })), start(remove)]));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(record.content['b'] ?? 0).toBe(0);
  });

  it.each([
    ['all of it', undefined],
    ['only what has changed', { a: 1 }],
  ])(
    'companions are told the record as it was at the version that they are told (a reply with %s)',
    async (_, shows) => {
      const { clock, record, start } = merging({ a: 0, b: 7, keep: 3 }, shows);
      const results = await clock.run(
        Promise.all([start(wanting({ a: 1 })), start(wanting({ keep: 3 })), start(remove)]),
      );
      for (const { snapshot } of results) {
        expect(snapshot.state).toEqual(record.commits.get(snapshot.version ?? 0));
      }
    },
  );

  it('nobody can tell what became of a removal where others write before the read', async () => {
    const { clock, record, start } = merging({ b: 7, keep: 3 }, {});
    clock.at(41, () => {
      record.commit({ keep: 4 });
    });
    const error = await clock.run(failureOf(start(remove)));
    expect(error.reason).toBe('indeterminate');
    expect(record.content).toEqual({ b: 7, keep: 4 });
  });
});

describe('A reply at a later version than that of the write', () => {
  const overtaken: Fault = { kind: 'echo', shows: {}, after: { x: 9 } };

  it('carries what somebody else has written since, and is no base', async () => {
    const { clock, record, start, later } = setUp({ content: THEIRS, writes: [overtaken] });
    const [first] = await clock.run(
      Promise.all([start(wanting({ a: 1 })), later(60, wanting({ b: 2 }))]),
    );
    expect(first.snapshot).toEqual({ state: { x: 9, y: 8, a: 1 }, version: 3 });
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'write']);
  });

  it('does not make that our own for those who want nothing overwritten', async () => {
    // Taken apart, the first is written alone, and somebody else writes before its reply is made.
    const { clock, record, start } = setUp({ content: THEIRS, writes: [malformed, overtaken] });
    const [, error] = await clock.run(
      Promise.all([start(wanting({ a: 1 })), failureOf(start(setUnlessChanged('x', 5)))]),
    );
    expect(error).toMatchObject({ reason: 'refused', message: 'x is 9' });
    expect(record.content['x']).toBe(9);
  });
});

describe('A read at just the version of a write shows what the server has made of it', () => {
  /** A server that stores no number above ten, and shows nothing in its reply. */
  function limiting(content: Content) {
    const world = setUp({ content, writes: [echo({})] });
    const write = world.store.write.bind(world.store);
    world.store.write = async (next, base, limits) => {
      const stored = Object.entries(next).map(([name, value]) => [name, Math.min(value, 10)]);
      return await write(Object.fromEntries(stored) as Content, base, limits);
    };
    return world;
  }

  it('which is told where it is another form of what was sent', async () => {
    const { clock, start } = limiting({ a: 1, b: 1 });
    const result = await clock.run(start(wanting({ a: 99, b: 2 })));
    expect(result.outcome).toBe('written');
    expect([...(result.altered ?? [])]).toEqual([['a', { wanted: '99', stored: '10' }]]);
    expect([...result.changed]).toEqual([
      ['a', { from: '1', to: '10' }],
      ['b', { from: '1', to: '2' }],
    ]);
  });

  it('but what a companion has made of it since is that one’s', async () => {
    const { clock, start } = limiting({ a: 1, b: 1 });
    const [first] = await clock.run(
      Promise.all([start(wanting({ a: 99, b: 3 })), start(wanting({ b: 4 }))]),
    );
    expect([...first.changed]).toEqual([
      ['a', { from: '1', to: '10' }],
      ['b', { from: '1', to: '3' }],
    ]);
  });

  it('and nobody is told that it changed what the server has left as it was', async () => {
    const { clock, start } = limiting({ a: 1, b: 10 });
    const [first, second] = await clock.run(
      Promise.all([start(wanting({ a: 2, b: 98 })), start(wanting({ a: 3, b: 99 }))]),
    );
    expect([[...first.changed], [...second.changed]]).toEqual([
      [['a', { from: '1', to: '2' }]],
      [['a', { from: '2', to: '3' }]],
    ]);
    expect([first.altered, second.altered]).toEqual([
      new Map([['b', { wanted: '98', stored: '10' }]]),
      new Map([['b', { wanted: '99', stored: '10' }]]),
    ]);
  });

  it('and the update fails where that is nothing', async () => {
    const { clock, start } = limiting({ a: 10 });
    const error = await clock.run(failureOf(start(wanting({ a: 99 }))));
    expect(error).toMatchObject({
      reason: 'permanent',
      message: 'It took the write, and stores nothing of it.',
    });
  });
});
