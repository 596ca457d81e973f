import { describe, expect, it } from '@jest/globals';

import { type FirstLook, learn, UNKNOWN } from '../../../core/looks/first-look';

const MISS = { hiddenMs: 100, byMs: 9000 };

const known = (more: Partial<FirstLook> = {}): FirstLook => ({
  afterMs: 1000,
  step: 1.21,
  hits: 1,
  hasMissed: true,
  ...more,
});

describe('What an outcome teaches about the first look', () => {
  it('is a step down after a hit', () => {
    expect(learn(UNKNOWN, 'hit')).toEqual({ afterMs: 125, step: 2, hits: 1, hasMissed: false });
    expect(learn(known(), 'hit')).toEqual(known({ afterMs: 1000 / 1.21, hits: 2 }));
  });

  it('is four steps up after a miss', () => {
    const { afterMs, ...more } = learn(known({ hits: 0 }), MISS);
    expect(afterMs).toBeCloseTo(1000 * 1.21 ** 4, 6);
    expect(more).toEqual({ step: 1.21, hits: 0, hasMissed: true });
  });

  it.each<[string, Partial<FirstLook>, 'hit' | typeof MISS, number]>([
    ['a hit follows a miss', { hits: 0 }, 'hit', 1.1],
    ['a miss follows a hit', { hits: 1 }, MISS, 1.1],
    ['they are small already', { hits: 0, step: 1.05 }, 'hit', 1.04],
  ])('has smaller steps where %s, within a limit', (_, before, outcome, step) => {
    expect(learn(known(before), outcome).step).toBeCloseTo(step, 9);
  });

  it.each<[string, Partial<FirstLook>, 'hit' | typeof MISS]>([
    ['the first hit where nothing was ever missed', { hits: 0, hasMissed: false }, 'hit'],
    ['a fourth hit', { hits: 3 }, 'hit'],
    ['a miss that follows a miss', { hits: 0 }, MISS],
  ])('has steps as before after %s', (_, before, outcome) => {
    expect(learn(known(before), outcome).step).toBe(1.21);
  });

  it('has larger steps from the fifth hit in a row, each at most a factor of two', () => {
    expect(learn(known({ hits: 4 }), 'hit').step).toBeCloseTo(1.21 ** 2, 9);
    expect(learn(known({ hits: 4, step: 1.9 }), 'hit').step).toBe(2);
  });

  it('is no wait at all where the time after a hit would be too short to matter', () => {
    expect(learn(known({ afterMs: 15, step: 2 }), 'hit').afterMs).toBe(0);
    expect(learn(known({ afterMs: 18, step: 2 }), 'hit').afterMs).toBe(9);
  });

  it.each<[string, number, typeof MISS, number]>([
    ['no less than what has missed', 100, { hiddenMs: 4000, byMs: 9000 }, 4000],
    ['no more than what has hit', 1000, { hiddenMs: 1000, byMs: 1500 }, 1500],
    ['at most ten seconds', 9000, { hiddenMs: 9000, byMs: 60_000 }, 10_000],
    ['four steps up from a moment where there was no wait', 0, { ...MISS, hiddenMs: 0 }, 16 * 16],
  ])('is, after a miss, %s', (_, afterMs, miss, expected) => {
    expect(learn(known({ afterMs, step: 2, hits: 0 }), miss).afterMs).toBe(expected);
  });
});
