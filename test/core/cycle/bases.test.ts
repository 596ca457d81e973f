import { describe, expect, it } from '@jest/globals';

import type { StoreError } from '../../../core';
import { Bases } from '../../../core/cycle/bases';
import { Requests } from '../../../core/cycle/requests';
import type { Snapshot } from '../../../core/store';
import { type Member, setUp as setUpCycle, snapshotOf } from './cycle-context';

/** One cycle of a record whose reads show these versions, and then the last of them. */
function setUp(versions: readonly (number | null)[] = [], join?: readonly { isLate?: boolean }[]) {
  const left = [...versions];
  let reads = 0;
  const read = (): Promise<Snapshot<null>> => {
    reads++;
    const [version = null] = left.length > 1 ? left.splice(0, 1) : left;
    return Promise.resolve(snapshotOf({ a: String(version) }, version));
  };
  const world = setUpCycle({ read });
  const { clock, context } = world;
  const updates: Member[] = (join ?? [{}]).map((one, index) =>
    world.join({ ...one, totalTimeoutMs: index === 0 ? 10_000 : 200 }),
  );
  const bases = new Bases(updates, new Requests(updates, undefined, context), context);
  return {
    ...world,
    bases,
    updates,
    reads: () => reads,
    /** A conflict has said that the record has moved on from this version, long enough ago to believe a read again. */
    overtake: async (version: number) => {
      context.record.noteConflict(version, true, '409');
      await clock.run(clock.sleep(2000));
    },
  };
}

describe('A snapshot in place of a read', () => {
  /** A read that came while the record was found. */
  function spare(bases: ReturnType<typeof setUp>, version: number) {
    const now = bases.clock.now();
    const base = { snapshot: snapshotOf({ a: '0' }, version), sentAt: now, answeredAt: now };
    bases.context.memory.spareRead({ ...base, source: 'read' }, 1000);
    return bases.bases.spare();
  }

  it('is as good as that', () => {
    expect(spare(setUp(), 5)).toMatchObject({ source: 'read', snapshot: { version: 5 } });
  });

  it('is none where it is behind', () => {
    const world = setUp();
    world.context.record.noteVersion(6);
    expect(spare(world, 5)).toBeUndefined();
  });

  it('does for one try where a conflict has said that the record has moved on', async () => {
    const world = setUp();
    await world.overtake(5);
    expect(spare(world, 5)).toMatchObject({ source: 'overtaken', snapshot: { version: 5 } });
  });
});

describe('A read', () => {
  it('that is behind is followed by one after each wait, though timers go off a little early', async () => {
    const { bases, clock, context, reads } = setUp([4, 4, 4, 5]);
    const sleep = clock.sleep.bind(clock);
    clock.sleep = async (ms, signal) => {
      await sleep(Math.max(0, ms - 0.5), signal);
    };
    context.record.noteVersion(5);
    await clock.run(bases.read());
    expect(reads()).toBe(4);
    expect(clock.now()).toBeGreaterThan(250 + 375 + 562 - 3);
  });

  it('is shown to all who wait to see something, and tells the version', async () => {
    const { bases, clock, context, readings } = setUp([5]);
    const reading = await clock.run(bases.read());
    expect(reading).toMatchObject({ source: 'read', snapshot: { version: 5 } });
    expect(readings).toEqual([reading]);
    expect(context.record.newestVersion).toBe(5);
  });

  it('does for one try where a conflict has said that the record has moved on', async () => {
    const { bases, clock, overtake } = setUp([5]);
    await overtake(5);
    expect(await clock.run(bases.read())).toMatchObject({
      source: 'overtaken',
      snapshot: { version: 5 },
    });
  });

  it('comes again after that try, until it shows something newer', async () => {
    const { bases, clock, overtake, reads } = setUp([5, 5, 6]);
    await overtake(5);
    expect(await clock.run(bases.read(snapshotOf({}, 5)))).toMatchObject({
      source: 'read',
      snapshot: { version: 6 },
    });
    expect(reads()).toBe(3);
  });

  it('that is newer but overtaken as well does for one more try', async () => {
    const { bases, clock, overtake } = setUp([7]);
    await overtake(7);
    expect(await clock.run(bases.read(snapshotOf({}, 5)))).toMatchObject({
      source: 'overtaken',
      snapshot: { version: 7 },
    });
  });

  it('without a version, where writes need one, is a failure that says so', async () => {
    const { bases, clock } = setUp([null]);
    const error = await clock.run(bases.read()).catch((reason: unknown) => reason);
    expect((error as StoreError).failure).toEqual({ kind: 'permanent', lacksVersion: true });
  });

  it('ends updates whose time is up, also where their timers are late', async () => {
    const { bases, clock, overtake, updates } = setUp([5, 6], [{}, { isLate: true }]);
    await overtake(5);
    await clock.run(bases.read(snapshotOf({}, 5)));
    expect(updates.map(({ phase }) => phase.kind)).toEqual(['reading', 'ended']);
  });
});
