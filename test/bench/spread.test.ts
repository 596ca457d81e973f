import { describe, expect, it } from '@jest/globals';

import { spreadOf, spreadText } from '../../bench/spread';

describe('The spread of a sample', () => {
  it('is its median and quartiles, whatever the order', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ low: 2, median: 3, high: 4 });
  });

  it('lies between the two nearest values in proportion', () => {
    expect(spreadOf([10, 20, 30, 40])).toEqual({ low: 17.5, median: 25, high: 32.5 });
  });

  it('compares numbers as numbers, and leaves the sample as it was', () => {
    const sample = [100, 9, 20];
    expect(spreadOf(sample).median).toBe(20);
    expect(sample).toEqual([100, 9, 20]);
  });

  it('is that of its only value', () => {
    expect(spreadOf([7])).toEqual({ low: 7, median: 7, high: 7 });
  });

  it('does not exist where there is nothing', () => {
    expect(() => spreadOf([])).toThrow('nothing in the sample');
  });

  it('is shown with as many digits as asked for', () => {
    expect(spreadText({ low: 1.26, median: 2, high: 3.14 })).toBe('2.0 (1.3 to 3.1)');
    expect(spreadText({ low: 1.26, median: 2, high: 3.14 }, 0)).toBe('2 (1 to 3)');
  });
});
