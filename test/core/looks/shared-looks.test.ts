import { describe, expect, it } from '@jest/globals';

import { snapshotOf } from '../cycle/cycle-context';
import { endOf } from '../cycle/updating';
import { partsOf } from '../evidence/log-of-one-record';
import { BEFORE, looking, sharedReads } from './looking';

const BOTH = { a: '1', b: '8' };

describe('Looks at a record that is read with others', () => {
  it('show what others have read, too', async () => {
    const { followers, reads } = sharedReads();
    const { accepted, join } = looking({ versioned: false, sharedReads: reads });
    const update = accepted(join(), { a: '1' });
    for (const onRead of followers) {
      onRead({ snapshot: snapshotOf({ a: '1', b: '7' }, null), sentAt: 0, answeredAt: 0 });
    }
    expect(await endOf(update)).toBe('written');
    expect((await update.result).snapshot.parts).toEqual(partsOf({ a: '1', b: '7' }));
  });

  it('follow those as long as anybody waits', () => {
    const { followers, reads } = sharedReads();
    const { accepted, join, looks } = looking({ versioned: false, sharedReads: reads });
    const [one, other] = [accepted(join(), { a: '1' }), accepted(join(), { b: '8' })];
    expect(followers.size).toBe(1);
    looks.delete(one);
    expect(followers.size).toBe(1);
    looks.delete(other);
    expect(followers.size).toBe(0);
  });

  it('are begun together', async () => {
    let sent = 0;
    const { reads } = sharedReads();
    const { accepted, clock, context, join, looks, looksAt } = looking({
      versioned: false,
      sharedReads: reads,
      read: async () => {
        sent++;
        return await Promise.withResolvers<never>().promise;
      },
    });
    const others = looksAt(context);
    const update = accepted(join(), { a: '1' });
    accepted(join(), { b: '8' });
    others.add(update);
    expect(looks.beginsAt).toBe(250);
    looks.begin();
    expect(sent).toBe(0);
    await clock.run(clock.sleep(250));
    looks.begin();
    expect(sent).toBe(2);
  });

  it('get no permit of their own, and those who wait do so until the read is sent', async () => {
    let permits = 0;
    const { reads } = sharedReads();
    const { accepted, clock, join, looks } = looking({
      versioned: false,
      sharedReads: reads,
      admission: {
        closed: () => undefined,
        permit: async () => {
          permits++;
          return await Promise.resolve({ waitedMs: 0, use: () => undefined, giveBack: () => 0 });
        },
      },
      read: async ({ onSent }) => {
        await clock.sleep(100);
        onSent?.();
        await clock.sleep(40);
        return snapshotOf(BEFORE, null);
      },
    });
    const update = accepted(join(), BOTH);
    update.progress.beginWait();
    await clock.run(looks.look());
    expect(update.progress.story()).toMatchObject({ waitedMs: 100, elapsedMs: 140 });
    expect(permits).toBe(0);
  });
});
