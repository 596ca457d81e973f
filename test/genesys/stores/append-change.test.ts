import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type Addition, appendChange } from '../../../genesys/stores/append-change';
import { textOfValue } from '../../../genesys/conversations/attribute-value';
import { runs } from '../../core/runs';
import { madeOf } from './single-attribute-cases';

function adding(value: string, more: Partial<Addition> = {}): Addition {
  return {
    attribute: 'a',
    value,
    separator: ',',
    skipDuplicates: true,
    maxLength: Infinity,
    withoutVersion: 'refuse',
    ...more,
  };
}

const twice = { skipDuplicates: false };

describe('Appending to an attribute', () => {
  it.each<[string | null, Addition, string]>([
    [null, adding('x'), 'a: null → x'],
    ['', adding('x'), 'a:  → x'],
    ['a', adding('x'), 'a: a → a,x'],
    ['a,b', adding('x', { separator: ' > ' }), 'a: a,b → a,b > x'],
    ['a', adding('x', { separator: '', ...twice }), 'a: a → ax'],
    // What is there already.
    ['a,x,b', adding('x'), 'unchanged'],
    ['x', adding('x'), 'unchanged'],
    ['ax,xb', adding('x'), 'a: ax,xb → ax,xb,x'],
    ['X', adding('x'), 'a: X → X,x'],
    ['a, x', adding('x'), 'a: a, x → a, x,x'],
    ['a,x', adding('x', twice), 'a: a,x → a,x,x'],
    ['a,b,c', adding('b,c'), 'unchanged'],
    ['a,b,d,c', adding('b,c'), 'a: a,b,d,c → a,b,d,c,b,c'],
    // What is there already, as a server stores it that trims texts.
    ['a,x', adding('x '), 'unchanged'],
    ['x,b', adding(' x '), 'unchanged'],
    ['a, x', adding(' x '), 'unchanged'],
    ['a,x ', adding('x'), 'a: a,x  → a,x ,x'],
    // No longer than it may get.
    ['a,b', adding('x', { maxLength: 5 }), 'a: a,b → a,b,x'],
    ['a,b,c', adding('x', { maxLength: 5 }), 'a: a,b,c → b,c,x'],
    ['a,b,c', adding('x', { maxLength: 4 }), 'a: a,b,c → c,x'],
    ['long,b', adding('x', { maxLength: 4 }), 'a: long,b → b,x'],
    ['a,b,c', adding('x', { maxLength: 2 }), 'a: a,b,c → x'],
    ['a,b', adding('x,y', { maxLength: 3, ...twice }), 'a: a,b → x,y'],
    ['a--b', adding('x', { maxLength: 5, separator: '--' }), 'a: a--b → b--x'],
    ['a,b,c', adding('b', { maxLength: 2 }), 'unchanged'],
  ])('%j: %j is %s', (text, addition, expected) => {
    expect(madeOf(appendChange(addition), { text }).ends).toBe(expected);
  });

  it('tells what the attribute is now and what it was, also where it stays', () => {
    expect(madeOf(appendChange(adding('x')), { text: 'a' }).single).toEqual({
      attribute: 'a',
      value: 'a,x',
      previous: 'a',
    });
    expect(madeOf(appendChange(adding('x')), { text: 'x,b' }).single).toEqual({
      attribute: 'a',
      value: 'x,b',
      previous: 'x,b',
    });
    expect(madeOf(appendChange(adding('x')), { text: null }).single?.previous).toBeNull();
  });

  it('leaves alone what is no text', () => {
    const text = textOfValue({ b: 1 });
    expect(madeOf(appendChange(adding('x')), { text }).ends).toBe(
      'refused: "a" is {"b":1}, which is no text to append to.',
    );
  });

  it.each([
    ['refuse', /^refused: Nothing was appended.*"Best Effort" under "Without a Version"/],
    ['bestEffort', /^a: a → a,x$/],
  ] as const)('without a version, as chosen: %s', (withoutVersion, expected) => {
    const change = appendChange(adding('x', { withoutVersion }));
    expect(madeOf(change, { text: 'a', writeMethod: 'patch' }).ends).toMatch(expected);
  });

  it('is done once, also where others have taken it out since', () => {
    const circumstances = { text: 'b', written: { from: 'a', to: 'a,x' } };
    expect(madeOf(appendChange(adding('x', twice)), circumstances)).toEqual({
      ends: 'unchanged',
      single: { attribute: 'a', value: 'a,x', previous: 'a' },
    });
  });

  it('may run twice where it skips what is there, and does nothing the second time', () => {
    expect(appendChange(adding('x')).idempotent).toBe(true);
    expect(appendChange(adding('x', twice)).idempotent).toBe(false);
    const short = fc.array(fc.constantFrom('a', 'b', ',', '-'), { maxLength: 8 });
    const texts = short.map((all) => all.join(''));
    fc.assert(
      fc.property(
        texts,
        texts.filter((value) => value !== ''),
        fc.constantFrom(',', '-', '--', ', '),
        fc.integer({ min: 8, max: 20 }),
        (text, value, separator, maxLength) => {
          const change = appendChange(adding(value, { separator, maxLength }));
          const { single } = madeOf(change, { text });
          const after = single?.value ?? null;
          expect(madeOf(change, { text: after })).toMatchObject({ ends: 'unchanged' });
          if (after !== text) expect(after?.length).toBeLessThanOrEqual(maxLength);
        },
      ),
      { numRuns: runs(2000) },
    );
  });
});
