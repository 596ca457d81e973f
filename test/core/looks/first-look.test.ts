import { describe, expect, it } from '@jest/globals';

import type { Random } from '../../../core';
import { learn, UNKNOWN } from '../../../core/looks/first-look';
import { LookSchedule } from '../../../core/looks/look-schedule';
import { seededRandom } from '../virtual-clock';

const ROUND_TRIP_MS = 40;

/** Whether the given update is shown by a read that was sent so many ms after it was accepted. */
type Shows = (ageMs: number, update: number) => boolean;

/** How often one update was looked for, and when a look has found it. */
interface Looked {
  readonly looks: number;
  readonly confirmedMs: number;
}

/** One update after the other, each looked for as the ones before it have taught. */
function updates(count: number, shows: Shows): Looked[] {
  const all: Looked[] = [];
  let first = UNKNOWN;
  for (let update = 0; update < count; update++) {
    const schedule = new LookSchedule(0, first.afterMs);
    let looks = 1;
    let hiddenMs: number | undefined;
    while (!shows(schedule.dueAt, update)) {
      hiddenMs = schedule.dueAt;
      looks++;
      schedule.looked(schedule.dueAt + ROUND_TRIP_MS, 0);
    }
    const byMs = schedule.dueAt;
    first = learn(first, hiddenMs === undefined ? 'hit' : { hiddenMs, byMs });
    all.push({ looks, confirmedMs: byMs + ROUND_TRIP_MS });
  }
  return all;
}

/** A read and a write beside the looks, on average. */
const requests = (all: readonly Looked[]) =>
  2 + all.reduce((sum, { looks }) => sum + looks, 0) / all.length;

const median = (all: readonly Looked[]) =>
  all.map(({ confirmedMs }) => confirmedMs).sort((one, other) => one - other)[all.length >> 1] ??
  NaN;

const steady =
  (lagMs: number): Shows =>
  (ageMs) =>
    ageMs >= lagMs;

function logNormal(medianMs: number, spread: number, random: Random): Shows {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return (ageMs) => ageMs >= medianMs * spread ** normal();
}

const LAGS_MS = [0, 50, 200, 640, 800, 1300, 2000, 5000];

describe('The first look after an accepted write', () => {
  it.each(LAGS_MS)(
    'costs at most 3.3 requests an update after ten, where reads lag %i ms',
    (lagMs) => {
      expect(requests(updates(60, steady(lagMs)).slice(10))).toBeLessThanOrEqual(3.3);
    },
  );

  it.each(LAGS_MS)('confirms in time after ten updates, where reads lag %i ms', (lagMs) => {
    const confirmedMs = median(updates(60, steady(lagMs)).slice(10));
    expect(confirmedMs).toBeLessThanOrEqual(1.3 * lagMs + 2 * ROUND_TRIP_MS);
  });

  it('does both where lags vary', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const later = updates(200, logNormal(800, 1.25, seededRandom(seed))).slice(10);
      expect(requests(later)).toBeLessThanOrEqual(3.3);
      // Four of five are seen by 965 ms.
      expect(median(later)).toBeLessThanOrEqual(1.3 * 965 + 2 * ROUND_TRIP_MS);
    }
  });

  it('comes as early as ever where nothing is known', () => {
    const [first] = updates(1, steady(5000));
    expect(UNKNOWN.afterMs).toBe(250);
    // 250, 665, 1268, 2151, 3457, and then what shows it.
    expect(first?.looks).toBe(6);
    expect(first?.confirmedMs).toBeCloseTo(5395 + ROUND_TRIP_MS, -1);
  });

  it('takes to a longer lag at once, and to a shorter one within some ten updates', () => {
    const longer = updates(60, (ageMs, update) => ageMs >= (update < 30 ? 200 : 5000));
    const after = longer.slice(33);
    expect(requests(after)).toBeLessThanOrEqual(3.3);
    const shorter = updates(60, (ageMs, update) => ageMs >= (update < 30 ? 5000 : 200));
    expect(requests(shorter.slice(30))).toBeLessThanOrEqual(3.3);
    expect(median(shorter.slice(43))).toBeLessThanOrEqual(2 * 200);
  });

  it.each([
    ['in turn', () => (count: number) => count % 2 === 0],
    ['at random', (random: Random) => () => random() < 0.5],
  ])('waits for the slower one of two replicas that answer %s', (_, order) => {
    const isFast = order(seededRandom(1));
    let count = 0;
    const flipping: Shows = (ageMs) => ageMs >= (isFast(count++) ? 0 : 2000);
    const later = updates(200, flipping).slice(10);
    expect(requests(later)).toBeLessThanOrEqual(3.35);
    expect(median(later)).toBeLessThanOrEqual(1.3 * 2000 + 2 * ROUND_TRIP_MS);
  });

  it('is never put off for longer than ten seconds', () => {
    const all = updates(20, steady(60_000));
    expect(all.at(-1)?.looks).toBeGreaterThan(20);
  });
});
