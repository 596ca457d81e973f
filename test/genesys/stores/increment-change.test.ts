import { describe, expect, it } from '@jest/globals';

import { textOfValue } from '../../../genesys/conversations/attribute-value';
import { parseDecimal } from '../../../genesys/stores/decimal';
import { incrementChange } from '../../../genesys/stores/increment-change';
import type { WithoutVersion } from '../../../genesys/stores/single-attribute';
import { type Circumstances, madeOf } from './single-attribute-cases';

const decimal = (text: string) => {
  const parsed = parseDecimal(text);
  if (!parsed) throw new Error(`${text} is no number`);
  return parsed;
};

function counting(amount = '1', startValue = '0', withoutVersion: WithoutVersion = 'refuse') {
  return incrementChange({
    attribute: 'a',
    amount: decimal(amount),
    startValue: decimal(startValue),
    withoutVersion,
  });
}

describe('Counting an attribute up', () => {
  it.each<[string, string, string | null, string]>([
    // amount, start value, what is there, what becomes of it
    ['1', '0', '5', 'a: 5 → 6'],
    ['-1', '0', '5', 'a: 5 → 4'],
    ['-6', '0', '5', 'a: 5 → -1'],
    ['0.2', '0', '0.1', 'a: 0.1 → 0.3'],
    ['0.5', '0', '1.50', 'a: 1.50 → 2'],
    ['1', '0', ' 5 ', 'a:  5  → 6'],
    ['1', '0', '1e21', 'a: 1e21 → 1000000000000000000001'],
    ['1', '0', null, 'a: null → 1'],
    ['1', '0', '', 'a:  → 1'],
    ['1', '100', null, 'a: null → 101'],
    ['1', '100', '5', 'a: 5 → 6'],
    ['0', '7', null, 'a: null → 7'],
    ['0', '0', '007', 'unchanged'],
    ['1', '0', 'abc', 'refused: "a" is "abc", which is no number.'],
    ['1', '0', ' ', 'refused: "a" is " ", which is no number.'],
    ['0', '0', '1,5', 'refused: "a" is "1,5", which is no number.'],
  ])('by %s from %s makes of %j: %s', (amount, startValue, text, expected) => {
    expect(madeOf(counting(amount, startValue), { text }).ends).toBe(expected);
  });

  it('counts on from a number that another system has set, and refuses what is none', () => {
    expect(madeOf(counting(), { text: textOfValue(5) }).ends).toMatch(/ → 6$/);
    expect(madeOf(counting(), { text: textOfValue(5) }).single?.previous).toBe('5');
    expect(madeOf(counting(), { text: textOfValue({ b: 1 }) }).ends).toBe(
      'refused: "a" is "{"b":1}", which is no number.',
    );
  });

  it('tells what the attribute is now and what it was, also where it stays', () => {
    expect(madeOf(counting(), { text: '5' }).single).toEqual({
      attribute: 'a',
      value: '6',
      previous: '5',
    });
    expect(madeOf(counting(), { text: null }).single?.previous).toBeNull();
    expect(madeOf(counting('0'), { text: '5' }).single).toEqual({
      attribute: 'a',
      value: '5',
      previous: '5',
    });
  });

  it.each<[string, Circumstances, WithoutVersion, RegExp]>([
    [
      'is refused without a version, in words that say what to choose',
      { text: '5', writeMethod: 'patch' },
      'refuse',
      /^refused: Nothing was counted.*"Best Effort" under "Without a Version"/,
    ],
    [
      'is best effort without a version where that was chosen',
      { text: '5', writeMethod: 'patch' },
      'bestEffort',
      /^a: 5 → 6$/,
    ],
    [
      'is done once, also where others have counted on since',
      { text: '9', written: { from: '5', to: '6' } },
      'refuse',
      /^unchanged$/,
    ],
  ])('%s', (_, circumstances, withoutVersion, expected) => {
    expect(madeOf(counting('1', '0', withoutVersion), circumstances).ends).toMatch(expected);
  });

  it('tells what it counted to where it has counted already', () => {
    expect(madeOf(counting(), { text: '9', written: { from: null, to: '6' } }).single).toEqual({
      attribute: 'a',
      value: '6',
      previous: null,
    });
  });

  it('must not run twice', () => {
    expect(counting().idempotent).toBe(false);
  });
});
