import { describe, expect, it } from '@jest/globals';

import { type Fate, resolve } from '../../../core/evidence/intent';
import { showsAsMerged } from '../../../core/evidence/proof';
import { type Delta, difference, type Parts } from '../../../core/parts';

const record = (values: Record<string, string>): Parts => new Map(Object.entries(values));

/** A change of single parts, each written as "from→to"; nothing stands for a part that is not there. */
function delta(changes: Record<string, string>): Delta {
  return new Map(
    Object.entries(changes).map(([name, change]) => {
      const [from, to] = change.split('→').map((text) => (text === '' ? null : text));
      return [name, { from: from ?? null, to: to ?? null }];
    }),
  );
}

interface Case {
  /** The record that the write was made from, at version 5 where it has versions. */
  readonly base?: Record<string, string>;
  /** What each writer changes, the first one first. */
  readonly own: readonly Record<string, string>[];
  readonly seen: Record<string, string>;
  readonly idempotent?: boolean;
  readonly conditional?: boolean;
}

/** The fates of a write that was conditional on version 5, or on none. */
function fates(version: number | null, { base = {}, own, seen, ...more }: Case) {
  const change = { idempotent: true, ...more };
  const after = new Map(Object.entries(base));
  for (const changes of own) {
    for (const [name, { to }] of delta(changes)) {
      if (to === null) after.delete(name);
      else after.set(name, to);
    }
  }
  const write = {
    base: { parts: record(base), version: version === null ? null : 5 },
    delta: difference(record(base), after),
    after,
    own: new Map(own.map((changes, index) => [index, { delta: delta(changes), change }])),
  };
  const resolved = resolve(write, { parts: record(seen), version });
  const shown = [...resolved.shown.keys()];
  return { isApplied: resolved.isApplied, shown, fates: [...resolved.fates.values()] };
}

const one = { a: '→1' };
const two = { b: '→2' };
const LONG = 'x'.repeat(150);
const GROWN = `${LONG}, and more`;
const twoParts = { a: '→1', b: '→2' };

