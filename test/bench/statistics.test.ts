import { describe, expect, it } from '@jest/globals';

import { estimate, fairness, quantile } from '../../bench/model/statistics';

describe('Statistics', () => {
  it('calls equal shares fair, and one who has everything unfair', () => {
    expect(fairness([3, 3, 3])).toBe(1);
    expect(fairness([5, 0, 0, 0])).toBe(0.25);
  });

  it('takes the smallest value that covers the share', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.99, 1].map((share) => quantile(values, share))).toEqual([50, 99, 100]);
    expect(quantile([7], 0.5)).toBe(7);
  });

  it('gives the mean and half of its 95 % interval', () => {
    const { mean, margin } = estimate([1, 2, 3, 4, 5]);
    expect(mean).toBe(3);
    expect(margin).toBeCloseTo(1.96 * Math.sqrt(2.5 / 5));
  });
});
