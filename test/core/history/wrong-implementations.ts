import { type Clock, StoreError, UpdateError } from '../../../core';
import { type Snapshot, type Store } from '../flat';
import { combining } from './combiner';
import { alone, type Implementation, right, throughStore, updating } from './implementation';
import type { Content } from './operation';

/** Sends what it wrote first again and again, each time under the fresh version. */
export const resendingBlindly = throughStore(alone, (store) => {
  let sent: Content | undefined;
  return {
    ...store,
    write: async (next, base, limits) => {
      sent ??= next;
      return await store.write(sent, base, limits);
    },
  };
});

/** Takes the version from the latest read, but goes on with the state of the first. */
export const keepingItsFirstState = throughStore(alone, (store) => {
  let first: Snapshot<Content> | undefined;
  return {
    ...store,
    read: async (limits) => {
      const snapshot = await store.read(limits);
      first ??= snapshot;
      return { ...snapshot, state: first.state };
    },
  };
});

/** Takes a write without a reply for one that was not applied, and the conflict after it for others' doing. */
export const takingLostForNotApplied = throughStore(right, (store) => ({
  ...store,
  write: async (next, base, limits) => {
    try {
      return await store.write(next, base, limits);
    } catch (error) {
      if (!(error instanceof StoreError) || error.failure.kind !== 'ambiguous') throw error;
      throw new StoreError(error.message, { ...error.failure, kind: 'transient' });
    }
  },
}));

/** Combines callers, tells all of them that it is done, and forgets the second one's change. */
export const droppingOneOfABatch = combining(right, 'forgets a member');

/** Combines callers, and tells all of them what became of the first one. */
export const answeringAllAlike = combining(right, 'answers all alike');

/** Combines callers, and sends all of them away when the first one leaves. */
export const leavingTogether = combining(right, 'leaves with its leader');

/** Waits no longer than its patience lasts. */
export const impatient: Implementation = ({ clock, random }) =>
  updating({ clock: withShortSleeps(clock), random });

function withShortSleeps(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    sleep: async (ms, signal) => {
      await clock.sleep(Math.min(ms, 50), signal);
    },
    turn: async () => {
      await clock.turn();
    },
    later: (ms, action) => clock.later(ms, action),
  };
}

/** Has each caller wait for the 429 that it got itself, and for no other caller's. */
export const waitingAlone = updating;

/** Starts from what the client last saw of the record, before this caller came. */
export const rememberingSnapshots: Implementation = (surroundings) => {
  const run = alone(surroundings);
  const remembered = new Map<string, Snapshot<Content>>();
  return async ({ key, store }, change, policy, signal) => {
    let usable = remembered.get(key);
    const read: Store<Content>['read'] = async (limits) => {
      const snapshot = usable ?? (await store.read(limits));
      usable = undefined;
      remembered.set(key, snapshot);
      return snapshot;
    };
    return await run({ key, store: { ...store, read } }, change, policy, signal);
  };
};

/** Knows a record by its name alone, so that everybody's updates go through the first one's store. */
export const sharingStores: Implementation = (surroundings) => {
  const run = right(surroundings);
  return async ({ key, store }, change, policy, signal) => {
    const known = storesOf(surroundings.clock);
    if (!known.has(key)) known.set(key, store);
    return await run({ key, store: known.get(key) ?? store }, change, policy, signal);
  };
};

/** All clients of a run live on one clock. */
const sharedStores = new WeakMap<Clock, Map<string, Store<Content>>>();

function storesOf(clock: Clock): Map<string, Store<Content>> {
  const stores = sharedStores.get(clock) ?? new Map<string, Store<Content>>();
  sharedStores.set(clock, stores);
  return stores;
}

/** Looks at the signal after it has committed. */
export const reportingCommittedAsCancelled: Implementation = (surroundings) => {
  const run = right(surroundings);
  return async (target, change, policy, signal) => {
    const result = await run(target, change, policy, signal);
    if (signal?.aborted) throw cancelled();
    return result;
  };
};

/** Lets its caller go at once, but not its update. */
export const workingOnForNobody: Implementation = (surroundings) => {
  const run = right(surroundings);
  return async (target, change, policy, signal) => {
    const gone = Promise.withResolvers<never>();
    signal?.addEventListener('abort', () => {
      gone.reject(new UpdateError('', 'indeterminate', NOTHING_DONE, undefined));
    });
    return await Promise.race([run(target, change, policy), gone.promise]);
  };
};

const NOTHING_DONE = { attempts: 0, conflicts: 0, waitedMs: 0, elapsedMs: 0 };

function cancelled(): UpdateError {
  return new UpdateError('', 'cancelled', NOTHING_DONE, undefined);
}
