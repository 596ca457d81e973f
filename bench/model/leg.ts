import type { Random } from '../../core';
import { standardNormal } from './random';

/** How long a message takes from one side to the other, in ms. */
export type Leg = (random: Random) => number;

/** |N(mean, deviation)|, as in the AWS backoff simulator. */
export function normalLeg(mean: number, deviation: number): Leg {
  return (random) => Math.abs(mean + deviation * standardNormal(random));
}

/** Log-normal with this mean; `sigma` is the deviation of the logarithm. */
export function logNormalLeg(mean: number, sigma: number): Leg {
  const mu = Math.log(mean) - sigma ** 2 / 2;
  return (random) => Math.exp(mu + sigma * standardNormal(random));
}
