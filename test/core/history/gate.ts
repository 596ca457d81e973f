import { type Clock, StoreError } from '../../../core';

/** Holds all requests of a client back for as long as a 429 says, as the layer below the core does. */
export function retryAfterGate(
  clock: Clock,
): <Reply>(send: () => Promise<Reply>) => Promise<Reply> {
  let opensAt = 0;
  return async (send) => {
    const retryAfterMs = opensAt - clock.now();
    if (retryAfterMs > 0) {
      throw new StoreError('The client has been asked to wait.', {
        kind: 'throttled',
        retryAfterMs,
      });
    }
    try {
      return await send();
    } catch (error) {
      if (error instanceof StoreError && error.failure.kind === 'throttled') {
        opensAt = Math.max(opensAt, clock.now() + error.failure.retryAfterMs);
      }
      throw error;
    }
  };
}
