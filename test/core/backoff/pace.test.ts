import { describe, expect, it } from '@jest/globals';

import { slotMs, START_OF_PACE, watch } from '../../../core/backoff/pace';
import { keep, NO_ROUND_TRIPS, typicalMs, unevenness } from '../../../core/backoff/round-trips';

describe('The time from one commit to the next', () => {
  it('is a round trip as long as nothing is known of the record', () => {
    expect(slotMs(START_OF_PACE, 20)).toBe(20);
  });

  it('shrinks as the record is seen to move faster than that, and never grows', () => {
    expect(slotMs(watch(START_OF_PACE, 18, 120), 20)).toBe((6 * 20 + 120) / (6 + 18));
    expect(slotMs(watch(START_OF_PACE, 1, 10_000), 20)).toBe(20);
  });
});

describe('Round trips', () => {
  it('are nothing, and even, before there was one', () => {
    expect([typicalMs(NO_ROUND_TRIPS), unevenness(NO_ROUND_TRIPS)]).toEqual([0, 0]);
  });

  it('are summed up by their harmonic mean', () => {
    const both = keep(keep(NO_ROUND_TRIPS, { sentAt: 0, answeredAt: 20 }), {
      sentAt: 0,
      answeredAt: 30,
    });
    expect(typicalMs(both)).toBeCloseTo(24);
    expect(unevenness(both)).toBeCloseTo(25 / 24 - 1);
  });
});
