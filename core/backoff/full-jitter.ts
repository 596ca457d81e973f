import type { Backoff, BackoffBounds } from './backoff';
import { CountingBackoff } from './counting';
import { exponentialCeiling } from './exponential';

/**
 * Anything between nothing and the exponential delay, so that writers which collided spread out.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitter(bounds: BackoffBounds): Backoff {
  return new CountingBackoff((failures, random) => random() * exponentialCeiling(bounds, failures));
}
