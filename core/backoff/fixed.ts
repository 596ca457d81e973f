import type { Backoff, BackoffBounds } from './backoff';
import { CountingBackoff } from './counting';

/** The same delay before every retry. */
export function fixed({ baseMs, maxMs }: BackoffBounds): Backoff {
  return new CountingBackoff(() => Math.min(maxMs, baseMs));
}
