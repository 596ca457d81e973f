import { describe, expect, it } from '@jest/globals';

import { JoinedLooks, type JointLooks } from '../../../core/looks/joint-looks';
import { Registry } from '../../../core/registry';
import type { SharedReads, TimedSnapshot } from '../../../core/store';
import { VirtualClock } from '../virtual-clock';

const READ: TimedSnapshot<null> = {
  snapshot: { parts: new Map([['a', 'new']]), version: null, raw: null },
  sentAt: 10,
  answeredAt: 20,
};

/** Reads that are shared under a name, and whoever follows them. */
function sharedReads(name: string) {
  const followers = new Set<(timed: TimedSnapshot<null>) => void>();
  const reads: SharedReads<null> = {
    name,
    follow: (onRead) => {
      followers.add(onRead);
      return () => followers.delete(onRead);
    },
  };
  const answer = () => {
    for (const onRead of followers) onRead(READ);
  };
  return { answer, reads };
}

function setUp() {
  const clock = new VirtualClock();
  const registry = new Registry<JointLooks>(clock);
  /** Somebody who looks, says when, and keeps what others have read. */
  const join = (reads: SharedReads<null>, dueAt: number) => {
    const looked: number[] = [];
    const heard: TimedSnapshot<null>[] = [];
    const looker = {
      dueAt,
      slackMs: 0,
      latestAt: Infinity,
      othersCome: false,
      look: async () => {
        looked.push(clock.now());
        await Promise.resolve();
      },
    };
    const joined = new JoinedLooks(registry, reads, looker, (timed) => heard.push(timed));
    return { heard, joined, looked };
  };
  return { clock, join, registry };
}

describe('Records that the same read shows', () => {
  it('are looked at together', () => {
    const { join } = setUp();
    const one = join(sharedReads('all').reads, 700);
    const other = join(sharedReads('all').reads, 760);
    expect([one.joined.dueAt, other.joined.dueAt]).toEqual([760, 760]);
    one.joined.look(760);
    expect([one.looked, other.looked]).toEqual([[0], [0]]);
  });

  it('are looked at apart from those that another read shows', () => {
    const { join } = setUp();
    const one = join(sharedReads('all').reads, 700);
    const other = join(sharedReads('others').reads, 760);
    expect([one.joined.dueAt, other.joined.dueAt]).toEqual([700, 760]);
    one.joined.look(760);
    expect([one.looked, other.looked]).toEqual([[0], []]);
  });

  it('are shown what others have read, until nobody waits to see something of them', () => {
    const { answer, reads } = sharedReads('all');
    const { heard, joined } = setUp().join(reads, 700);
    answer();
    expect(heard).toEqual([READ]);
    joined.leave();
    answer();
    expect(heard).toEqual([READ]);
  });

  it('are not looked at, nor waited for, when nobody waits any more to see something of them', () => {
    const { join } = setUp();
    const { reads } = sharedReads('all');
    const [one, other] = [join(reads, 700), join(reads, 760)];
    other.joined.leave();
    expect(one.joined.dueAt).toBe(700);
    one.joined.look(760);
    expect(other.looked).toEqual([]);
  });

  it('are forgotten when nobody waits any more to see something of any', () => {
    const { join, registry } = setUp();
    const { reads } = sharedReads('all');
    const [one, other] = [join(reads, 700), join(reads, 760)];
    one.joined.leave();
    expect(registry.values).toHaveLength(1);
    other.joined.leave();
    expect(registry.values).toEqual([]);
  });

  it('are looked at some time after the latest look also by those who come to wait later', async () => {
    const { clock, join, registry } = setUp();
    const { reads } = sharedReads('all');
    const one = join(reads, 0);
    one.joined.look(0);
    one.joined.leave();
    const other = join(reads, 1);
    expect(other.joined.dueAt).toBe(50);
    other.joined.leave();
    await clock.run(clock.sleep(50));
    expect(registry.values).toEqual([]);
  });
});
