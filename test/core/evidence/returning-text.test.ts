import { describe, expect, it } from '@jest/globals';

import type { Acceptance, Visibility } from '../../../core/evidence/acceptance';
import { sent, setUp } from './acceptances';

/** A read that was sent so many ms after the text was accepted, what it showed, and what that tells. */
type Read = readonly [at: number, found: string | null, expected: Visibility];

/** Tells an acceptance of reads, one after the other, each when it is due. */
async function judge(
  acceptance: Acceptance,
  until: (at: number) => Promise<void>,
  reads: readonly Read[],
) {
  for (const [at, found, expected] of reads) {
    await until(at);
    expect([at, found, acceptance.judge(found, at)]).toEqual([at, found, expected]);
  }
}

describe('What reads show of "new", sent in place of "old" after "first" and "second" had been shown', () => {
  const sentBefore = [sent('first', null), sent('second', 'theirs'), sent('new', 'second')];

  it.each<[string, ...Read[]]>([
    [
      'is nothing while they show an earlier one, and ten seconds after that it stands',
      [250, 'second', 'notYet'],
      [9999, 'first', 'notYet'],
      [10_000, 'second', 'superseded'],
    ],
    [
      'is nothing while they show that there is nothing, as there was before the earlier ones',
      [250, null, 'notYet'],
      [500, '', 'notYet'],
      [10_000, null, 'superseded'],
    ],
    [
      'is nothing while they show what others had written before an earlier one',
      [250, 'theirs', 'notYet'],
    ],
    [
      'is that it is there as soon as they show it, though it is an earlier one too',
      [0, 'new', 'there'],
    ],
    ["is somebody else's text where it is none of those", [250, 'another', 'unsure']],
    [
      'is nothing with an earlier one after it: that comes from where it is not seen yet',
      [250, 'new', 'there'],
      [500, 'first', 'notYet'],
      [10_000, 'first', 'superseded'],
    ],
  ])('%s', async (_, ...reads) => {
    const { accept, until } = setUp();
    await judge(accept(sent('new', 'old'), undefined, sentBefore), until, reads);
  });

  it.each<[string, Read, number]>([
    ['comes ten seconds after where they show an earlier one', [250, 'first', 'notYet'], 10_000],
    ['is not needed where an earlier one stands', [10_000, 'first', 'superseded'], Infinity],
    ['cannot be told where they show what it has replaced', [250, 'old', 'notYet'], Infinity],
  ])('and the next read that decides %s', async (_, read, decidedAt) => {
    const { accept, until } = setUp();
    const all = [...sentBefore, sent('old', 'new')];
    const acceptance = accept(sent('new', 'old'), undefined, all);
    await judge(acceptance, until, [read]);
    expect(acceptance.decidedAt).toBe(decidedAt);
  });

  it('and no read decides whether nothing is what an earlier one met, or the empty text that was replaced', async () => {
    const { accept, until } = setUp();
    const acceptance = accept(sent('new', ''), undefined, [sent('first', null)]);
    await judge(acceptance, until, [[250, null, 'notYet']]);
    expect(acceptance.decidedAt).toBe(Infinity);
  });
});

describe('A text that is sent once more after a write of it had no answer', () => {
  it('may show from that one, also after a read of what had been seen before both', () => {
    const { accept } = setUp();
    const earlier = accept(sent('mine', 'old'));
    earlier.judge('mine', 0);
    const acceptance = accept(sent('new', 'mine', ['new']), earlier);
    expect(acceptance.judge('mine', 0)).toBe('notYet');
    expect(acceptance.judge('new', 0)).toBe('notYet');
  });
});

describe('What others have shown before ours did', () => {
  it('is remembered of eight texts, and any other one counts as written after it', () => {
    const { accept } = setUp();
    const acceptance = accept(sent('new', 'old'));
    const theirs = Array.from({ length: 9 }, (_, index) => `theirs ${index}`);
    for (const text of theirs) expect(acceptance.judge(text, 0)).toBe('unsure');
    expect(acceptance.judge('new', 0)).toBe('there');
    const [ninth, ...others] = theirs.toReversed();
    expect(others.map((text) => acceptance.judge(text, 0))).toEqual(others.map(() => 'notYet'));
    expect(acceptance.judge(ninth ?? '', 0)).toBe('superseded');
  });
});

describe('A text that this process replaced after it was accepted', () => {
  it('was there once reads show the later one, which is no form of it', () => {
    const { accept } = setUp();
    const first = sent('first', 'old');
    const acceptance = accept(first);
    first.next = sent('second', 'first');
    expect(acceptance.judge('second', 0)).toBe('replaced');
    expect([acceptance.isSeen, acceptance.stored]).toEqual([true, undefined]);
  });
});
