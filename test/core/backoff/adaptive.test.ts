import { describe, expect, it } from '@jest/globals';

import { type Backoff, strategies } from '../../../core';
import { update } from '../alone';
import { type Content, ModelRecord } from '../model-record';
import { seededRandom, VirtualClock } from '../virtual-clock';

const bounds = { baseMs: 100, maxMs: 5000 };

/** A writer that reads at `at` and meets a conflict, both with round trips of 20 ms. */
function cycle(
  backoff: Backoff,
  at: number,
  version: number | null,
  contentMoved: boolean,
): Backoff {
  return backoff
    .observe({ kind: 'read', sentAt: at, answeredAt: at + 20, version, contentMoved })
    .observe({ kind: 'conflict', sentAt: at + 20, answeredAt: at + 40 });
}

const longest = (backoff: Backoff) => backoff.delay(() => 1);

describe('Adaptive', () => {
  it('waits for an assumed crowd after the first conflict, in proportion to the round trip', () => {
    const near = cycle(strategies.adaptive(bounds), 0, 1, false);
    expect(longest(near)).toBeCloseTo(2 * ((10 - 3) / 1.5 - 2) * 20);
    expect(near.delay(() => 0)).toBe(0);
    const far = strategies
      .adaptive(bounds)
      .observe({ kind: 'read', sentAt: 0, answeredAt: 200, version: 1, contentMoved: false })
      .observe({ kind: 'conflict', sentAt: 200, answeredAt: 400 });
    expect(longest(far)).toBeCloseTo(10 * longest(near));
  });

  it('waits longer where the record is busier than thought', () => {
    const first = cycle(strategies.adaptive(bounds), 0, 1, false);
    const crowded = cycle(first, 140, 8, true);
    expect(longest(crowded)).toBeGreaterThan(longest(first));
  });

  it('stops waiting where only the version moved: churn does not yield', () => {
    const first = cycle(strategies.adaptive(bounds), 0, 1, false);
    const churned = cycle(first, 140, 8, false);
    expect(longest(churned)).toBe(0);
  });

  it('waits again when others come after the churn', () => {
    let backoff = cycle(strategies.adaptive(bounds), 0, 1, false);
    backoff = cycle(backoff, 140, 8, false);
    let version = 8;
    for (let at = 180; at < 1000; at += 40) {
      version += 3;
      backoff = cycle(backoff, at, version, true);
    }
    expect(longest(backoff)).toBeGreaterThan(0);
  });

  it('falls back to full jitter from the base delay where there is no version to learn from', () => {
    let backoff: Backoff = strategies.adaptive(bounds);
    const ceilings = [0, 1, 2].map((count) => {
      backoff = cycle(backoff, count * 100, null, true);
      return longest(backoff);
    });
    expect(ceilings).toEqual([100, 200, 400]);
  });

  it('answers faults with full jitter from the base delay, whatever the crowd', () => {
    let backoff = cycle(strategies.adaptive(bounds), 0, 1, false);
    const ceilings = [0, 1, 2, 3].map(() => {
      backoff = backoff.observe({ kind: 'fault' });
      return longest(backoff);
    });
    expect(ceilings).toEqual([100, 200, 400, 800]);
  });

  it('waits less where there was room that nobody used', () => {
    const first = cycle(strategies.adaptive(bounds), 0, 1, false);
    const idle = cycle(first, 200, 2, true);
    expect(longest(idle)).toBeLessThan(longest(first) / 2);
  });

  it('never waits longer than 80 round trips, however big the crowd', () => {
    let backoff = cycle(strategies.adaptive({ baseMs: 100, maxMs: 3_600_000 }), 0, 1, false);
    for (let turn = 1; turn < 6; turn++) backoff = cycle(backoff, turn * 60, turn * 500, true);
    expect(longest(backoff)).toBeCloseTo(80 * 20);
  });

  it('never waits longer than the cap', () => {
    let backoff: Backoff = strategies.adaptive({ baseMs: 100, maxMs: 70 });
    for (let turn = 0; turn < 5; turn++) {
      backoff = cycle(backoff, turn * 200, turn * 50, true);
      expect(longest(backoff)).toBeLessThanOrEqual(70);
    }
  });
});

