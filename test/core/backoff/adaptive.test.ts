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
const shortest = (backoff: Backoff) => backoff.delay(() => 0);

/** A writer that has met two conflicts, which is when it begins to wait for a crowd. */
function contended(): Backoff {
  return cycle(cycle(strategies.adaptive(bounds), 0, 1, false), 40, 2, true);
}

describe('Adaptive', () => {
  it('goes at once or stands back after the first conflict, as a coin says', () => {
    const near = cycle(strategies.adaptive(bounds), 0, 1, false);
    expect([0, 0.49].map((roll) => near.delay(() => roll))).toEqual([0, 0]);
    expect([0.5, 0.75, 1].map((roll) => near.delay(() => roll))).toEqual([17.5, 35, 52.5]);
  });

  it('waits in proportion to the round trip', () => {
    const far = strategies
      .adaptive(bounds)
      .observe({ kind: 'read', sentAt: 0, answeredAt: 200, version: 1, contentMoved: false })
      .observe({ kind: 'conflict', sentAt: 200, answeredAt: 400 });
    expect(far.delay(() => 0.75)).toBeCloseTo(350);
  });

  it('waits for the crowd that it assumes after the second conflict, give or take a half', () => {
    const mean = ((10 - 3) / 1.65 - 2) * 20;
    expect(shortest(contended())).toBeCloseTo(0.5 * mean);
    expect(longest(contended())).toBeCloseTo(1.5 * mean);
  });

  it('waits longer where the record is busier than thought', () => {
    expect(longest(cycle(contended(), 140, 6, true))).toBeGreaterThan(longest(contended()));
  });

  it('waits less where there was room that nobody used', () => {
    expect(longest(cycle(contended(), 200, 3, true))).toBeLessThan(longest(contended()) / 2);
  });

  it('waits no more once everybody has overtaken it', () => {
    let backoff = contended();
    let version = 2;
    // One commit in 1.6 round trips is what the load aims at: the estimate stands.
    for (let at = 112; at < 500; at += 32) backoff = cycle(backoff, at, ++version, true);
    expect(longest(backoff)).toBe(0);
  });

  it('asks for less distance where round trips are uneven, for quick attempts overtake slow ones', () => {
    const uneven = contended()
      .observe({ kind: 'conflict', sentAt: 80, answeredAt: 90 })
      .observe({ kind: 'conflict', sentAt: 80, answeredAt: 130 });
    const even = contended()
      .observe({ kind: 'conflict', sentAt: 80, answeredAt: 100 })
      .observe({ kind: 'conflict', sentAt: 80, answeredAt: 100 });
    expect(longest(uneven)).toBeLessThan(0.8 * longest(even));
  });

  it('makes little of a single reply that took for ever', () => {
    const once = contended().observe({ kind: 'conflict', sentAt: 80, answeredAt: 10_000 });
    expect(longest(once)).toBeGreaterThan(0);
  });

  it('stops waiting where only the version moved: churn does not yield', () => {
    expect(longest(cycle(contended(), 140, 8, false))).toBe(0);
  });

  it('waits again when others come after the churn', () => {
    let backoff = cycle(contended(), 140, 8, false);
    let version = 8;
    for (let at = 180; at < 400; at += 40) backoff = cycle(backoff, at, (version += 20), true);
    expect(longest(backoff)).toBeGreaterThan(0);
  });

  it('waits by full jitter where reads lag, and forgets that as soon as they show a move', () => {
    let lagging = cycle(strategies.adaptive(bounds), 0, 5, false);
    const ceilings = [1, 2, 3].map((turn) => {
      lagging = cycle(lagging, turn * 500, 5, false);
      return longest(lagging);
    });
    expect(ceilings).toEqual([100, 200, 400]);
    const caughtUp = cycle(lagging, 2500, 6, true);
    const neverLagged = cycle(cycle(strategies.adaptive(bounds), 0, 5, false), 40, 6, true);
    expect(longest(caughtUp)).toBeLessThanOrEqual(longest(neverLagged));
  });

  it('does not take for lagging a read that no conflict went before', () => {
    const read = { kind: 'read', version: 1, contentMoved: false } as const;
    const near = strategies
      .adaptive(bounds)
      .observe({ ...read, sentAt: 0, answeredAt: 20 })
      .observe({ kind: 'fault' })
      .observe({ ...read, sentAt: 100, answeredAt: 120 })
      .observe({ kind: 'conflict', sentAt: 120, answeredAt: 140 });
    expect(near.delay(() => 0.75)).toBeCloseTo(35);
  });

  it('does not take for lagging the first read that shows a version', () => {
    const first = strategies
      .adaptive(bounds)
      .observe({ kind: 'conflict', sentAt: 0, answeredAt: 20 });
    expect(shortest(cycle(first, 20, 1, false))).toBeGreaterThan(0);
  });

  it('corrects what it assumed by what it has seen since', () => {
    // One commit in two slots, where the load aims at 1.65 a slot: fewer than thought.
    const crowd = 10 * (1 + 1 / 3) ** (1 - 1.65);
    const mean = ((crowd - 4) / 1.65 - 2) * 20;
    expect(longest(cycle(contended(), 100, 3, true))).toBeCloseTo(1.5 * mean);
  });

  it('learns nothing of the crowd from churn', () => {
    const churned = cycle(contended(), 80, 12, false);
    // Also one commit in the 40 ms since the last look that counts.
    const plain = cycle(contended(), 100, 3, true);
    expect(longest(cycle(churned, 120, 13, true))).toBeCloseTo(longest(plain));
  });

  it('has reads chase the record after twelve looks that showed nothing but churn', () => {
    let backoff = contended();
    const gaps: unknown[] = [];
    for (let look = 1; look <= 12; look++) {
      backoff = cycle(backoff, 80 + 40 * look, 2 + look, false);
      gaps.push(backoff.chaseGapMs);
    }
    expect(gaps).toEqual([...Array.from({ length: 11 }, () => undefined), 2]);
  });

  it('does not take for a crowd what churn moves meanwhile', () => {
    // Two moves in a round trip by the record itself, and one commit of somebody else.
    const churned = cycle(contended(), 80, 6, false);
    const quiet = cycle(contended(), 80, 2, true);
    expect(longest(cycle(churned, 120, 10, true))).toBeLessThanOrEqual(
      longest(cycle(quiet, 120, 3, true)),
    );
  });

  it('falls back to full jitter from the base delay where there is no version to learn from', () => {
    let backoff: Backoff = strategies.adaptive(bounds);
    const ceilings = [0, 1, 2].map((count) => {
      backoff = cycle(backoff, count * 100, null, true);
      return longest(backoff);
    });
    expect(ceilings).toEqual([100, 200, 400]);
  });

  it('takes the round trip for the base delay there, where that is longer', () => {
    let backoff: Backoff = strategies.adaptive({ baseMs: 5, maxMs: 5000 });
    const ceilings = [0, 1, 2].map((count) => {
      backoff = cycle(backoff, count * 100, null, true);
      return Math.round(longest(backoff));
    });
    expect(ceilings).toEqual([20, 40, 80]);
  });

  it('answers faults with full jitter from the base delay, whatever the crowd', () => {
    let backoff = contended();
    const ceilings = [0, 1, 2, 3].map(() => {
      backoff = backoff.observe({ kind: 'fault' });
      return longest(backoff);
    });
    expect(ceilings).toEqual([100, 200, 400, 800]);
  });

  it('waits for faults by the base delay alone before anything has been answered', () => {
    expect(longest(strategies.adaptive(bounds).observe({ kind: 'fault' }))).toBe(100);
  });

  it('never waits longer than 60 round trips, however big the crowd', () => {
    let backoff = cycle(strategies.adaptive({ baseMs: 100, maxMs: 3_600_000 }), 0, 1, false);
    // One commit in each slot, and no idle one.
    for (let turn = 2; turn < 60; turn++) backoff = cycle(backoff, turn * 20, turn * 2, true);
    expect(longest(backoff)).toBeLessThanOrEqual(1.5 * 40 * 20);
    expect(longest(backoff)).toBeGreaterThan(20 * 20);
  });

  it('never waits longer than the cap', () => {
    let backoff: Backoff = strategies.adaptive({ baseMs: 100, maxMs: 30 });
    for (let turn = 0; turn < 5; turn++) {
      backoff = cycle(backoff, turn * 200, turn * 50, true);
      expect(longest(backoff)).toBeLessThanOrEqual(30);
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
      expect(makespan / makespanOfJitter).toBeLessThan(1);
    },
  );
});

describe('A pause after a fault', () => {
  it('is not taken for idle time: the crowd has waited too', () => {
    const paused = contended().observe({ kind: 'fault' });
    expect(longest(cycle(paused, 2000, 4, true))).toBeCloseTo(longest(contended()));
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
