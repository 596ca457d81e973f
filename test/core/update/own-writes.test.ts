import { describe, expect, it } from '@jest/globals';

import type { Fate } from '../../../core/evidence/intent';
import { type Delta, NO_CHANGES } from '../../../core/parts';
import { OwnWrites } from '../../../core/update/own-writes';

/** A write of parts, each from what to what. */
const delta = (parts: Record<string, readonly [from: string | null, to: string | null]>): Delta =>
  new Map(Object.entries(parts).map(([name, [from, to]]) => [name, { from, to }]));

const A = delta({ a: ['0', '1'] });
const B = delta({ b: [null, '1'] });
const BOTH = new Map([...A, ...B]);

/** What was noted of each write, in order. */
type Noted = Parameters<OwnWrites<string>['note']>[1];

function having(...noted: readonly Noted[]) {
  const writes = new OwnWrites<string>();
  for (const [index, one] of noted.entries()) writes.note(`write ${index}`, one);
  return writes;
}

describe('What an update has written', () => {
  it('is nothing before its first write', () => {
    const writes = having();
    expect([writes.written, writes.surelyWritten]).toEqual([NO_CHANGES, NO_CHANGES]);
    expect(writes.soFar).toEqual([]);
    expect(writes.areUncertain).toBe(false);
  });

  it.each<[fate: Fate, written: Delta, surely: Delta, areUncertain: boolean]>([
    ['open', NO_CHANGES, NO_CHANGES, true],
    ['unknowable', NO_CHANGES, NO_CHANGES, true],
    ['seen', A, A, false],
    // Another has set the rest: this one may be of theirs too.
    ['seenInPart', A, NO_CHANGES, false],
    ['notApplied', NO_CHANGES, NO_CHANGES, false],
  ])('of a write that is %s', (fate, written, surely, areUncertain) => {
    const writes = having({ delta: BOTH, fate, seen: A });
    expect([writes.written, writes.surelyWritten]).toEqual([written, surely]);
    expect(writes.areUncertain).toBe(areUncertain);
  });

  it('is the sum of its writes, each part from what it was before the first of them', () => {
    const writes = having(
      { delta: A, fate: 'seen' },
      { delta: delta({ a: ['1', '2'] }), fate: 'open' },
      { delta: delta({ a: ['1', '3'] }), fate: 'seen' },
    );
    expect(writes.written).toEqual(delta({ a: ['0', '3'] }));
    expect(writes.surelyWritten).toEqual(delta({ a: ['0', '3'] }));
  });

  it('is not sure of any part where one of several was seen in part', () => {
    const writes = having({ delta: A, fate: 'seen' }, { delta: BOTH, fate: 'seenInPart', seen: B });
    expect(writes.written).toEqual(BOTH);
    expect(writes.surelyWritten).toEqual(NO_CHANGES);
  });

  it('is forgotten of a write that turns out not to be applied', () => {
    const writes = having({ delta: A, fate: 'open' });
    writes.note('write 0', { delta: A, fate: 'notApplied' });
    expect(writes.soFar).toEqual([]);
  });
});

describe('What an update has changed together with its last write', () => {
  it('is that write alone where it was the first', () => {
    expect(having().changedWith(A)).toEqual(A);
  });

  it('counts from what was there before the first write', () => {
    const writes = having({ delta: A, fate: 'seen' });
    expect(writes.changedWith(delta({ a: ['1', '2'] }))).toEqual(delta({ a: ['0', '2'] }));
  });

  it('is nothing of a part that is as it was before', () => {
    const writes = having({ delta: BOTH, fate: 'seen' });
    expect(writes.changedWith(delta({ a: ['1', '0'] }))).toEqual(B);
  });

  it('counts from before a write that was seen in part, also of what was not seen of it', () => {
    const writes = having({ delta: BOTH, fate: 'seenInPart', seen: B });
    expect(writes.changedWith(delta({ a: ['9', '2'] }))).toEqual(
      delta({ a: ['0', '2'], b: [null, '1'] }),
    );
    expect(writes.changedWith(NO_CHANGES)).toEqual(B);
  });
});

describe('Whether an update is to hear of a write', () => {
  it.each<[fate: Fate, isOpen: boolean]>([
    ['open', true],
    ['unknowable', false],
    ['seen', false],
    ['seenInPart', false],
    ['notApplied', false],
  ])('that is %s: %s', (fate, isOpen) => {
    expect(having({ delta: A, fate }).isOpen('write 0')).toBe(isOpen);
  });

  it('is not asked of a write of others', () => {
    expect(having({ delta: A, fate: 'open' }).isOpen('another')).toBe(false);
  });

  it('is over for all that is open where a later write stands in for it, and for nothing else', () => {
    const writes = having(
      { delta: A, fate: 'open' },
      { delta: B, fate: 'unknowable' },
      { delta: A, fate: 'seen' },
    );
    writes.forgetOpen();
    expect(writes.soFar.map(({ fate }) => fate)).toEqual(['unknowable', 'seen']);
  });
});

describe('What is known of its writes when an update stops', () => {
  it.each<[known: string, noted: Noted, fate: Fate, accepted: boolean]>([
    ['seen whole', { delta: BOTH, fate: 'seen' }, 'seen', false],
    ['seen of which half is there', { delta: BOTH, fate: 'seen', seen: A }, 'seenInPart', false],
    [
      'open, of which nothing was seen',
      { delta: A, fate: 'open', seen: NO_CHANGES },
      'open',
      false,
    ],
    ['open, and accepted', { delta: A, fate: 'open', accepted: true }, 'open', true],
  ])('of one that is %s', (_, noted, fate, accepted) => {
    expect(having(noted).soFar).toEqual([{ fate, accepted }]);
  });
});
