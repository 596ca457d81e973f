import { describe, expect, it } from '@jest/globals';

import { goneSince, toldOfAccepted, toldOfTaken } from '../../../core/cycle/told';
import type { Delta } from '../../../core/parts';

type Text = string | null;

/** Parts that change, each from what to what. */
const delta = (changes: Readonly<Record<string, readonly [Text, Text]>>): Delta =>
  new Map(Object.entries(changes).map(([name, [from, to]]) => [name, { from, to }]));

const none = new Map<never, never>();

describe('An update whose write was accepted', () => {
  it.each<[string, Delta, Record<string, string>, Record<string, Text>, object]>([
    [
      'has written and changed what was seen as it was sent',
      delta({ a: ['0', '1'], b: ['2', null] }),
      {},
      {},
      { outcome: 'written', changed: delta({ a: ['0', '1'], b: ['2', null] }) },
    ],
    [
      'is told what the server has made of its text, and that this is what has changed',
      delta({ a: ['0', '1 '] }),
      { a: '1' },
      {},
      {
        outcome: 'written',
        changed: delta({ a: ['0', '1'] }),
        altered: new Map([['a', { wanted: '1 ', stored: '1' }]]),
      },
    ],
    [
      'has changed nothing where the server has made of its text what was there before',
      delta({ a: ['1', '1 '] }),
      { a: '1' },
      {},
      {
        outcome: 'written',
        changed: none,
        altered: new Map([['a', { wanted: '1 ', stored: '1' }]]),
      },
    ],
    [
      'is superseded where somebody else has written, and has changed the rest',
      delta({ a: ['0', '1'], b: ['0', '1'], c: ['0', '1'] }),
      {},
      { a: '9', b: null },
      {
        outcome: 'superseded',
        changed: delta({ c: ['0', '1'] }),
        superseded: new Map([
          ['a', { written: '1', found: '9' }],
          ['b', { written: '1', found: null }],
        ]),
      },
    ],
    [
      'is not told what the server had made of a text that others have overwritten',
      delta({ a: ['0', '1 '] }),
      { a: '1' },
      { a: '9' },
      {
        outcome: 'superseded',
        changed: none,
        superseded: new Map([['a', { written: '1 ', found: '9' }]]),
      },
    ],
  ])('%s', (_, own, stored, superseded, told) => {
    const known = {
      stored: new Map(Object.entries(stored)),
      superseded: new Map(Object.entries(superseded)),
    };
    expect(toldOfAccepted(own, known)).toEqual(told);
  });
});

describe('An update whose write was taken', () => {
  it.each<[string, Delta, Delta, Record<string, string>, Delta, Record<string, [Text, Text]>]>([
    [
      'has changed what is there as it was sent',
      delta({ a: ['0', '1'] }),
      delta({ a: ['0', '1'] }),
      { a: '1' },
      delta({ a: ['0', '1'] }),
      {},
    ],
    [
      'is told what the server has made of its text, and that this is what has changed',
      delta({ a: ['0', '1 '] }),
      delta({ a: ['0', '1 '] }),
      { a: '1' },
      delta({ a: ['0', '1'] }),
      { a: ['1 ', '1'] },
    ],
    [
      'is told that nothing is stored where its text is missing, and something else was there',
      delta({ a: ['0', '1'] }),
      delta({ a: ['0', '1'] }),
      {},
      delta({ a: ['0', null] }),
      { a: ['1', null] },
    ],
    [
      'has changed nothing where all is as it was before',
      delta({ a: ['0', '1'] }),
      delta({ a: ['0', '1'] }),
      { a: '0' },
      none,
      { a: ['1', '0'] },
    ],
    [
      'has changed nothing where all is as it was before, also where it had met what a companion wrote',
      delta({ a: ['0', '2'] }),
      delta({ a: ['1', '2'] }),
      { a: '0' },
      none,
      { a: ['2', '0'] },
    ],
    [
      'has changed nothing where all is as it was before, also where a companion has written after it',
      delta({ a: ['0', '2'] }),
      delta({ a: ['0', '1'] }),
      { a: '0' },
      none,
      { a: ['1', '0'] },
    ],
    [
      'has changed nothing where what it has written once more is there',
      delta({ a: ['1', '1'] }),
      delta({ a: ['1', '1'] }),
      { a: '1' },
      none,
      {},
    ],
    [
      'is told nothing of what a companion has undone',
      delta({ b: ['0', '1'] }),
      delta({ a: ['0', '1'], b: ['0', '1'] }),
      { a: '0', b: '1' },
      delta({ b: ['0', '1'] }),
      {},
    ],
    [
      'has changed what a companion has then made something else of, whatever is stored of that',
      delta({ a: ['0', '2 '] }),
      delta({ a: ['0', '1'] }),
      { a: '2' },
      delta({ a: ['0', '1'] }),
      {},
    ],
    [
      'has changed nothing where the server has made of its text what it had met',
      delta({ a: ['0', '1 '] }),
      delta({ a: ['1', '1 '] }),
      { a: '1' },
      none,
      { a: ['1 ', '1'] },
    ],
  ])('%s', (_, sent, own, stored, changed, altered) => {
    const before = [...sent].flatMap(([name, { from }]) =>
      from === null ? [] : [[name, from] as const],
    );
    const write = { base: { parts: new Map(before), version: 5 }, delta: sent };
    const told = Object.entries(altered).map(
      ([name, [wanted, form]]) => [name, { wanted, stored: form }] as const,
    );
    expect(toldOfTaken(write, own, new Map(Object.entries(stored)))).toEqual({
      changed,
      altered: new Map(told),
    });
  });
});

describe('What is gone since a write', () => {
  const write = {
    base: { parts: new Map(Object.entries({ a: '0', b: '1', empty: '' })), version: null },
    delta: delta({ a: ['0', null], new: [null, '2'] }),
  };

  it.each([
    ['nothing, where all that it did not touch is there', { b: '1' }, {}],
    ['nothing, where that was set to something else or emptied', { b: '', new: '3' }, {}],
    ['what it did not touch, and was not empty', { new: '2' }, { gone: new Set(['b']) }],
  ])('is %s', (_, shown: Record<string, string>, told) => {
    const own = { has: () => false };
    expect(goneSince(write, new Map(Object.entries(shown)), own)).toEqual(told);
  });

  it('is nothing that this process has removed itself of late', () => {
    const own = { has: (name: string, text: string) => name === 'b' && text === '' };
    expect(goneSince(write, new Map(), own)).toEqual({});
  });
});
