import { adaptive } from './adaptive';
import type { Backoff, BackoffBounds } from './backoff';
import { exponential } from './exponential';
import { fixed } from './fixed';
import { fullJitter } from './full-jitter';

export type { Backoff, BackoffBounds, Observation } from './backoff';
export { fittingMs } from './fitting';

/** Every backoff strategy by the name that users choose it by. */
export const strategies = { adaptive, fullJitter, exponential, fixed } satisfies Record<
  string,
  (bounds: BackoffBounds) => Backoff
>;

export type StrategyName = keyof typeof strategies;
