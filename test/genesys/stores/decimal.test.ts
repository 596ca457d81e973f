import { describe, expect, it } from '@jest/globals';
import { BigNumber } from 'bignumber.js';
import fc from 'fast-check';

import { decimalText, parseDecimal, sum } from '../../../genesys/stores/decimal';
import { runs } from '../../core/runs';

function added(one: string, other: string): string {
  const [a, b] = [parseDecimal(one), parseDecimal(other)];
  if (!a || !b) throw new Error(`${a ? other : one} is taken for no number`);
  return decimalText(sum(a, b));
}

describe('A sum of decimals', () => {
  it.each([
    ['0.1', '0.2', '0.3'],
    ['1', '1', '2'],
    ['9', '1', '10'],
    ['-1', '0.25', '-0.75'],
    ['-0.5', '0.5', '0'],
    ['1.50', '0.50', '2'],
    ['10', '90', '100'],
    ['0.001', '0', '0.001'],
    ['9007199254740993', '1', '9007199254740994'],
    ['999999999999999999999999', '1', '1000000000000000000000000'],
    ['1e21', '1', '1000000000000000000001'],
    ['1E-7', '0', '0.0000001'],
    ['-1.5e1', '0', '-15'],
  ])('%s and %s is %s', (one, other, expected) => {
    expect(added(one, other)).toBe(expected);
  });

  it('is what a library for exact numbers makes of it, whatever the numbers', () => {
    const digits = (most: number) =>
      fc
        .array(fc.constantFrom('0', '0', '1', '5', '9', '3'), { minLength: 1, maxLength: most })
        .map((all) => all.join(''));
    const decimal = fc
      .tuple(
        fc.constantFrom('', '', '-', '+'),
        fc.oneof(
          digits(40),
          fc.tuple(digits(25), digits(25)).map((parts) => parts.join('.')),
          digits(25).map((fraction) => `.${fraction}`),
          digits(25).map((whole) => `${whole}.`),
        ),
        fc.option(
          fc.integer({ min: -30, max: 30 }).map((exponent) => `e${exponent}`),
          { nil: '', freq: 4 },
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(decimal, decimal, (one, other) => {
        const expected = BigNumber(one).plus(BigNumber(other));
        // It knows a zero below zero.
        expect(added(one, other)).toBe(expected.isZero() ? '0' : expected.toFixed());
      }),
      { numRuns: runs(3000) },
    );
  });

  it('of long texts takes no time', () => {
    const zeros = '0'.repeat(30_000);
    const before = performance.now();
    expect(added(`0.${zeros}1`, '1')).toBe(`1.${zeros}1`);
    expect(parseDecimal(`${zeros}x`)).toBeUndefined();
    expect(performance.now() - before).toBeLessThan(1000);
  });
});

describe('A text', () => {
  it.each(['5', '+5', '-5', '007', '.5', '5.', '0.50', ' 5 ', '1e3', '1E+21', '5e-324', '-0'])(
    'such as "%s" is a number',
    (text) => {
      expect(decimalText(parseDecimal(text) ?? { units: 99n, places: 0 })).toBe(
        BigNumber(text).isZero() ? '0' : BigNumber(text.trim()).toFixed(),
      );
    },
  );

  it.each([
    ...['', ' ', '.', '-', 'e5', 'abc', '12abc', '1,5', '1 000', '1_000', '0x10', '5n', '--5'],
    ...['NaN', 'Infinity', '1e9999', '1e', '٥', '1.2.3', 'true', 'null', '5%'],
  ])('such as "%s" is none', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });
});
