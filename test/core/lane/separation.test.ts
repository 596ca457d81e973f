import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core';
import { Separation } from '../../../core/lane/separation';
import { UpdateQueue } from '../../../core/lane/update-queue';
import { endOf, type Updating, updating } from '../cycle/updating';
import { VirtualClock } from '../virtual-clock';

const refusal = (message: string) =>
  new StoreError(message, { kind: 'permanent', aboutContent: true });

const CLOSED = refusal('The call is over.');
const OTHER = refusal('Something else.');

/** So many updates that were written together, each of a part of its own: "p0", "p1", ... */
function setUp(count: number, random = 0) {
  const clock = new VirtualClock();
  const queue = new UpdateQueue<null, string>();
  const updates = Array.from({ length: count }, (_, arrival) =>
    updating(clock, undefined, { arrival }),
  );
  queue.noteWanted(updates.map((update, index) => ({ update, names: [`p${index}`] })));
  const separation = new Separation(queue, () => random);
  return {
    queue,
    updates,
    separation,
    /** Who is tried alone, by place in the batch. */
    probes: () => [...separation.probes].map((probe) => updates.indexOf(probe)),
    /** With how many others, itself included, each goes at most. */
    batchOf: (some: readonly Updating[]) => {
      for (const update of some) queue.add(update);
      const { length } = queue.take(clock.now(), new Set());
      for (const update of some) queue.delete(update);
      return length;
    },
    refuseAlone: (some: readonly Updating[], error = CLOSED) => {
      for (const update of some) separation.refusedAlone(update, error);
    },
    ends: async () => await Promise.all(updates.map(endOf)),
  };
}

describe('A common write that was refused for its content', () => {
  it('is tried again at once, in halves', () => {
    const { batchOf, separation, updates } = setUp(5);
    separation.refusedTogether(updates, CLOSED);
    expect(updates.map(({ phase }) => phase.kind)).toEqual(updates.map(() => 'waiting'));
    expect(batchOf(updates)).toBe(3);
  });

  it.each<[string, number, number, readonly number[]]>([
    ['by none alone where they are few', 15, 0, []],
    ['by eight from all over the batch alone', 16, 0, [0, 2, 4, 6, 8, 10, 12, 14]],
    ['by others of these where chance says so', 16, 0.5, [1, 3, 5, 7, 9, 11, 13, 15]],
    ['by eight alone where they are many', 80, 0.99, [9, 19, 29, 39, 49, 59, 69, 79]],
  ])('is tried first %s', (_, count, random, expected) => {
    const { probes, separation, updates } = setUp(count, random);
    separation.refusedTogether(updates, CLOSED);
    expect(probes()).toEqual(expected);
  });

  it('chooses nobody else while those are tried, and does once all of them have ended', () => {
    const { probes, separation, updates } = setUp(40);
    const [first, others] = [updates.slice(0, 16), updates.slice(16)];
    separation.refusedTogether(first, CLOSED);
    separation.refusedTogether(others, CLOSED);
    expect(probes().at(-1)).toBe(14);
    for (const update of first.slice(1)) update.end('permanent');
    separation.refusedTogether(others, CLOSED);
    expect(probes().at(-1)).toBe(14);
    for (const update of first) update.end('permanent');
    separation.refusedTogether(others, CLOSED);
    expect(probes()).toEqual([16, 19, 22, 25, 28, 31, 34, 37]);
  });
});

describe('Eight that were refused alone, in the same words', () => {
  it('let all others be tried together, and nobody alone any more', () => {
    const { batchOf, probes, refuseAlone, separation, updates } = setUp(32);
    separation.refusedTogether(updates, CLOSED);
    refuseAlone(updates.slice(0, 7));
    expect([probes().length, batchOf(updates.slice(8))]).toEqual([8, 16]);
    for (const update of updates) update.retryAtOnce();
    refuseAlone(updates.slice(7, 8));
    expect([probes().length, batchOf(updates.slice(8))]).toEqual([0, 24]);
  });

  it('and eight others after those were refused together, speak for all who wait', async () => {
    const { ends, refuseAlone, separation, updates } = setUp(40);
    separation.refusedTogether(updates, CLOSED);
    refuseAlone(updates.slice(0, 8));
    const others = updates.slice(8);
    separation.refusedTogether(others, CLOSED);
    updates.at(-1)?.moveTo({ kind: 'reading' });
    refuseAlone(others.slice(0, 7));
    expect(new Set(await ends())).toEqual(new Set(['waiting', 'reading']));
    refuseAlone(others.slice(7, 8));
    expect(await ends()).toEqual([
      // They have been told already, or take part in a cycle, which tells them.
      ...updates.slice(0, 8).map(() => 'waiting'),
      ...others.slice(0, -1).map(() => 'permanent'),
      'reading',
    ]);
    await expect(others[20]?.result).rejects.toThrow('The call is over.');
  });

  it.each<[string, (given: ReturnType<typeof setUp>) => void]>([
    [
      'where their words differ',
      ({ refuseAlone, updates }) => {
        refuseAlone(updates.slice(0, 4));
        refuseAlone(updates.slice(4, 8), OTHER);
      },
    ],
    [
      'where one of them was not in the common write',
      ({ refuseAlone, updates }) => {
        refuseAlone([...updates.slice(0, 7), updating(new VirtualClock())]);
      },
    ],
    [
      'where a write was taken meanwhile',
      ({ refuseAlone, separation, updates }) => {
        refuseAlone(updates.slice(0, 7));
        separation.taken();
        separation.refusedTogether(updates, CLOSED);
        refuseAlone(updates.slice(7, 8));
      },
    ],
  ])('do not speak for others %s', (_, refuse) => {
    const given = setUp(32);
    given.separation.refusedTogether(given.updates, CLOSED);
    refuse(given);
    expect(given.probes()).toHaveLength(8);
  });

  it('end nobody where those who were tried together are refused in other words', async () => {
    const { ends, probes, refuseAlone, separation, updates } = setUp(40);
    separation.refusedTogether(updates, CLOSED);
    refuseAlone(updates.slice(0, 8));
    separation.refusedTogether(updates.slice(8), OTHER);
    refuseAlone(updates.slice(8, 16), OTHER);
    expect(new Set(await ends())).toEqual(new Set(['waiting']));
    expect(probes()).toEqual([]);
  });
});

describe('A refusal', () => {
  const TRIED = 8;

  it.each<[string, boolean]>([
    ['p1', true],
    ['p1 is no name', true],
    ['no name: "p1"', true],
    ['no name: p1', true],
    ['no name: p12', false],
    ['no name: xp1', false],
    ['no name', false],
    ['- no name', false],
  ])('in the words "%s" is only about the update that wanted "p1": %s', (message, isNamed) => {
    const { probes, refuseAlone, separation, updates } = setUp(2 * TRIED);
    separation.refusedTogether(updates, CLOSED);
    const [, second] = updates;
    if (!second) throw new Error('There is no second one.');
    refuseAlone(Array<Updating>(TRIED).fill(second), refusal(message));
    expect(probes()).toHaveLength(isNamed ? TRIED : 0);
  });

  it('that names one of several parts that the update wanted is only about it, too', () => {
    const { probes, queue, refuseAlone, separation, updates } = setUp(2 * TRIED);
    const [one] = updates;
    if (!one) throw new Error('There is no update.');
    queue.noteWanted([{ update: one, names: ['first', 'second'] }]);
    separation.refusedTogether(updates, CLOSED);
    refuseAlone(Array<Updating>(TRIED).fill(one), refusal('no name: second'));
    expect(probes()).toHaveLength(TRIED);
  });
});
