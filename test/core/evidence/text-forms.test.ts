import { describe, expect, it } from '@jest/globals';

import { inStoredForms, isFormOf, isWholeFormOf } from '../../../core/evidence/text-forms';

const LONG = 'x'.repeat(200);

describe('Another form of a text that was sent', () => {
  it.each<[string, string, string, { readonly isForm: boolean; readonly isWhole: boolean }]>([
    ['is that without the space around it', ' new ', 'new', { isForm: true, isWhole: true }],
    ['is that without the space before it', ' new ', 'new ', { isForm: true, isWhole: true }],
    ['is that without the space after it', ' new ', ' new', { isForm: true, isWhole: true }],
    ['is that in other code points', 'e\u0301', '\u00e9', { isForm: true, isWhole: true }],
    [
      'is its beginning, though not whole',
      LONG,
      LONG.slice(0, 128),
      { isForm: true, isWhole: false },
    ],
    ['is not a shorter beginning', LONG, LONG.slice(0, 127), { isForm: false, isWhole: false }],
    ['is not the text itself', 'new', 'new', { isForm: false, isWhole: false }],
    ['is not the text itself where that is long', LONG, LONG, { isForm: false, isWhole: false }],
    ['is not nothing', '  ', '', { isForm: false, isWhole: false }],
    ['is not any other text', 'new', 'NEW', { isForm: false, isWhole: false }],
  ])('%s', (_, sent, stored, { isForm, isWhole }) => {
    expect([isFormOf(sent, stored), isWholeFormOf(sent, stored)]).toEqual([isForm, isWhole]);
  });
});

describe('What a record shows of a change', () => {
  it.each<[string, string | null, string, string, string | null]>([
    ['is what the server has made of it', 'new ', 'old', 'new', 'new'],
    ['is not what was there before, though that is a form of it', 'new ', 'new', 'new', 'new '],
    ["is not somebody else's text", 'new ', 'old', 'theirs', 'new '],
    ['is nothing where a part was to be removed', null, 'old', 'theirs', null],
  ])('%s', (_, to, before, seen, expected) => {
    const change = { from: before, to };
    const parts = { before: new Map([['a', before]]), seen: new Map([['a', seen]]) };
    const shown = inStoredForms(new Map([['a', change]]), parts, isFormOf);
    expect(shown).toEqual(new Map([['a', { from: before, to: expected }]]));
  });
});