describe('A write without an answer, made from version 5', () => {
  it.each<[string, number, Case, Fate[]]>([
    // While the version has not moved, it may still be applied.
    ['is open while a read shows version 5', 5, { own: [one], seen: {} }, ['open']],
    ['is open while a read lags behind version 5', 4, { own: [one], seen: {} }, ['open']],
    [
      'is open while the version has not moved, even where all of it is there',
      5,
      { own: [one], seen: { a: '1' } },
      ['open'],
    ],
    // Applied: all of it is there.
    [
      'was applied where version 6 is what it wrote',
      6,
      { own: [one], seen: { a: '1' } },
      ['applied'],
    ],
    [
      'was applied where all of it is there after several moves, whatever else was changed',
      8,
      { own: [one, two], seen: { a: '1', b: '2', c: 'theirs' } },
      ['applied', 'applied'],
    ],
    [
      'was applied where one writer changed what another had set',
      8,
      { base: { a: '0' }, own: [{ a: '0→1' }, { a: '1→2' }], seen: { a: '2' } },
      ['applied', 'applied'],
    ],
    [
      'was applied where what it removed is missing or empty',
      8,
      { base: { a: '1' }, own: [{ a: '1→' }], seen: { a: '' } },
      ['applied'],
    ],
    [
      'was applied where version 6 is another form of what it wrote',
      6,
      { base: { a: 'x' }, own: [{ a: 'x→x,y ' }], seen: { a: 'x,y' } },
      ['applied'],
    ],
    // Where a text grows, what is the beginning of ours is an older one of somebody else's.
    [
      'is unknowable where version 6 is the beginning of what it wrote',
      6,
      { own: [{ a: `→${GROWN}` }], seen: { a: LONG } },
      ['unknowable'],
    ],
    [
      'is seen in part where only the beginning of it is there after several moves',
      8,
      { own: [{ a: `→${GROWN}`, b: '→2' }], seen: { a: LONG, b: '2' } },
      ['seenInPart'],
    ],
    [
      'is unknowable where the beginning of a later text is there, which a companion wrote',
      6,
      { own: [{ a: `→${LONG}` }, { a: `${LONG}→${GROWN}` }], seen: { a: LONG } },
      ['seen', 'unknowable'],
    ],
    [
      'is unknowable where the beginning is there of what must not be written twice',
      6,
      { own: [{ a: `→${GROWN}` }], seen: { a: LONG }, idempotent: false },
      ['unknowable'],
    ],
    [
      'was not applied where that form was there before',
      6,
      { base: { a: 'x' }, own: [{ a: 'x→x ' }], seen: { a: 'x', b: 'theirs' } },
      ['notApplied'],
    ],
    [
      'is unknowable where that form is there of a change that must not run twice',
      6,
      { own: [{ a: '→x ' }], seen: { a: 'x' }, idempotent: false },
      ['unknowable'],
    ],
    // A single move that led to something else was somebody else's.
    [
      'was not applied where version 6 shows none of it',
      6,
      { own: [one], seen: {} },
      ['notApplied'],
    ],
    [
      'was not applied as a whole where version 6 has more than it wrote, but a writer may find its own',
      6,
      { own: [one, two], seen: { a: '1', c: 'theirs' } },
      ['seen', 'notApplied'],
    ],
    [
      'is unknowable to a writer that finds a part of its own at version 6',
      6,
      { own: [twoParts], seen: { a: '1' } },
      ['unknowable'],
    ],
    // After several moves it may have been applied and overwritten.
    [
      'is unknowable where none of it is there after several moves',
      7,
      { own: [one], seen: {} },
      ['unknowable'],
    ],
    [
      'is seen by a writer that finds all of its own after several moves, but not by its companions',
      8,
      { own: [one, two], seen: { a: '1', b: 'theirs' } },
      ['seen', 'unknowable'],
    ],
    [
      'is seen in part where some of its own is there after several moves',
      8,
      { own: [twoParts], seen: { a: '1', b: 'theirs' } },
      ['seenInPart'],
    ],
    // What was so before proves nothing.
    [
      'is not proved by what others have left as it was',
      8,
      { base: { b: '2' }, own: [one, { b: '2→3' }, { b: '3→2' }], seen: { b: '2' } },
      ['unknowable', 'unknowable', 'unknowable'],
    ],
    [
      'that changes nothing, since its writers undo each other, is not proved by another record',
      7,
      { base: { a: '0' }, own: [{ a: '0→1' }, { a: '1→0' }], seen: { a: '5' } },
      ['unknowable', 'unknowable'],
    ],
    [
      'that changes nothing is not proved by the record as it was either',
      6,
      { base: { a: '0' }, own: [{ a: '0→1' }, { a: '1→0' }], seen: { a: '0' } },
      ['unknowable', 'unknowable'],
    ],
    [
      "that changes nothing was not applied where version 6 is as it was, by somebody else's doing",
      6,
      { base: { a: '0' }, own: [{ a: '0→1' }, { a: '1→0' }], seen: { a: '0', b: 'theirs' } },
      ['notApplied', 'notApplied'],
    ],
    [
      'is seen in part where a server that merges has left a removed part at version 6',
      6,
      { base: { b: '2' }, own: [{ a: '→1', b: '2→' }], seen: { a: '1', b: '2' } },
      ['seenInPart'],
    ],
    // Content does not tell who wrote it.
    ...[{ idempotent: false }, { conditional: true }].flatMap<[string, number, Case, Fate[]]>(
      (change) => {
        const kind = change.conditional ? 'with a condition' : 'that must not run twice';
        return [
          [
            `is unknowable to a change ${kind} where version 6 is what it wrote`,
            6,
            { own: [one], seen: { a: '1' }, ...change },
            ['unknowable'],
          ],
          [
            `is unknowable to a change ${kind} of which version 6 shows a part`,
            6,
            { own: [twoParts], seen: { a: '1', b: 'theirs' }, ...change },
            ['unknowable'],
          ],
          [
            `is unknowable to a change ${kind} after several moves`,
            7,
            { own: [one], seen: {}, ...change },
            ['unknowable'],
          ],
          [
            `was not applied for a change ${kind} of which version 6 shows nothing`,
            6,
            { own: [one], seen: { b: 'theirs' }, ...change },
            ['notApplied'],
          ],
          [
            `is unknowable to a change ${kind} of which a server that merges shows what a companion made`,
            6,
            {
              base: { b: '2' },
              own: [{ a: '→1' }, { a: '1→2' }, { b: '2→' }],
              seen: { a: '2', b: '2' },
              ...change,
            },
            ['unknowable', 'unknowable', 'unknowable'],
          ],
          [
            `is open to a change ${kind} while the version has not moved`,
            5,
            { own: [one], seen: {}, ...change },
            ['open'],
          ],
        ];
      },
    ),
  ])('%s', (_, version, given, expected) => {
    expect(fates(version, given).fates).toEqual(expected);
  });
});

