import { describe, expect, it } from '@jest/globals';

import { type Failure, type Permit, type Store, StoreError } from '../../../core';
import type { Reading } from '../../../core/cycle/reading';
import { Requests } from '../../../core/cycle/requests';
import type { VirtualClock } from '../virtual-clock';
import { type Member, setUp, snapshotOf } from './cycle-context';

const BEFORE = snapshotOf({ a: '0' }, 5);
const BASE: Reading<null> = {
  snapshot: BEFORE,
  shown: BEFORE.parts,
  source: 'read',
  sentAt: 0,
  answeredAt: 0,
};
const DELTA = new Map([['a', { from: '0', to: '1' }]]);

const conflict: Failure<null> = { kind: 'conflict', namesVersion: false };
const absent: Failure<null> = { kind: 'permanent', isAbsent: true };

/** For one request; says how many times it was given back. */
function permitOf(requests: number) {
  const permit = { waitedMs: 0, requests, givenBack: 0, use: () => () => undefined };
  return Object.assign(permit, {
    giveBack: () => {
      permit.givenBack++;
    },
  });
}

/** Some of one cycle, and a store whose writes fail in a way. */
function sending(
  store: (clock: () => VirtualClock) => Partial<Store<null>>,
  { members = 1, permit }: { members?: number; permit?: Permit } = {},
) {
  const world = setUp(store(() => world.clock));
  const updates: Member[] = Array.from({ length: members }, () => world.join());
  return { ...world, updates, requests: new Requests(updates, permit, world.context) };
}

const failing = (failure: Failure<null>, options?: ErrorOptions) => () => ({
  write: () => Promise.reject(new StoreError('no', failure, options)),
});

/** How a write fails. */
async function failureOf(task: Promise<unknown>): Promise<StoreError> {
  return await task.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: unknown) => error as StoreError,
  );
}

/** A cycle with a permit for its read alone; the one for its write takes 500 ms. */
function waitingForPermit() {
  const own = permitOf(1);
  const signals: (AbortSignal | undefined)[] = [];
  const world = sending(
    (clock) => ({
      admission: {
        closed: () => undefined,
        permit: async (_, signal) => {
          await clock().sleep(500, signal);
          return own;
        },
      },
      read: ({ signal }) => {
        signals.push(signal);
        return Promise.resolve(BEFORE);
      },
    }),
    { permit: permitOf(1) },
  );
  return { ...world, own, signals };
}

describe('A permit for the write alone', () => {
  it('is waited for, and that time counts as waiting', async () => {
    const { clock, requests, updates } = waitingForPermit();
    await requests.read();
    expect(await clock.run(requests.mayWrite())).toBe(false);
    await clock.run(clock.sleep(100));
    expect(updates[0]?.progress.story().waitedMs).toBe(500);
    expect(await requests.mayWrite()).toBe(true);
  });

  it('is given back where it was not used', async () => {
    const { clock, own, requests } = waitingForPermit();
    await requests.read();
    await clock.run(requests.mayWrite());
    requests.giveBack();
    expect(own.givenBack).toBe(1);
  });
});

describe('Giving up', () => {
  const waits: readonly [string, (requests: Requests<null, string>) => Promise<unknown>][] = [
    ['for a permit', (requests) => requests.mayWrite()],
    ['for some time', (requests) => requests.pause(500)],
  ];

  it.each(waits)('ends a wait %s', async (_, wait) => {
    const { clock, requests } = waitingForPermit();
    await requests.read();
    clock.at(100, () => {
      requests.giveUp();
    });
    await clock.run(wait(requests));
    expect(clock.now()).toBe(100);
  });

  it.each(waits)('ends nothing that comes after a wait %s', async (_, wait) => {
    const { clock, requests, signals } = waitingForPermit();
    await requests.read();
    await clock.run(wait(requests));
    requests.giveUp();
    await requests.read();
    expect(signals.map((signal) => signal?.aborted)).toEqual([false, false]);
  });
});

describe('A write to a record that is missing', () => {
  it('may pass where the record was written to just now', async () => {
    const cause = new Error('404');
    const { context, requests } = sending(failing(absent, { cause }));
    context.record.noteWrite();
    const error = await failureOf(requests.write(DELTA, BASE));
    expect(error.failure).toEqual({ kind: 'transient' });
    expect(error.cause).toBe(cause);
  });

  it('fails for good otherwise', async () => {
    const { requests } = sending(failing(absent));
    expect((await failureOf(requests.write(DELTA, BASE))).failure).toEqual(absent);
  });
});

describe('A conflict', () => {
  it('is counted by those who take part, and not by who waits for another cycle', async () => {
    const { requests, updates } = sending(failing(conflict), { members: 2 });
    updates[1]?.moveTo({ kind: 'waiting', notBefore: 0 });
    await failureOf(requests.write(DELTA, BASE));
    expect(updates.map(({ progress }) => progress.story().conflicts)).toEqual([1, 0]);
  });

  it('that carries the record saves a read, and tells its version', async () => {
    const current = snapshotOf({ a: '9' }, 7);
    const { clock, context, requests } = sending(failing({ ...conflict, current }));
    await failureOf(requests.write(DELTA, BASE));
    expect(context.record.newestVersion).toBe(7);
    expect(context.memory.takeSpare([], clock.now())).toMatchObject({
      snapshot: current,
      source: 'conflict',
    });
  });

  it.each([
    ['may be about what one of several writes', 2, { kind: 'permanent', aboutContent: true }],
    ['is what the only one fails with', 1, conflict],
  ])('that comes again on the same version %s', async (_, members, expected) => {
    const { clock, requests, updates } = sending(failing(conflict), { members });
    await failureOf(requests.write(DELTA, BASE));
    await clock.run(clock.sleep(2000));
    const error = await failureOf(requests.write(DELTA, BASE));
    expect(error.failure).toEqual(expected);
    expect(updates[0]?.phase.kind).toBe(members === 1 ? 'ended' : 'reading');
  });
});

describe('What others learn from a failure', () => {
  it.each<[string, Failure<null>, readonly string[]]>([
    ['a fault where it may pass', { kind: 'transient' }, ['fault']],
    ['a fault where its outcome is unknown', { kind: 'ambiguous' }, ['fault']],
    ['a fault where the server asks to wait', { kind: 'throttled', retryAfterMs: 1 }, ['fault']],
    ['a conflict where it is one', conflict, ['conflict']],
    ['nothing where it is for good', { kind: 'permanent' }, []],
    ['nothing where the leave to write has expired', { kind: 'expired' }, []],
  ])('is %s', async (_, failure, expected) => {
    const { observed, requests } = sending(failing(failure));
    await failureOf(requests.write(DELTA, BASE));
    expect(observed()).toEqual(expected);
  });
});
