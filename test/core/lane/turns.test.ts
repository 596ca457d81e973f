import { describe, expect, it } from '@jest/globals';

import { takeTurns } from '../../../core/lane/turns';

describe('Turns', () => {
  it('are taken until one says that it was the last', async () => {
    const left = [true, true, false, true];
    await takeTurns(async () => await Promise.resolve(left.shift() === true));
    expect(left).toEqual([true]);
  });

  it('end with what one of them throws', async () => {
    let turns = 0;
    const taking = takeTurns(async () => {
      await Promise.resolve();
      if (++turns === 2) throw new RangeError('a bug');
      return turns < 5;
    });
    await expect(taking).rejects.toThrow(new RangeError('a bug'));
    expect(turns).toBe(2);
  });
});
