import { describe, expect, it } from '@jest/globals';

import { chanceOf, churn, contest } from '../../bench/model/contest';
import { type Leg, logNormalLeg, normalLeg } from '../../bench/model/leg';
import type { Peer } from '../../bench/model/pacer';
import * as peers from '../../bench/model/peers';
import { settled, TimelineClock } from '../../bench/model/promises';
import { Connection, ModelRecord } from '../../bench/model/record';
import { modelStore, ONE_CHANGE } from '../../bench/model/store';
import { Timeline } from '../../bench/model/timeline';
import { Lanes, strategies } from '../../core';

const LEG = normalLeg(10, 2);
const SEEDS = [10_001, 10_002, 10_003];

const crowd = (count: number, peer: Peer, leg: Leg = LEG) =>
  Array.from({ length: count }, () => ({ peer, leg, startsAt: 0 }));

const EVERYBODY = [
  ...[peers.adaptive, peers.none, peers.exponential, peers.equal, peers.full, peers.decorrelated],
  ...[peers.clientGoRetry, peers.clientGoBackoff, peers.clientGoRetryUncapped],
  ...[peers.pRetryAsShipped, peers.cockatielAsShipped, peers.versionGap, peers.oracle],
];

describe('A contest', () => {
  it.each(EVERYBODY)('of one costs $name one read, one write and no wait', async (peer) => {
    const entrants = crowd(1, peer, () => 10);
    const [only] = await contest({ entrants, seed: 1 });
    expect(only).toMatchObject({ reads: 1, writes: 1, endedAt: 40, gaveUp: false });
  });

  it('of writers that do not wait goes round by round where all messages take equally long', async () => {
    const finishes = await contest({ entrants: crowd(3, peers.none, () => 10), seed: 1 });
    expect(finishes.map(({ endedAt, writes }) => [endedAt, writes])).toEqual([
      [40, 1],
      [80, 2],
      [120, 3],
    ]);
  });

  it.each(EVERYBODY)('never beats theory: $name', async (peer) => {
    const writers = 12;
    for (const seed of SEEDS) {
      const finishes = await contest({ entrants: crowd(writers, peer), seed });
      const commits = finishes.filter(({ gaveUp }) => !gaveUp).length;
      const writes = finishes.reduce((sum, finish) => sum + finish.writes, 0);
      expect(finishes).toHaveLength(writers);
      expect(writes).toBeGreaterThanOrEqual(writers + commits - 1);
    }
  });

  it('gives the same result for the same seed, and another for another', async () => {
    const run = async (seed: number) =>
      (await contest({ entrants: crowd(8, peers.cockatielAsShipped), seed })).map(
        ({ endedAt }) => endedAt,
      );
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
  });

  it('leaves the timers and the chance of the process as they were', async () => {
    const before = [globalThis.setTimeout, Math.random];
    await contest({ entrants: crowd(3, peers.pRetryAsShipped), seed: 1 });
    expect([globalThis.setTimeout, Math.random]).toEqual(before);
  });

  it('lets p-retry wait as it is shipped: 1 s after the first conflict, and give up after 11 attempts', async () => {
    const two = await contest({ entrants: crowd(2, peers.pRetryAsShipped, () => 10), seed: 1 });
    expect(two.map(({ endedAt }) => endedAt)).toEqual([40, 1080]);
    const many = await contest({ entrants: crowd(12, peers.pRetryAsShipped, () => 10), seed: 1 });
    expect(many.filter(({ gaveUp }) => gaveUp).map(({ writes }) => writes)).toEqual([11]);
  });

  it.each([
    [peers.clientGoRetry, 5],
    [peers.clientGoBackoff, 4],
  ])('lets $name give up', async (peer, attempts) => {
    const finishes = await contest({ entrants: crowd(attempts + 2, peer, () => 10), seed: 1 });
    const losers = finishes.filter(({ gaveUp }) => gaveUp);
    expect(losers.length).toBeGreaterThan(0);
    for (const { writes } of losers) expect(writes).toBe(attempts);
  });

  it('keeps a client from committing where the record moves while it writes', async () => {
    const writes = async (churnPerMs: number) => {
      let sum = 0;
      for (let seed = 1; seed <= 50; seed++) {
        const [only] = await contest({ entrants: crowd(1, peers.none), seed, churnPerMs });
        sum += only?.writes ?? NaN;
      }
      return sum / 50;
    };
    expect(await writes(0)).toBe(1);
    // One move in a read-to-write time: e of them fit in between on average.
    expect(await writes(0.05)).toBeGreaterThan(2);
    expect(await writes(0.05)).toBeLessThan(3.5);
  });
});

/** The same contest through this package's own lanes, each client in a process of its own. */
async function throughLanes(writers: number, leg: Leg, seed: number, churnPerMs: number) {
  const timeline = new Timeline();
  const clock = new TimelineClock(timeline);
  const record = new ModelRecord();
  if (churnPerMs > 0) churn(record, timeline, churnPerMs, seed);
  const policy = {
    maxAttempts: 1000,
    totalTimeoutMs: 3_600_000,
    requestTimeoutMs: 60_000,
    backoff: strategies.adaptive(peers.BOUNDS),
  };
  const ends = Array.from({ length: writers }, async (_, index) => {
    const lanes = new Lanes<null, null>({
      clock,
      random: chanceOf(seed, index, 'waits'),
      freshMs: 0,
    });
    const connection = new Connection(timeline, leg, chanceOf(seed, index, 'legs'));
    const located = { key: 'the record', store: modelStore(record, connection) };
    const { attempts } = await lanes.update(() => Promise.resolve(located), ONE_CHANGE, policy);
    return { endedAt: timeline.now, writes: attempts };
  });
  return await settled(timeline, Promise.all(ends));
}

describe('The model of adaptive', () => {
  it.each([
    ['a herd of 2', 2, LEG, 0],
    ['a herd of 15', 15, LEG, 0],
    ['uneven round trips', 10, logNormalLeg(40, 0.5), 0],
    ['churn and others', 4, LEG, 0.05],
    ['churn that it has to chase', 1, LEG, 0.15],
  ])('does what the core does: %s', async (_, writers, leg, churnPerMs) => {
    for (const seed of SEEDS) {
      const finishes = await contest({
        entrants: crowd(writers, peers.adaptive, leg),
        seed,
        churnPerMs,
      });
      const model = finishes.map(({ endedAt, writes }) => ({ endedAt, writes }));
      const real = await throughLanes(writers, leg, seed, churnPerMs);
      const inOrder = real.toSorted((one, other) => one.endedAt - other.endedAt);
      expect(model.map(({ writes }) => writes)).toEqual(inOrder.map(({ writes }) => writes));
      model.forEach(({ endedAt }, index) => {
        expect(endedAt).toBeCloseTo(inOrder[index]?.endedAt ?? NaN, 6);
      });
    }
  });
});
