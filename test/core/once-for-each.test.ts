import { describe, expect, it } from '@jest/globals';

import { onceForEach } from '../../core/once-for-each';

describe('What belongs to a key', () => {
  it('is made once for each, also where it is false', () => {
    const asked: number[] = [];
    const isEven = onceForEach((number: number) => {
      asked.push(number);
      return number % 2 === 0;
    });
    expect([1, 2, 1, 2].map(isEven)).toEqual([false, true, false, true]);
    expect(asked).toEqual([1, 2]);
  });
});
