import type { Clock, Random, UpdatePolicy } from '../../../core';
import { type Change, Lanes, type Store, type UpdateResult } from '../flat';
import { update } from '../alone';
import { retryAfterGate } from './gate';
import type { Call, Content } from './operation';

/** A record, as one client reaches it. */
export interface Target {
  readonly key: string;
  readonly store: Store<Content>;
}

/** Runs updates for the callers of one client. */
export type Updater = (
  target: Target,
  change: Change<Content, Content>,
  policy: UpdatePolicy,
  signal?: AbortSignal,
  /** What the change does, for those who carry it out in a way of their own. */
  call?: Call,
) => Promise<UpdateResult<Content, Content>>;

/** Something that runs updates: ours, or a wrong one. Called once for each client. */
export type Implementation = (surroundings: {
  readonly clock: Clock;
  readonly random: Random;
}) => Updater;

/** Each caller on its own, as if it were its process's only one. */
export const updating: Implementation =
  (surroundings) =>
  async ({ store }, change, policy, signal) =>
    await update(store, change, policy, surroundings, signal);

/** Puts another store in the place of the one that an implementation is given. */
export function throughStore(
  implementation: Implementation,
  decorate: (store: Store<Content>, clock: Clock) => Store<Content>,
): Implementation {
  return (surroundings) => {
    const run = implementation(surroundings);
    return async ({ key, store }, change, policy, signal, call) =>
      await run({ key, store: decorate(store, surroundings.clock) }, change, policy, signal, call);
  };
}

/** Holds requests back after a 429. */
export function heedingRetryAfter(implementation: Implementation): Implementation {
  return (surroundings) => {
    const guarded = retryAfterGate(surroundings.clock);
    return throughStore(implementation, (store) => ({
      ...store,
      read: async (limits) => await guarded(async () => await store.read(limits)),
      write: async (next, base, limits) =>
        await guarded(async () => await store.write(next, base, limits)),
    }))(surroundings);
  };
}

/** The callers of a client in its lanes. */
const inLanes: Implementation = (surroundings) => {
  const lanes = new Lanes<Content, Content>(surroundings);
  return async (target, change, policy, signal) =>
    await lanes.update(() => Promise.resolve(target), change, policy, signal, { name: target.key });
};

/** What is to be proved right. */
export const right = heedingRetryAfter(inLanes);

/** The same without company. */
export const alone = heedingRetryAfter(updating);
