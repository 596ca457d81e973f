import { describe, expect, it } from '@jest/globals';

import { type Backoff, strategies } from '../../../core';
import type { Observation } from '../../../core/backoff';
import { seededRandom } from '../virtual-clock';

const conflict: Observation = { kind: 'conflict', sentAt: 0, answeredAt: 20 };
const read: Observation = {
  kind: 'read',
  sentAt: 0,
  answeredAt: 20,
  version: 1,
  contentMoved: false,
};

/** The delays after each of `count` failures in a row, with a read before each, as the loop has it. */
function delays(
  backoff: Backoff,
  count: number,
  failure: Observation = conflict,
  random = seededRandom(1),
): number[] {
  let state = backoff;
  return Array.from({ length: count }, () => {
    state = state.observe(read).observe(failure);
    return state.delay(random);
  });
}

const bounds = { baseMs: 100, maxMs: 1000 };

describe('Fixed', () => {
  it('waits the base delay each time', () => {
    expect(delays(strategies.fixed(bounds), 4)).toEqual([100, 100, 100, 100]);
  });

  it('keeps to the cap', () => {
    expect(delays(strategies.fixed({ baseMs: 100, maxMs: 30 }), 2)).toEqual([30, 30]);
  });
});

describe('Exponential', () => {
  it('doubles from the base delay up to the cap', () => {
    expect(delays(strategies.exponential(bounds), 6)).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('stays finite after a thousand failures, from nothing too', () => {
    expect(delays(strategies.exponential(bounds), 1100).at(-1)).toBe(1000);
    expect(delays(strategies.exponential({ baseMs: 0, maxMs: 1000 }), 1100).at(-1)).toBe(0);
  });
});

describe('Full jitter', () => {
  it('spreads over the whole of the exponential delay', () => {
    const random = seededRandom(1);
    const expected = [100, 200, 400, 800, 1000, 1000].map((ceiling) => random() * ceiling);
    expect(delays(strategies.fullJitter(bounds), 6)).toEqual(expected);
  });

  it('counts faults like conflicts', () => {
    expect(delays(strategies.fullJitter(bounds), 5, { kind: 'fault' })).toEqual(
      delays(strategies.fullJitter(bounds), 5),
    );
  });
});

describe('A backoff', () => {
  it.each(Object.entries(strategies))(
    '(%s) is immutable: looking ahead changes nothing',
    (_, strategy) => {
      const start = strategy(bounds);
      const once = start.observe(read).observe(conflict);
      const before = once.delay(() => 0.5);
      once.observe(read).observe(conflict).observe(read).observe({ kind: 'fault' });
      expect(once.delay(() => 0.5)).toBe(before);
    },
  );

  it.each(Object.entries(strategies))(
    '(%s) never waits longer than the cap, nor less than nothing',
    (_, strategy) => {
      for (const failure of [conflict, { kind: 'fault' } as const]) {
        for (const delay of delays(strategy(bounds), 50, failure)) {
          expect(delay).toBeGreaterThanOrEqual(0);
          expect(delay).toBeLessThanOrEqual(1000);
        }
      }
    },
  );
});