/** `writers` start together, each with a field of its own; how many writes and how long until all are in. */
async function herd(
  writers: number,
  strategy: (typeof strategies)[keyof typeof strategies],
  seed: number,
): Promise<{ writes: number; makespanMs: number }> {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock);
  const tasks = Array.from({ length: writers }, async (_, index) => {
    const random = seededRandom(seed * 1000 + index);
    await clock.sleep(random());
    await update<Content, null>(
      record.store(),
      {
        idempotent: true,
        apply: ({ state }) => ({ kind: 'write', next: { ...state, [index]: 1 }, report: null }),
        shown: () => 'nothing',
        merge: (_, later) => later,
      },
      {
        maxAttempts: 1000,
        totalTimeoutMs: 600_000,
        requestTimeoutMs: 10_000,
        backoff: strategy({ baseMs: 5, maxMs: 2000 }),
      },
      { clock, random },
    );
  });
  await clock.run(Promise.all(tasks));
  expect(Object.keys(record.content)).toHaveLength(writers);
  return { writes: record.writes, makespanMs: clock.now() };
}

describe('A herd of writers', () => {
  it.each([10, 40])(
    'of %i gets through with fewer writes than under full jitter, and no later',
    async (writers) => {
      const total = { adaptive: [0, 0], fullJitter: [0, 0] };
      for (let seed = 1; seed <= 20; seed++) {
        for (const name of ['adaptive', 'fullJitter'] as const) {
          const { writes, makespanMs } = await herd(writers, strategies[name], seed);
          total[name] = [(total[name][0] ?? 0) + writes, (total[name][1] ?? 0) + makespanMs];
        }
      }
      const [writes = 0, makespan = 0] = total.adaptive;
      const [writesOfJitter = 0, makespanOfJitter = 0] = total.fullJitter;
      expect(writes / writesOfJitter).toBeLessThan(0.9);
      expect(makespan / makespanOfJitter).toBeLessThan(1.1);
    },
  );
});

describe('A pause after a fault', () => {
  it('is not taken for idle time: the crowd has waited too', () => {
    const first = cycle(strategies.adaptive(bounds), 0, 1, false);
    const paused = first.observe({ kind: 'fault' });
    expect(longest(cycle(paused, 2000, 3, true))).toBeCloseTo(longest(first));
  });

  it('does not make a herd give up', async () => {
    const clock = new VirtualClock();
    const record = new ModelRecord(clock, {
      roundTripMs: 30,
      // Everybody who reads within a second is told to wait.
      reads: Array.from({ length: 160 }, (_, index) =>
        index < 80
          ? undefined
          : {
              kind: 'answer' as const,
              failure: { kind: 'throttled' as const, retryAfterMs: 1000 },
            },
      ),
    });
    const writers = Array.from({ length: 80 }, (_, index) => index);
    const results = await clock.run(
      Promise.all(
        writers.map(
          async (index) =>
            await update<Content, null>(
              record.store(),
              {
                idempotent: true,
                apply: ({ state }) => ({
                  kind: 'write',
                  next: { ...state, [index]: 1 },
                  report: null,
                }),
                shown: () => 'nothing',
                merge: (_, later) => later,
              },
              {
                maxAttempts: 60,
                totalTimeoutMs: 60_000,
                requestTimeoutMs: 10_000,
                backoff: strategies.adaptive(bounds),
              },
              { clock, random: seededRandom(index) },
            ),
        ),
      ),
    );
    const attempts = results.reduce((sum, result) => sum + result.attempts, 0) / writers.length;
    expect(attempts).toBeLessThan(12);
  });
});
