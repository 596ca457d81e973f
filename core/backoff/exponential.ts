import type { Backoff, BackoffBounds } from './backoff';
import { CountingBackoff } from './counting';

/** The base delay, doubled with every failure up to the cap. Without jitter, writers that collide once go on colliding. */
export function exponential(bounds: BackoffBounds): Backoff {
  return new CountingBackoff((failures) => exponentialCeiling(bounds, failures));
}

/** `baseMs` × 2^(failures − 1), at most `maxMs`. */
export function exponentialCeiling({ baseMs, maxMs }: BackoffBounds, failures: number): number {
  // 2 ** 1023 is the largest power that is still finite; 0 × Infinity would be NaN.
  return Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(0, failures - 1), 1023));
}
