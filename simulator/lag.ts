import { z } from 'zod/v4';

const milliseconds = z.number().min(0);

/** How far behind something is, in ms: fixed, or drawn anew each time. */
export const lagSchema = z.union(
  [
    milliseconds,
    /** Any time between the two is as likely as any other. */
    z.strictObject({ from: milliseconds, to: milliseconds }).refine(({ from, to }) => from <= to),
    /** Log-normal: two thirds are between median / spread and median × spread, a few far beyond. */
    z.strictObject({ median: milliseconds, spread: z.number().min(1) }),
  ],
  'must be a time in ms, {"from": ms, "to": no less}, or {"median": ms, "spread": 1 or more}',
);

export type Lag = z.infer<typeof lagSchema>;

/** One lag in ms; `random` gives numbers from 0 up to 1. */
export function drawLag(lag: Lag, random: () => number): number {
  if (typeof lag === 'number') return lag;
  if ('from' in lag) return lag.from + (lag.to - lag.from) * random();
  return lag.median * lag.spread ** standardNormal(random);
}

/** From the least that is drawn to the most; of a log-normal lag what two thirds of all are between. */
export function lagSpan(lag: Lag): { from: number; to: number } {
  if (typeof lag === 'number') return { from: lag, to: lag };
  if ('from' in lag) return lag;
  return { from: lag.median / lag.spread, to: lag.median * lag.spread };
}

/** Box and Muller's way; 1 - random() is never 0, of which there is no logarithm. */
function standardNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
