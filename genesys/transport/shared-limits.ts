import type { RequestLimits } from '../../core';

/** Lets several requests in a row share one timeout: each call gives the limits with the time that is left. */
export function sharedLimits(limits: RequestLimits): () => RequestLimits {
  const endsAt = performance.now() + limits.timeoutMs;
  return () => ({ ...limits, timeoutMs: Math.max(0, endsAt - performance.now()) });
}
