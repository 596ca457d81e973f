import { describe, expect, it } from '@jest/globals';

import { type Failure, type Permit, type Snapshot, StoreError } from '../../../core/store';
import { snapshotOf } from '../cycle/cycle-context';
import { endOf } from '../cycle/updating';
import { BEFORE, looking } from './looking';

const AFTER = { a: '1', b: '7' };

/** What a read is answered with, later. */
function answer() {
  const { promise, resolve, reject } = Promise.withResolvers<Snapshot<null>>();
  return { read: () => promise, resolve, reject };
}

const failing = (failure: Failure<unknown>) => () => Promise.reject(new StoreError('No.', failure));

describe('A look', () => {
  it('is on its way until it is answered, and no other is due meanwhile', async () => {
    const { read, resolve } = answer();
    const world = looking({ read });
    const { join, looks, taken } = world;
    taken(join({ totalTimeoutMs: 1000 }), { a: '1' });
    expect([looks.areSent, looks.dueAt, looks.beginsAt, looks.latestAt]).toEqual([
      false,
      0,
      0,
      500,
    ]);
    looks.begin();
    expect([looks.areSent, looks.dueAt, looks.beginsAt, looks.latestAt]).toEqual([
      true,
      Infinity,
      Infinity,
      Infinity,
    ]);
    expect(world.over).toBe(0);
    resolve(snapshotOf(BEFORE, 5));
    await world.clock.run(world.clock.sleep(1));
    expect(world.over).toBe(1);
    expect([looks.areSent, looks.dueAt, looks.slackMs]).toEqual([false, 375, 0.15 * 375]);
  });

  it('ends all whose writes it shows, and fails nobody', async () => {
    const { failed, join, looks, taken } = looking({
      read: async () => await Promise.resolve(snapshotOf(AFTER, 6)),
    });
    const update = taken(join(), { a: '1' });
    await looks.look();
    expect(await endOf(update)).toBe('written');
    expect(failed).toEqual([]);
  });

  it('tells which version the record has', async () => {
    const { context, join, looks, taken } = looking({
      read: async () => await Promise.resolve(snapshotOf(AFTER, 8)),
    });
    taken(join(), { a: '1' });
    await looks.look();
    expect(context.record.newestVersion).toBe(8);
  });

  it.each<[string, Failure<unknown>, boolean, boolean]>([
    ['fails for good', { kind: 'permanent' }, false, true],
    ['fails for good though the record was just written to', { kind: 'permanent' }, true, true],
    ['finds no record', { kind: 'permanent', isAbsent: true }, false, true],
    [
      'misses a record that was just written to',
      { kind: 'permanent', isAbsent: true },
      true,
      false,
    ],
    ['fails in passing', { kind: 'transient' }, false, false],
  ])(
    'that %s: those who wait are told only where that is final',
    async (_, failure, isNew, told) => {
      const { context, failed, join, looks, taken } = looking({ read: failing(failure) });
      const update = taken(join(), { a: '1' });
      if (isNew) context.record.noteWrite();
      await looks.look();
      expect(failed.map(({ updates }) => updates)).toEqual(told ? [[update]] : []);
    },
  );

  it('comes no earlier than the server asks for', async () => {
    const { join, looks, taken } = looking({
      read: failing({ kind: 'throttled', retryAfterMs: 3000 }),
    });
    taken(join(), { a: '1' });
    await looks.look();
    expect(looks.dueAt).toBe(3000);
  });

  it('that succeeds makes up for one that was throttled', async () => {
    let read: () => Promise<Snapshot<null>> = failing({ kind: 'throttled', retryAfterMs: 3000 });
    const { join, looks, taken } = looking({ read: () => read() });
    const update = taken(join(), { a: '1' });
    await looks.look();
    expect(update.delayMs(0)).toBe(3100);
    read = async () => await Promise.resolve(snapshotOf(BEFORE, 5));
    await looks.look();
    expect(update.delayMs(0)).toBe(100);
  });

  it('that fails is not told of at the end where somebody else has read since', async () => {
    const { clock, join, looks, read, taken } = looking({ read: failing({ kind: 'transient' }) });
    const update = taken(join({ totalTimeoutMs: 2000 }), { a: '1' });
    await looks.look();
    looks.show(read(snapshotOf(BEFORE, 5)));
    await clock.run(clock.sleep(2000));
    await expect(update.result).rejects.toMatchObject({ lastFailure: undefined });
  });

  it('fails nobody who has begun to wait for something else meanwhile', async () => {
    const { read, reject } = answer();
    const { failed, join, looks, taken } = looking({ read });
    const [one, other] = [taken(join(), { a: '1' }), taken(join(), { b: '8' })];
    const look = looks.look();
    taken(other, { b: '9' });
    reject(new StoreError('No.', { kind: 'permanent' }));
    await look;
    expect(failed.map(({ updates }) => updates)).toEqual([[one]]);
  });

  it('is not made for those who were told while it waited for its permit, which is given back', async () => {
    const permit = Promise.withResolvers<Permit>();
    let given = 0;
    const world = looking({
      admission: { closed: () => undefined, permit: async () => await permit.promise },
    });
    const { looks, read, taken } = world;
    const update = taken(world.join(), { a: '1' });
    const look = looks.look();
    looks.show(read(snapshotOf(AFTER, 6)));
    permit.resolve({ waitedMs: 0, use: () => undefined, giveBack: () => given++ });
    await look;
    expect(await endOf(update)).toBe('written');
    expect([given, world.over, world.failed]).toEqual([1, 1, []]);
  });

  it('ends early when nobody waits any more, and not before', async () => {
    let signal: AbortSignal | undefined;
    const { clock, join, looks, taken } = looking({
      read: (limits) => {
        ({ signal } = limits);
        return answer().read();
      },
    });
    const [one, other] = [taken(join(), { a: '1' }), taken(join(), { b: '8' })];
    looks.begin();
    await clock.run(clock.turn());
    looks.delete(one);
    looks.abandon();
    expect(signal?.aborted).toBe(false);
    looks.delete(other);
    looks.abandon();
    expect(signal?.aborted).toBe(true);
  });

  it('is met by others where they are about to read the record of any who wait', () => {
    const { join, looks, taken } = looking();
    taken(join(), { a: '1' });
    expect(looks.othersCome).toBe(false);
    taken(join({ othersCome: true }), { b: '8' });
    expect(looks.othersCome).toBe(true);
  });
});
