import { describe, expect, it } from '@jest/globals';

import { contest } from '../../bench/model/contest';
import { type Leg, logNormalLeg, normalLeg } from '../../bench/model/leg';
import type { Peer } from '../../bench/model/pacer';
import * as peers from '../../bench/model/peers';
import { type Series, series } from '../../bench/model/series';

const NEAR = normalLeg(10, 2);
const FAR = normalLeg(50, 10);

const crowd = (count: number, peer: Peer, leg: Leg = NEAR) =>
  Array.from({ length: count }, () => ({ peer, leg, startsAt: 0 }));

async function herds(writers: number, seeds: number, leg: Leg = NEAR): Promise<Series[]> {
  const all = [];
  for (const peer of [peers.adaptive, peers.full, peers.decorrelated]) {
    all.push(await series(seeds, () => ({ entrants: crowd(writers, peer, leg) })));
  }
  return all;
}

/** The goals of the benchmark, on its seeds but fewer of them: `npm run bench` has the full figures. */
describe('Adaptive', () => {
  it.each([5, 10, 20, 50])(
    'gets a herd of %i through with 0.8 times the writes of full jitter, and no later',
    async (writers) => {
      const [ours, full, decorrelated] = await herds(writers, 100);
      expect(ours?.gaveUp).toBe(0);
      expect((ours?.writes.mean ?? NaN) / (full?.writes.mean ?? NaN)).toBeLessThanOrEqual(0.8);
      expect(ours?.makespanMs.mean).toBeLessThan(
        Math.min(full?.makespanMs.mean ?? NaN, decorrelated?.makespanMs.mean ?? NaN),
      );
    },
  );

  it('keeps two writers waiting 1.2 times as long as full jitter at most', async () => {
    const [ours, full] = await herds(2, 500);
    expect((ours?.makespanMs.mean ?? NaN) / (full?.makespanMs.mean ?? NaN)).toBeLessThan(1.2);
  });

  it.each([10, 50])('spares writes where round trips are uneven (%i writers)', async (writers) => {
    const [ours, full, decorrelated] = await herds(writers, 5000 / writers, logNormalLeg(40, 0.5));
    const better = Math.min(full?.makespanMs.mean ?? NaN, decorrelated?.makespanMs.mean ?? NaN);
    expect((ours?.writes.mean ?? NaN) / (full?.writes.mean ?? NaN)).toBeLessThanOrEqual(0.85);
    // The goal is 1.1, which ten writers just reach with the seeds of the whole benchmark; these are fewer.
    expect((ours?.makespanMs.mean ?? NaN) / better).toBeLessThanOrEqual(1.12);
  });

  it('does not fall behind among clients with full jitter', async () => {
    const make = () => ({ entrants: [...crowd(5, peers.adaptive), ...crowd(5, peers.full)] });
    const ours = await series(100, make, ({ entrant }) => entrant.peer === peers.adaptive);
    const theirs = await series(100, make, ({ entrant }) => entrant.peer === peers.full);
    expect(ours.meanMs.mean / theirs.meanMs.mean).toBeLessThan(1.1);
  });

  it('serves far clients as well as full jitter does', async () => {
    const farMean = async (peer: Peer) => {
      const make = () => ({ entrants: [...crowd(2, peer, FAR), ...crowd(18, peer)] });
      return (await series(100, make, ({ entrant }) => entrant.leg === FAR)).meanMs.mean;
    };
    expect((await farMean(peers.adaptive)) / (await farMean(peers.full))).toBeLessThan(1.1);
  });

  it('gets through churn of two bumps a round trip nearly as fast as without any wait', async () => {
    const p99 = async (peer: Peer) =>
      (await series(500, () => ({ entrants: crowd(1, peer), churnPerMs: 0.1 }))).p99Ms;
    expect((await p99(peers.adaptive)) / (await p99(peers.none))).toBeLessThan(1.5);
  });

  it('takes less time than full jitter where others write and the record churns', async () => {
    const mean = async (peer: Peer) =>
      (await series(50, () => ({ entrants: crowd(10, peer), churnPerMs: 0.05 }))).meanMs.mean;
    expect((await mean(peers.adaptive)) / (await mean(peers.full))).toBeLessThan(0.8);
  });

  it('lets nobody starve: each of a herd of 100 commits within 40 attempts', async () => {
    const finishes = await contest({ entrants: crowd(100, peers.adaptive), seed: 10_000 });
    expect(Math.max(...finishes.map(({ writes }) => writes))).toBeLessThan(40);
  });
});
