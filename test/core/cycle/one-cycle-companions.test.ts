import { describe, expect, it } from '@jest/globals';

import { setUp } from './one-cycle';
import { endOf, partsOf, setting } from './updating';

describe('A cycle of several', () => {
  it('goes on without an update whose change throws', async () => {
    const { join, run, server } = setUp();
    const bug = new RangeError('a bug');
    const throwing = join(() => {
      throw bug;
    });
    const writer = join(setting({ a: '1' }));
    expect(await run([throwing, writer])).toBeUndefined();
    await expect(throwing.result).rejects.toBe(bug);
    expect(await endOf(writer)).toBe('written');
    expect(server.parts).toEqual(partsOf({ a: '1' }));
  });

  it('fails where the store has a bug, and ends those who wrote', async () => {
    const { join, run, server } = setUp();
    const bug = new RangeError('a bug');
    server.failures.push(bug);
    const [writer, idle] = [join(setting({ a: '1' })), join(setting({}))];
    expect(await run([writer, idle])).toBe(bug);
    await expect(writer.result).rejects.toBe(bug);
    expect(idle.phase.kind).toBe('reading');
  });

  it('goes on without whoever would overtake somebody who wants to write the same', async () => {
    const { context, join, run, server } = setUp();
    const { queue } = context;
    const first = join(setting({ a: '1' }));
    const [same, other] = [
      join(setting({ a: '2' }), { arrival: 1 }),
      join(setting({ b: '2' }), { arrival: 2 }),
    ];
    first.moveTo({ kind: 'waiting', notBefore: 1000 });
    queue.add(first);
    queue.noteWanted([{ update: first, names: ['a'] }]);
    queue.limitBatch(first, 1);
    await run([same, other]);
    expect(same.phase).toEqual({ kind: 'waiting', notBefore: 1000 });
    expect(await endOf(other)).toBe('written');
    expect(server.parts).toEqual(partsOf({ b: '2' }));
  });
});

describe('A cycle that is abandoned', () => {
  /** Two have asked for what is read, of whom so many leave at 10 ms. */
  async function reading(leaving: number) {
    const { clock, cycle, join } = setUp();
    const aborts = [new AbortController(), new AbortController()];
    const updates = aborts.map(({ signal }) => join(setting({}), { signal }));
    const one = cycle(updates);
    clock.at(10, () => {
      for (const abort of aborts.slice(0, leaving)) abort.abort();
      one.abandon();
    });
    await clock.run(one.run().catch(() => undefined));
    return clock.now();
  }

  it('gives up its read where nobody wants it any more', async () => {
    expect(await reading(2)).toBe(10);
  });

  it('goes on reading where anybody does', async () => {
    expect(await reading(1)).toBe(20);
  });
});

describe('A record that was just written', () => {
  it('may be missing in reads for a moment', async () => {
    const { context, join, run } = setUp();
    expect(context.record.mayBeAbsent).toBe(false);
    await run([join(setting({ a: '1' }))]);
    expect(context.record.mayBeAbsent).toBe(true);
  });
});
