import { describe, expect, it } from '@jest/globals';

import type { Random } from '../../../core';
import { fittingMs } from '../../../core/backoff/fitting';

describe('A wait by chance', () => {
  const upTo = (ms: number, fromMs = 0) => ({
    delay: (random: Random) => fromMs + ms * random(),
  });

  it.each([
    ['is as it is drawn where there is time for it', upTo(1000), 0.8, 801, 800],
    ['is shortened by half where there is not', upTo(1000), 0.8, 800, 400],
    ['is shortened as often as is needed', upTo(1000), 0.8, 150, 100],
    ['keeps what does not come by chance', upTo(500, 1000), 0.8, 1150, 1100],
    ['is too long where all of them are', upTo(0, 1000), 0.8, 900, 1000],
    ['is too long where there is hardly any time', upTo(1000), 0.8, 1, 50],
  ])('%s', (_, backoff, roll, leftMs, expected) => {
    expect(fittingMs(backoff, roll, leftMs)).toBe(expected);
  });
});
