import { describe, expect, it } from '@jest/globals';

import { NONE_YET } from '../../../core/store';
import { snapshotOf } from '../cycle/cycle-context';
import { endOf } from '../cycle/updating';
import { partsOf } from '../evidence/log-of-one-record';
import { BEFORE, looking } from './looking';

type Texts = Readonly<Record<string, string>>;

describe('A read that is shown to those who wait for a write that was taken', () => {
  it.each([
    ['ends them where it shows the next version', 5, 6, 'written'],
    ['ends them where it shows a later version', 5, 9, 'written'],
    ['tells nothing where it shows the version from before', 5, 5, 'confirming'],
    ['tells nothing where it shows no version', 5, null, 'confirming'],
    [
      'tells nothing of a record that was made where it shows no version',
      NONE_YET,
      null,
      'confirming',
    ],
  ])('%s', async (_, before, version, expected) => {
    const { clock, join, looks, read, taken } = looking();
    const base = snapshotOf(before === NONE_YET ? {} : BEFORE, before);
    const update = taken(join(), { a: '1' }, { base });
    await clock.run(clock.sleep(1000));
    looks.show(read(snapshotOf({ ...BEFORE, a: '1' }, version)));
    expect(await endOf(update)).toBe(expected);
  });

  it('tells nothing where it was sent before the write was taken', async () => {
    const { join, looks, read, taken } = looking();
    const update = taken(join(), { a: '1' });
    looks.show({ ...read(snapshotOf({ ...BEFORE, a: '1' }, 6)), sentAt: -1 });
    expect(await endOf(update)).toBe('confirming');
  });

  it('tells what the server has made of it, which nobody takes for a change by others', async () => {
    const { commits, join, looks, read, taken } = looking();
    const update = taken(join(), { a: ' 1 ' });
    looks.show(read(snapshotOf({ ...BEFORE, a: '2' }, 6)));
    expect(await update.result).toMatchObject({
      outcome: 'written',
      altered: new Map([['a', { wanted: ' 1 ', stored: '2' }]]),
    });
    expect(commits.at(-1)).toEqual([
      partsOf({ ...BEFORE, a: ' 1 ' }),
      partsOf({ ...BEFORE, a: '2' }),
    ]);
  });

  it('lets them write anew where the store says that some is left undone', async () => {
    const { join, looks, read, taken } = looking({ leftUndone: () => true });
    const update = taken(join(), { b: null });
    looks.show(read(snapshotOf(BEFORE, 6)));
    expect(await endOf(update)).toBe('waiting');
  });
});

describe('A read that is shown to those who wait for what was accepted without a version', () => {
  /** What is told as gone where a read shows this, and with it what this process has written unseen. */
  const goneIn = async (shown: Texts, unseen: Texts = {}) => {
    const { accepted, clock, join, looks, read } = looking();
    const updates = [accepted(join(), { a: '1' }), accepted(join(), { a: '1' })];
    await clock.run(clock.sleep(1000));
    looks.show({ ...read(snapshotOf({ ...shown, ...unseen }, null)), shown: partsOf(shown) });
    return await Promise.all(updates.map(async ({ result }) => (await result).gone));
  };

  it('tells what was there before, and is gone since', async () => {
    expect(await goneIn({ a: '1' })).toEqual([new Set(['b']), new Set(['b'])]);
    expect(await goneIn({ a: '1', b: '' })).toEqual([undefined, undefined]);
  });

  it('tells nothing of what this process has removed since, also where nobody knows whether it has', async () => {
    const { accepted, clock, context, join, looks, read } = looking();
    const update = accepted(join(), { a: '1' });
    context.record.own.noteSent(new Map([['b', { from: '7', to: null }]]), null);
    await clock.run(clock.sleep(1000));
    looks.show(read(snapshotOf({ a: '1' }, null)));
    expect((await update.result).gone).toBeUndefined();
  });

  it('tells nothing of what this process has written itself and no read shows yet', async () => {
    expect(await goneIn({ a: '1' }, { b: '7' })).toEqual([undefined, undefined]);
  });
});

describe('A look at what was accepted under a version', () => {
  it('fails those whose write was dropped for that of somebody else, by the time of the read', async () => {
    const { clock, failed, join, looks, taken } = looking({
      read: async () => {
        await clock.sleep(40);
        return snapshotOf({ ...BEFORE, b: '9' }, 6);
      },
    });
    const update = taken(join(), { a: '1' }, { accepted: true });
    await clock.run(looks.look());
    expect(failed).toEqual([
      {
        updates: [update],
        error: expect.objectContaining({ failure: { kind: 'conflict', namesVersion: false } }),
        read: { sentAt: 0, answeredAt: 40 },
      },
    ]);
    expect(update.progress.story().conflicts).toBe(1);
  });
});
