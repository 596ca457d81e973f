import { describe, expect, it } from '@jest/globals';

import { LookSchedule, looksFor } from '../../../core/looks/look-schedule';

/** When the next look is due, how much later it may come, and when it must not come later. */
const next = ({ dueAt, slackMs, latestAt }: LookSchedule) => ({ dueAt, slackMs, latestAt });

describe('A schedule of looks', () => {
  it('begins with a look when that was asked for, which may come a sixth or so of its wait later', () => {
    expect(next(new LookSchedule(1000, 400))).toEqual({
      dueAt: 1400,
      slackMs: 60,
      latestAt: Infinity,
    });
    expect(next(new LookSchedule(1000))).toMatchObject({ dueAt: 1250, slackMs: 37.5 });
  });

  it('goes on with longer and longer waits, up to two seconds, and may be late by a share of each', () => {
    const schedule = new LookSchedule(0);
    const waits: number[] = [];
    for (let count = 0; count < 7; count++) {
      const now = schedule.dueAt + 40;
      schedule.looked(now, 0);
      waits.push(schedule.dueAt - now);
      expect(schedule.slackMs).toBeCloseTo(0.15 * (schedule.dueAt - now), 6);
    }
    expect(waits.map(Math.round)).toEqual([375, 563, 844, 1266, 1898, 2000, 2000]);
  });

  it('goes on with longer waits where the first was long', () => {
    const schedule = new LookSchedule(0, 6000);
    schedule.looked(6000, 0);
    expect(schedule.dueAt).toBeCloseTo(6000 + 1500, 6);
  });

  it('is not changed by a look that came earlier than it was due', () => {
    const schedule = new LookSchedule(0, 400);
    schedule.looked(399, 0);
    expect(next(schedule)).toEqual({ dueAt: 400, slackMs: 60, latestAt: Infinity });
  });

  it.each([
    ['has a look when it will tell what is open, and none later', 0, 1100, 1100, 1100],
    ['has a look before that where one is due', 0, 5000, 1375, 5000],
    ['has none before the server allows it, whatever it would tell', 300, 1100, 1300, 1300],
    ['waits for as long as the server asks', 700, undefined, 1700, Infinity],
  ])('%s', (_, retryAfterMs, decidedAt, dueAt, latestAt) => {
    const schedule = new LookSchedule(750);
    schedule.looked(1000, retryAfterMs, decidedAt);
    expect(next(schedule)).toMatchObject({ dueAt, latestAt });
  });
});

describe('The first look for what was accepted', () => {
  it.each([
    ['is made when that is due', 1400, 60_000, 1400],
    ['is made now where it was due a moment ago', 960, 60_000, 1000],
    ['is made as for anything else where it should have been seen before', 940, 60_000, 1250],
    ['is made before three quarters of the time left are over', 1400, 400, 1300],
    ['is made by then also for what should have been seen before', 940, 200, 1150],
  ])('%s', (_, dueAt, leftMs, expected) => {
    expect(looksFor(dueAt, 1000, leftMs).dueAt).toBe(expected);
  });
});
