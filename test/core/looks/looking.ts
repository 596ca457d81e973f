import type { RoundTrip } from '../../../core/backoff/backoff';
import { Outcomes } from '../../../core/cycle/outcomes';
import { Looks } from '../../../core/looks/looks';
import type { SharedReads, Snapshot, Store, TimedSnapshot } from '../../../core/store';
import { type Member, setUp, snapshotOf } from '../cycle/cycle-context';
import type { Values } from '../evidence/log-of-one-record';

export const BEFORE = { a: '0', b: '7' };

/** Which updates were told of a failure, which one, and by which read. */
interface Failed {
  readonly updates: readonly Member[];
  readonly error: unknown;
  readonly read: RoundTrip | undefined;
}

/** Looks at one record, for updates whose writes were taken or accepted. */
export function looking(store: Partial<Store<null>> = {}) {
  const world = setUp(store);
  const { context, join, writing } = world;
  const outcomes = new Outcomes(context);
  const failed: Failed[] = [];
  let over = 0;
  const looksAt = (at: typeof context) =>
    new Looks<null, string>(at, {
      failed: (updates, error, read) => failed.push({ updates, error, read }),
      looked: () => over++,
    });
  const looks = looksAt(context);

  /** It waits to see a write that was taken, from version 5 unless told otherwise. */
  const taken = (
    update: Member,
    values: Values,
    { accepted = false, base = snapshotOf(BEFORE, 5) } = {},
  ): Member => {
    outcomes.taken(
      writing(base, [[update, values]]),
      accepted ? { accepted: true } : { snapshot: base },
    );
    looks.add(update);
    return update;
  };

  /** It waits to see a write that was accepted, to a record without versions. */
  const accepted = (update: Member, values: Values): Member => {
    const write = writing(snapshotOf(BEFORE, null), [[update, values]]);
    outcomes.accepted(write, context.log.noteAccepted(write.sending));
    looks.add(update);
    return update;
  };

  const read = (snapshot: Snapshot<null>) => {
    const now = world.clock.now();
    return {
      snapshot,
      shown: snapshot.parts,
      source: 'read',
      sentAt: now,
      answeredAt: now,
    } as const;
  };

  return {
    ...world,
    accepted,
    failed,
    join,
    looks,
    looksAt,
    read,
    taken,
    /** How many looks are over. */
    get over() {
      return over;
    },
  };
}

/** Reads that others send, too. */
export function sharedReads() {
  const followers = new Set<(timed: TimedSnapshot<null>) => void>();
  const reads: SharedReads<null> = {
    name: 'all',
    follow: (onRead) => {
      followers.add(onRead);
      return () => followers.delete(onRead);
    },
  };
  return { followers, reads };
}
