import { describe, expect, it } from '@jest/globals';

import { JointLooks } from '../../../core/looks/joint-looks';

/** Some who look at the same, due at these times; each says when it has looked. */
function setUp(
  ...due: readonly (
    number | { dueAt: number; slackMs?: number; latestAt?: number; othersCome?: boolean }
  )[]
) {
  const looks = new JointLooks();
  const looked: number[] = [];
  const lookers = due.map((one, index) => {
    const {
      dueAt,
      slackMs = 0,
      latestAt = Infinity,
      othersCome = false,
    } = typeof one === 'number' ? { dueAt: one } : one;
    const looker = {
      dueAt,
      slackMs,
      latestAt,
      othersCome,
      look: async () => {
        looked.push(index);
        looker.dueAt = Infinity;
        await Promise.resolve();
      },
    };
    looks.add(looker);
    return looker;
  });
  return { looked, lookers, looks, times: () => lookers.map((looker) => looks.dueAt(looker)) };
}

describe('Looks at what one read shows', () => {
  it('are made when they are due, where nobody else looks', () => {
    expect(setUp(700).times()).toEqual([700]);
    expect(setUp(Infinity).times()).toEqual([Infinity]);
  });

  it('wait for the last of those who are due within a moment of the first', () => {
    expect(setUp(760, 700, 730).times()).toEqual([760, 760, 760]);
    expect(setUp(700, 790, 810, 2000).times()).toEqual([790, 790, 810, 2000]);
    expect(setUp(700, 800).times()).toEqual([800, 800]);
  });

  it('wait anew with the first of those who are too late for the others', () => {
    expect(setUp(700, 790, 850, 930, 960).times()).toEqual([790, 790, 930, 930, 960]);
  });

  it('are made when they are due also where they should have been made before', () => {
    expect(setUp({ dueAt: 700, latestAt: 600 }).times()).toEqual([700]);
  });

  it('wait longer where a wait was long itself', () => {
    const late = { dueAt: 10_000, slackMs: 300 };
    expect(setUp(late, { ...late, dueAt: 10_250 }, 10_400).times()).toEqual([
      10_250, 10_250, 10_400,
    ]);
  });

  it('wait no longer than any of those who make them together has time for', () => {
    const hurried = { dueAt: 730, latestAt: 765 };
    expect(setUp(700, hurried, 760, 790).times()).toEqual([760, 760, 760, 790]);
    expect(setUp(700, hurried, 780, 790, 900).times()).toEqual([730, 730, 790, 790, 900]);
  });

  it('wait for twice their slack where others are about to read the same', () => {
    const one = { dueAt: 2000, slackMs: 300, othersCome: true };
    expect(setUp(one).times()).toEqual([2600]);
    expect(setUp({ ...one, othersCome: false }).times()).toEqual([2000]);
    expect(setUp({ ...one, slackMs: 0 }).times()).toEqual([2000]);
    const companion = { dueAt: 1900, slackMs: 300 };
    expect(setUp(companion, one, { dueAt: 2450 }).times()).toEqual([2500, 2500, 2500]);
    const { looks, times } = setUp(one);
    looks.look(1980);
    expect(times()).toEqual([2030 + 600]);
  });

  it('do not where that would take more than half of the time that one of them has', () => {
    const one = { dueAt: 2000, slackMs: 300, othersCome: true };
    expect(setUp({ ...one, latestAt: 3200 }).times()).toEqual([2600]);
    expect(setUp({ ...one, latestAt: 3199 }).times()).toEqual([2000]);
    expect(setUp(one, { dueAt: 2500, latestAt: 3199 }).times()).toEqual([2000, 2500]);
  });

  it('are made by all who are due', () => {
    const { looked, looks, times } = setUp(700, 760, 900);
    looks.look(760);
    expect(looked).toEqual([0, 1]);
    expect(times()).toEqual([Infinity, Infinity, 900]);
  });

  it('are some time apart, so that each comes for all who have come meanwhile', () => {
    const { lookers, looks, times } = setUp(0, Infinity, Infinity);
    looks.look(0);
    for (const [index, looker] of lookers.entries()) looker.dueAt = 1 + index;
    expect(times()).toEqual([50, 50, 50]);
  });
});
