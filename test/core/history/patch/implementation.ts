import type { Clock, Random, Store, UpdatePolicy } from '../../../../core';
import { retryAfterGate } from '../gate';
import type { Call } from '../operation';
import type { PatchOutcome } from './operation';

/** A record without versions, as one client reaches it. */
export interface PatchTarget {
  readonly key: string;
  readonly store: Store<null>;
}

/** Runs calls for the callers of one client, and tells them how they ended. */
export type PatchUpdater = (
  target: PatchTarget,
  call: Call,
  policy: UpdatePolicy,
  signal: AbortSignal,
) => Promise<PatchOutcome>;

/** Something that runs calls: ours, a plain one, or a wrong one. Called once for each client. */
export type PatchImplementation = (surroundings: {
  readonly clock: Clock;
  readonly random: Random;
}) => PatchUpdater;

/** Holds requests back after a 429. */
export function heedingRetryAfter(implementation: PatchImplementation): PatchImplementation {
  return (surroundings) => {
    const run = implementation(surroundings);
    const guarded = retryAfterGate(surroundings.clock);
    return async ({ key, store }, call, policy, signal) => {
      const guardedStore: Store<null> = {
        ...store,
        read: async (limits) => await guarded(async () => await store.read(limits)),
        write: async (delta, base, limits) =>
          await guarded(async () => await store.write(delta, base, limits)),
      };
      return await run({ key, store: guardedStore }, call, policy, signal);
    };
  };
}
