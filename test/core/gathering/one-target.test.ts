import { describe, expect, it } from '@jest/globals';

import { type Delta, Lanes, type Store, strategies, type Target } from '../../../core';
import { seededRandom, VirtualClock } from '../virtual-clock';

describe('Updates of one target that come all the time', () => {
  const policy = {
    maxAttempts: 30,
    totalTimeoutMs: 30_000,
    requestTimeoutMs: 10_000,
    backoff: strategies.fixed({ baseMs: 10, maxMs: 10 }),
  };

  async function run(target?: Target, lagMs?: number) {
    const clock = new VirtualClock();
    const random = seededRandom(7);
    const lanes = new Lanes<null, null>({ clock, random });
    const record = { version: 0, parts: new Map<string, string>() };
    let requests = 0;
    const writes: number[] = [];
    const request = async () => {
      requests++;
      await clock.sleep(40);
    };
    const apply = (delta: Delta) => {
      record.parts = new Map(record.parts);
      for (const [name, { to }] of delta) if (to !== null) record.parts.set(name, to);
      record.version++;
    };
    const isVersioned = lagMs === undefined;
    const store: Store<null> = {
      versioned: isVersioned,
      read: async () => {
        await request();
        return { ...record, version: isVersioned ? record.version : null, raw: null };
      },
      write: async (delta) => {
        await request();
        writes.push(clock.now());
        if (isVersioned) {
          apply(delta);
          return {};
        }
        clock.at(clock.now() + lagMs, () => {
          apply(delta);
        });
        return { accepted: true };
      },
    };
    const located = { key: 'the record', store };
    const updates = Array.from({ length: 100 }, async (_, index) => {
      await clock.sleep(index * 50);
      const calledAt = clock.now();
      const name = index % 10 === 0 ? 'shared' : `own ${index}`;
      const { outcome, waitedMs } = await lanes.update(
        () => Promise.resolve(located),
        {
          idempotent: true,
          apply: ({ parts }) => ({
            kind: 'write',
            delta: new Map([[name, { from: parts.get(name) ?? null, to: `${index}` }]]),
            note: null,
          }),
        },
        policy,
        undefined,
        target,
      );
      return { outcome, waitedMs, tookMs: clock.now() - calledAt };
    });
    const all = await clock.run(Promise.all(updates));
    return { all, record, requests, writes };
  }

  it('take less than half of the requests, are all written, and the latest value stands', async () => {
    const gathered = await run({ name: 'the record' });
    const apart = await run();
    expect(gathered.all.map(({ outcome }) => outcome)).toEqual(gathered.all.map(() => 'written'));
    expect(gathered.record.parts.get('shared')).toBe('90');
    expect(gathered.record.parts.size).toBe(91);
    expect(gathered.requests).toBeLessThan(apart.requests / 2);
  });

  it('are forgotten a second after the last one', async () => {
    const timersAfter = async (target?: Target) => {
      const clock = new VirtualClock();
      const lanes = new Lanes<null, null>({ clock, random: seededRandom(7) });
      const store: Store<null> = {
        versioned: true,
        read: async () => await Promise.resolve({ parts: new Map(), version: 1, raw: null }),
        write: async () => await Promise.resolve({}),
      };
      const change = {
        idempotent: true,
        apply: () => ({ kind: 'unchanged', note: null, restsOn: [] }) as const,
      };
      const locate = async () => await Promise.resolve({ key: 'the record', store });
      await clock.run(lanes.update(locate, change, policy, undefined, target));
      const before = clock.pending;
      await clock.run(clock.sleep(1000));
      return [before, clock.pending];
    };
    expect(await timersAfter()).toEqual([0, 0]);
    expect(await timersAfter({ name: 'the record' })).toEqual([1, 0]);
  });

  it('are told how long they have waited', async () => {
    const { all } = await run({ name: 'the record' });
    const most = Math.max(...all.map(({ waitedMs }) => waitedMs));
    expect(most).toBeGreaterThan(90);
    // A cycle of 80 ms before it, 250 ms for others, and its own cycle.
    expect(Math.max(...all.map(({ tookMs }) => tookMs))).toBeLessThanOrEqual(80 + 250 + 80);
  });

  it('are not held up by those before them that are accepted, and only wait to be seen', async () => {
    const { all, writes } = await run({ name: 'the record' }, 2000);
    expect(all.map(({ outcome }) => outcome)).toEqual(all.map(() => 'written'));
    const apart = writes.slice(1).map((at, index) => at - (writes[index] ?? 0));
    // A cycle of 80 ms, and 250 ms for others; one that waits to be seen would make it 500.
    expect(Math.max(...apart.slice(3))).toBeLessThanOrEqual(80 + 250 + 50);
  });
});