describe('A write without an answer, to a record without versions', () => {
  it.each<[string, Case, Fate[]]>([
    [
      'is open while nothing of it is there, for it may still arrive',
      { own: [one], seen: {} },
      ['open'],
    ],
    ['is open while a part of it is there', { own: [twoParts], seen: { a: '1' } }, ['open']],
    [
      'was applied where all of it is there',
      { own: [one, two], seen: { a: '1', b: '2', c: '3' } },
      ['applied', 'applied'],
    ],
    [
      'is seen by the writer that finds all of its own, and open to the others',
      { own: [one, two], seen: { a: '1', b: 'theirs' } },
      ['seen', 'open'],
    ],
    [
      'is unknowable to a change that must not run twice',
      { own: [one], seen: {}, idempotent: false },
      ['unknowable'],
    ],
    [
      'is proved by content to a change with a condition, which is best effort there',
      { own: [one], seen: { a: '1' }, conditional: true },
      ['applied'],
    ],
  ])('%s', (_, given, expected) => {
    expect(fates(null, given).fates).toEqual(expected);
  });
});

describe('Whether a write was applied as a whole', () => {
  it.each([
    [
      'is told even where no writer may apply its change twice',
      8,
      { own: [one], seen: { a: '1' }, idempotent: false },
      true,
    ],
    [
      'is denied where one writer does not find its own',
      8,
      { own: [one, two], seen: { a: '1' } },
      false,
    ],
    ['is denied while it is open', 5, { own: [one], seen: { a: '1' } }, false],
  ])('%s', (_, version, given, expected) => {
    expect(fates(version, given).isApplied).toBe(expected);
  });
});

describe('What counts as written by this process', () => {
  it.each<[string, number | null, Case, string[]]>([
    [
      'is all of a write that was applied',
      6,
      { own: [twoParts], seen: { a: '1', b: '2' } },
      ['a', 'b'],
    ],
    [
      'is what is there of a write after several moves, whoever has overwritten the rest',
      8,
      { own: [twoParts], seen: { a: '1', b: 'theirs' } },
      ['a'],
    ],
    [
      'is what a server has set that merges, and left nothing else',
      6,
      { base: { b: '2' }, own: [{ a: '→1', b: '2→' }], seen: { a: '1', b: '2' } },
      ['a'],
    ],
    [
      "is nothing after a single move to something else, which was somebody else's",
      6,
      { own: [twoParts], seen: { a: '1', c: 'theirs' } },
      [],
    ],
    ['is nothing while the version has not moved', 5, { own: [one], seen: { a: '1' } }, []],
    ['is nothing unproved without a version', null, { own: [twoParts], seen: { a: '1' } }, []],
  ])('%s', (_, version, given, expected) => {
    expect(fates(version, given).shown).toEqual(expected);
  });
});

describe('A write without an answer, where only one of base and read has a version', () => {
  const write = (version: number | null) => ({
    base: { parts: record({}), version },
    delta: delta(one),
    after: record({ a: '1' }),
    own: new Map([['writer', { delta: delta(one), change: { idempotent: true } }]]),
  });

  it.each<[string, number | null, number | null, Record<string, string>, Fate]>([
    ['was applied where all of it is there', 5, null, { a: '1' }, 'applied'],
    ['was applied where all of it is there', null, 7, { a: '1' }, 'applied'],
    ['is open where it is not, for it may always come', 5, null, {}, 'open'],
    ['is open where it is not, for it may always come', null, 7, {}, 'open'],
  ])('%s (%j, then %j)', (_, base, version, seen, fate) => {
    const { fates } = resolve(write(base), { parts: record(seen), version });
    expect([...fates.values()]).toEqual([fate]);
  });
});

describe('What is there of a write that was applied', () => {
  it('is all of it', () => {
    const { shown } = fates(6, { base: { a: '1' }, own: [{ a: '1→' }, two], seen: { b: '2' } });
    expect(shown).toEqual(['a', 'b']);
  });
});

describe('A record is as a merging server leaves it', () => {
  const base = { parts: record({ a: '1' }), version: 5 };

  it('where all is set and nothing removed', () => {
    const seen = record({ a: '1', b: '2' });
    expect(showsAsMerged({ base, delta: delta({ a: '1→', b: '→2' }) }, seen)).toBe(true);
  });

  it('which nobody can tell of a removal alone', () => {
    expect(showsAsMerged({ base, delta: delta({ a: '1→' }) }, base.parts)).toBe(false);
  });
});
