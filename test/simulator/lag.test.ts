import { describe, expect, it } from '@jest/globals';
import { drawLag, lagSchema } from '../../simulator/lag';
import { seededRandom } from '../../simulator/random';

const draw = (lag: Parameters<typeof drawLag>[0], seed = 1) => {
  const random = seededRandom(seed);
  return Array.from({ length: 2000 }, () => drawLag(lag, random)).sort((a, b) => a - b);
};
/** The lag that a share of all is below. */
const quantile = (lags: number[], share: number) => lags[Math.floor(lags.length * share)];

describe('a lag', () => {
  it('is the same for the same seed, and another for another', () => {
    const lag = { from: 0, to: 1000 };
    expect(draw(lag, 7)).toEqual(draw(lag, 7));
    expect(draw(lag, 7)).not.toEqual(draw(lag, 8));
  });

  it('is fixed where it is a number', () => {
    expect(new Set(draw(40))).toEqual(new Set([40]));
  });

  it('lies anywhere between two', () => {
    const lags = draw({ from: 100, to: 300 });
    expect(quantile(lags, 0)).toBeGreaterThanOrEqual(100);
    expect(lags.at(-1)).toBeLessThan(300);
    expect(quantile(lags, 0.25)).toBeCloseTo(150, -2);
    expect(quantile(lags, 0.5)).toBeGreaterThan(190);
    expect(quantile(lags, 0.5)).toBeLessThan(210);
  });

  it('lies around a median, two thirds within the spread and a few far beyond', () => {
    const lags = draw({ median: 100, spread: 2 });
    expect(quantile(lags, 0.5)).toBeGreaterThan(90);
    expect(quantile(lags, 0.5)).toBeLessThan(110);
    const within = lags.filter((lag) => lag > 50 && lag < 200).length / lags.length;
    expect(within).toBeGreaterThan(0.64);
    expect(within).toBeLessThan(0.72);
    expect(lags.at(-1)).toBeGreaterThan(500);
    expect(lags[0]).toBeGreaterThan(0);
  });

  it.each([[-1], [{ from: 2, to: 1 }], [{ median: 100, spread: 0.5 }], [{ from: 1 }], ['100']])(
    'is not %j',
    (lag) => {
      expect(lagSchema.safeParse(lag).error?.message).toContain('must be a time in ms');
    },
  );
});
