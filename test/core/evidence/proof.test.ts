import { describe, expect, it } from '@jest/globals';

import { prove } from '../../../core/evidence/proof';
import { difference } from '../../../core/parts';

const parts = (values: Record<string, string>) => new Map(Object.entries(values));

/** What was there at version 5, and what a write was to make of it. */
const BEFORE = { a: 'old', b: 'gone', keep: 'x' };
const AFTER = { a: 'new', keep: 'x' };

/** What a reply to it proves, which shows these values at this version. */
function proved(
  shown: Record<string, string>,
  version: number | null,
  after: Record<string, string> = AFTER,
) {
  const write = {
    base: { parts: parts(BEFORE), version: 5 },
    delta: difference(parts(BEFORE), parts(after)),
    after: parts(after),
  };
  const proof = prove(write, { parts: parts(shown), version, raw: null });
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
});
