import { describe, expect, it } from '@jest/globals';

import { keepsRemoved, prove, showsAsMerged, showsNothing } from '../../../core/evidence/proof';
import { difference } from '../../../core/parts';

const parts = (values: Record<string, string>) => new Map(Object.entries(values));

/** What was there at version 5, and what a write was to make of it. */
const BEFORE = { a: 'old', b: 'gone', keep: 'x' };
const AFTER = { a: 'new', keep: 'x' };

/** A write of that, under a version or none. */
const writing = (after: Record<string, string> = AFTER, version: number | null = 5) => ({
  base: { parts: parts(BEFORE), version },
  delta: difference(parts(BEFORE), parts(after)),
  after: parts(after),
});

/** What a reply to it proves, which shows these values at this version. */
function proved(
  shown: Record<string, string>,
  version: number | null,
  after: Record<string, string> = AFTER,
  baseVersion: number | null = 5,
) {
  const proof = prove(writing(after, baseVersion), { parts: parts(shown), version, raw: null });
  return {
    after: proof.after && Object.fromEntries(proof.after.parts),
    isBase: proof.isBase,
    isExact: proof.isExact,
    set: proof.shows(['a']),
    removed: proof.shows(['b']),
  };
}

const NOTHING = { after: undefined, isBase: false, isExact: false, set: false, removed: false };

describe('The reply to a write under version 5 that set a part and removed another', () => {
  it.each<[string, Record<string, string>, number | null, ReturnType<typeof proved>]>([
    [
      'is a base of the next write where it shows just what was to be there, at version 6',
      AFTER,
      6,
      { after: AFTER, isBase: true, isExact: true, set: true, removed: true },
    ],
    [
      'proves what was set, but not the removal, where it shows only what has changed',
      { a: 'new' },
      6,
      { after: undefined, isBase: false, isExact: true, set: true, removed: false },
    ],
    [
      'shows exactly what a server has left that merges',
      { ...AFTER, b: 'gone' },
      6,
      { after: undefined, isBase: false, isExact: true, set: true, removed: false },
    ],
    ['proves nothing where it is empty', {}, 6, NOTHING],
    ['proves nothing where it shows the record of before, at the new version', BEFORE, 6, NOTHING],
    ['proves nothing where it shows the record of before, at its version', BEFORE, 5, NOTHING],
    ['proves nothing where it is cut short and later', { a: 'new' }, 8, NOTHING],
    [
      'carries what somebody else has set since, at a later version, and is no base',
      { ...AFTER, keep: 'theirs' },
      8,
      {
        after: { ...AFTER, keep: 'theirs' },
        isBase: false,
        isExact: false,
        set: true,
        removed: true,
      },
    ],
    [
      'is believed where all that was written is there, though the version is not counted up',
      AFTER,
      5,
      { after: AFTER, isBase: false, isExact: false, set: true, removed: true },
    ],
    [
      'carries what it shows, where it has no version, and is no base',
      { ...AFTER, keep: 'theirs' },
      null,
      {
        after: { ...AFTER, keep: 'theirs' },
        isBase: false,
        isExact: false,
        set: true,
        removed: true,
      },
    ],
  ])('%s', (_, shown, version, expected) => {
    expect(proved(shown, version)).toEqual(expected);
  });

  it('shows what the server has made of it, where that is neither what was before nor what was sent', () => {
    const after = { a: 'new', b: 'longer than it takes', keep: 'x' };
    const shown = { a: 'new', b: 'longer', keep: 'x' };
    expect(proved(shown, 6, after)).toMatchObject({ after: shown, isBase: false, set: true });
  });

  it('is completed by what was there before, where nothing was removed', () => {
    const after = { ...BEFORE, a: 'new' };
    expect(proved({ a: 'new' }, 6, after)).toMatchObject({ after, isBase: false, set: true });
  });

  it('is completed by what was to be there, where it shows what was before and what nobody wrote', () => {
    const after = { ...BEFORE, a: 'new' };
    const shown = { a: 'old', keep: 'odd' };
    expect(proved(shown, 6, after)).toMatchObject({ after, isBase: false, isExact: false });
  });
});

describe('The reply to a write that was taken', () => {
  it('proves all where the write was under no version, whatever it shows', () => {
    const proof = { isBase: false, isExact: false, set: true, removed: true };
    expect(proved({}, null, AFTER, null)).toEqual({ after: {}, ...proof });
  });

  it('proves nothing at the version of before, where companions have undone all in it', () => {
    expect(proved(BEFORE, 5, BEFORE)).toEqual(NOTHING);
  });
});

describe('A record after a write that set a part and removed another', () => {
  it.each<[string, Record<string, string>, boolean, boolean]>([
    ['shows nothing of it where both are as they were', { ...BEFORE, keep: 'y' }, true, false],
    ['shows some of it where the first is set', { ...AFTER, b: 'gone', keep: 'y' }, false, false],
    ['shows some of it where the other is removed', { a: 'old', keep: 'x' }, false, false],
    [
      'is as a server leaves it that merges where only the first is',
      { ...BEFORE, a: 'new' },
      false,
      true,
    ],
    ['is not so where the write was carried out', AFTER, false, false],
  ])('%s', (_, shown, isNothing, isMerged) => {
    const found = [showsNothing, showsAsMerged].map((one) => one(writing(), parts(shown)));
    expect(found).toEqual([isNothing, isMerged]);
  });

  it('is no sign of a write that changes nothing', () => {
    const found = [showsNothing, showsAsMerged].map((one) => one(writing(BEFORE), parts(BEFORE)));
    expect(found).toEqual([false, false]);
  });
});

describe('What an update was to remove', () => {
  const removal = (...names: string[]) =>
    new Map(names.map((name) => [name, { from: parts(BEFORE).get(name) ?? null, to: null }]));

  it.each<[string, ReturnType<typeof removal>, Record<string, string>, boolean]>([
    ['is kept where it is as before', removal('b'), BEFORE, true],
    ['is kept where one of two parts is as before', removal('a', 'b'), { b: 'gone' }, true],
    ['is not kept where it is missing', removal('b'), AFTER, false],
    ['is not kept where there is another text', removal('b'), { b: 'theirs' }, false],
    ['is not kept where there was nothing', removal('none'), BEFORE, false],
  ])('%s', (_, delta, shown, isKept) => {
    expect(keepsRemoved({ delta }, delta, parts(shown))).toBe(isKept);
  });

  it.each([
    ['has set it instead', new Map([['b', { from: 'gone', to: 'other' }]])],
    ['has left it as it was', new Map()],
  ])('is not kept where a companion %s', (_, delta) => {
    expect(keepsRemoved({ delta }, removal('b'), parts(BEFORE))).toBe(false);
  });
});
