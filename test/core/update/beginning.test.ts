import { describe, expect, it } from '@jest/globals';

import { OwnTexts } from '../../../core/evidence/own-texts';
import type { Delta, Parts } from '../../../core/parts';
import {
  Beginning,
  compareBeginnings,
  noteBeginnings,
  shiftBeginnings,
} from '../../../core/update/beginning';
import { VirtualClock } from '../virtual-clock';

const parts = (values: Record<string, string>): Parts => new Map(Object.entries(values));

/** Updates that have met records, one each; `undefined` where one has met none yet. */
function updates(...firsts: readonly (Parts | undefined)[]) {
  return firsts.map((first) => {
    const beginning = new Beginning();
    if (first) noteBeginnings([{ beginning }], first);
    return { beginning };
  });
}

type Beginners = ReturnType<typeof updates>;

const firsts = (all: Beginners) => all.map(({ beginning }) => beginning.first);
const theirs = (all: Beginners) => all.map(({ beginning }) => beginning.theirs);

describe('What an update met first', () => {
  it('is what it is shown first, and nothing that it is shown later', () => {
    const all = updates(parts({ a: '0' }), undefined);
    noteBeginnings(all, parts({ a: '1' }));
    expect(firsts(all)).toEqual([parts({ a: '0' }), parts({ a: '1' })]);
  });

  it('moves with what this process writes, but for parts that were otherwise', () => {
    const all = updates(parts({ a: '0', b: '0' }), parts({ a: '7', b: '0' }), undefined);
    shiftBeginnings(all, parts({ a: '0', b: '0' }), parts({ a: '1', b: '0' }));
    expect(firsts(all)).toEqual([parts({ a: '1', b: '0' }), parts({ a: '7', b: '0' }), undefined]);
  });

  it('is shared by all who met it together, before and after it has moved', () => {
    const met = parts({ a: '0' });
    const all = updates(met, met);
    shiftBeginnings(all, met, parts({ a: '1' }));
    const [one, other] = firsts(all);
    expect(one).toBe(other);
    shiftBeginnings(all, parts({ a: '1' }), parts({ a: '1' }));
    expect(firsts(all)).toEqual([one, one]);
    expect(firsts(all)[0]).toBe(one);
  });
});

describe('What others have done since an update met a record', () => {
  /** Shows updates a read, where this process has sent a write without an answer, or knows what is ours. */
  function compare(
    all: Beginners,
    read: Parts,
    { sent, isOurs = () => false }: { sent?: Delta; isOurs?: (name: string) => boolean } = {},
  ) {
    const own = new OwnTexts(new VirtualClock());
    if (sent) own.noteSent(sent, 1);
    compareBeginnings(all, read, { own, isOurs });
  }

  it('is all that a read shows otherwise, where this process has written nothing', () => {
    const all = updates(parts({ a: '0', b: '0', c: '0' }), undefined);
    compare(all, parts({ a: '1', b: '0' }));
    expect(theirs(all)).toEqual([parts({ a: '1', c: '' }), new Map()]);
    expect(firsts(all)).toEqual([parts({ a: '0', b: '0', c: '0' }), undefined]);
  });

  it('is nothing in the very read that it was shown first', () => {
    const met = parts({ a: '0' });
    const all = updates(met);
    compare(all, met, { isOurs: () => true });
    expect(theirs(all)).toEqual([new Map()]);
    expect(firsts(all)[0]).toBe(met);
  });

  it('is not what is ours: that counts as met', () => {
    const all = updates(parts({ a: '0', b: '0' }));
    compare(all, parts({ a: '1', b: '1' }), { isOurs: (name) => name === 'a' });
    expect(theirs(all)).toEqual([parts({ b: '1' })]);
    expect(firsts(all)).toEqual([parts({ a: '1', b: '0' })]);
  });

  it('is not what a write of this process without an answer may have made', () => {
    const all = updates(parts({ a: '0' }));
    compare(all, parts({ a: '1' }), { sent: new Map([['a', { from: '0', to: '1' }]]) });
    expect(theirs(all)).toEqual([new Map()]);
    expect(firsts(all)).toEqual([parts({ a: '1' })]);
  });

  it('is not a text that this process has sent in place of another one', () => {
    const all = updates(parts({ a: '7' }));
    compare(all, parts({ a: '1' }), { sent: new Map([['a', { from: '0', to: '1' }]]) });
    expect(theirs(all)).toEqual([new Map()]);
    expect(firsts(all)).toEqual([parts({ a: '7' })]);
  });

  it('is kept where it has been overwritten, and the latest of each part counts', () => {
    const all = updates(parts({ a: '0', b: '0' }));
    compare(all, parts({ a: '1', b: '1' }));
    compare(all, parts({ a: '2', b: '0' }));
    expect(theirs(all)).toEqual([parts({ a: '2', b: '1' })]);
  });

  it('is worked out once for all who met the same', () => {
    const met = parts({ a: '0' });
    const all = updates(met, met, parts({ a: '0' }));
    let asked = 0;
    const isOurs = () => {
      asked += 1;
      return true;
    };
    compare(all, parts({ a: '1' }), { isOurs });
    expect(asked).toBe(2);
    expect(firsts(all)[0]).toBe(firsts(all)[1]);
  });
});
