import { describe, expect, it } from '@jest/globals';

import { Crowd } from '../../../core/gathering/crowd';
import { VirtualClock } from '../virtual-clock';

/** Updates that come so many ms apart, none of which ends; the first one comes at 0. */
function comeApart(...gaps: readonly number[]) {
  const clock = new VirtualClock();
  const crowd = new Crowd(clock);
  const arrive = async () => {
    crowd.noteArrival();
    for (const gapMs of gaps) {
      await clock.sleep(gapMs);
      crowd.noteArrival();
    }
    return crowd;
  };
  return { clock, crowd, arrived: clock.run(arrive()) };
}

describe('A crowd', () => {
  it.each([
    ['is none of three gaps, which are too few', [50, 50, 50], undefined],
    ['has the middle one of its gaps, whatever their order', [90, 10, 70, 30, 50], 50],
    ['has the shorter one of two in the middle', [40, 10, 30, 20], 20],
    ['has the middle one of the latest eight', [200, 10, 10, 10, 10, 60, 60, 60, 60], 10],
    ['does not count those who come together', [50, 4, 50, 4, 50, 4], undefined],
    ['counts a gap of 5 ms', [5, 5, 5, 5], 5],
    ['is one where they come 250 ms apart', [250, 250, 250, 250], 250],
    ['is none where they come further apart', [251, 251, 251, 251], undefined],
    ['goes on after a second without an update', [50, 50, 50, 50, 1000], 50],
    ['is over after more than that', [50, 50, 50, 50, 1001], undefined],
  ])('%s', async (_, gaps, usualGapMs) => {
    expect((await comeApart(...gaps).arrived).usualGapMs).toBe(usualGapMs);
  });

  it('counts less with each update that comes when the one before has ended', async () => {
    const { arrived, clock } = comeApart(50, 50, 50, 50, 50);
    const crowd = await arrived;
    crowd.noteArrival()();
    await clock.run(clock.sleep(50));
    crowd.noteArrival()();
    expect(crowd.usualGapMs).toBe(50);
    await clock.run(clock.sleep(50));
    crowd.noteArrival()();
    expect(crowd.usualGapMs).toBeUndefined();
  });

  it('is worth remembering for a second, and before the first update not at all', async () => {
    expect(new Crowd(new VirtualClock()).usefulUntil).toBe(-Infinity);
    expect((await comeApart(300).arrived).usefulUntil).toBe(1300);
  });

  it('has no beginning that counts as a gap', async () => {
    expect(new Crowd(new VirtualClock()).isAllOf(0)).toBe(true);
    expect((await comeApart(10, 20, 30, 40).arrived).usualGapMs).toBe(20);
  });

  it('has as many as were there at once with one of the latest eight groups', () => {
    const crowd = new Crowd(new VirtualClock());
    const ends = [crowd.noteArrival(), crowd.noteArrival(), crowd.noteArrival()];
    expect([crowd.isAllOf(2), crowd.isAllOf(3)]).toEqual([false, true]);
    for (const end of ends) end();
    for (let group = 0; group < 7; group++) {
      crowd.noteArrival()();
      crowd.noteBeginning();
    }
    expect(crowd.isAllOf(2)).toBe(false);
    crowd.noteBeginning();
    expect(crowd.isAllOf(1)).toBe(true);
  });
});
