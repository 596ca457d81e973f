import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core';
import type { Observation } from '../../../core/backoff';
import { Contention } from '../../../core/lane/contention';
import { askedToWaitMs } from '../../../core/store';
import { VirtualClock } from '../virtual-clock';

const fault: Observation = { kind: 'fault' };

/** Somebody whose waits are 1000 ms times the roll, and 1 ms more for each observation. */
function learner() {
  const seen: Observation[] = [];
  return {
    seen,
    observe: (observation: Observation) => {
      seen.push(observation);
    },
    delayMs: (roll: number) => roll * 1000 + seen.length,
  };
}

function setUp(rolls: number[] = [0.5]) {
  const clock = new VirtualClock();
  const contention = new Contention(clock, () => rolls.shift() ?? 0);
  return { clock, contention };
}

describe('What a lane has met', () => {
  it('is told to those who are there, and to whoever comes later', () => {
    const { contention } = setUp();
    const [there, newcomer] = [learner(), learner()];
    contention.observe([there], fault);
    contention.noteFailure(new Error());
    contention.teach(newcomer);
    expect([there.seen, newcomer.seen]).toEqual([[fault], [fault]]);
  });

  it('is remembered as far as it is of use', () => {
    const { contention } = setUp();
    for (let number = 0; number < 100; number++) {
      contention.observe([], { kind: 'conflict', sentAt: number, answeredAt: number });
    }
    const newcomer = learner();
    contention.teach(newcomer);
    expect(newcomer.seen).toHaveLength(64);
    expect(newcomer.seen[0]).toMatchObject({ sentAt: 36 });
  });

  it('is forgotten with a success', () => {
    const { contention } = setUp();
    contention.observe([], fault);
    contention.noteConflict();
    contention.noteFailure(new Error());
    contention.noteSuccess();
    const newcomer = learner();
    expect([contention.teach(newcomer), newcomer.seen]).toEqual([-Infinity, []]);
    contention.noteConflict();
    expect(contention.isFirstConflict).toBe(true);
    contention.noteConflict();
    expect(contention.isFirstConflict).toBe(false);
  });
});

describe('The wait after a failure', () => {
  it('is by one roll of the dice for all, and counts from the failure', async () => {
    const { clock, contention } = setUp([0.25, 0.75]);
    await clock.run(clock.sleep(100));
    contention.noteFailure(new Error());
    const [one, newcomer] = [learner(), learner()];
    expect([contention.delayMs(one), contention.delayMs(newcomer)]).toEqual([250, 250]);
    await clock.run(clock.sleep(70));
    expect(contention.teach(newcomer)).toBe(350);
    contention.noteFailure(new Error());
    expect(contention.delayMs(one)).toBe(750);
  });

  it('is nothing before there was one', () => {
    const { contention } = setUp();
    const newcomer = learner();
    expect(contention.teach(newcomer)).toBe(-Infinity);
    contention.noteFailure(new Error());
    expect(contention.delayMs(learner())).toBe(500);
  });

  it('is nothing where the next cycle had better begin at once, and for that one only', () => {
    const { contention } = setUp();
    contention.begin();
    contention.retryAtOnce();
    contention.noteFailure(new Error());
    expect(contention.delayMs(learner())).toBe(0);
    contention.begin();
    expect(contention.delayMs(learner())).toBe(500);
  });

  it('is never shorter than the server asked for', async () => {
    const { clock, contention } = setUp();
    expect(contention.floorAt).toBe(-Infinity);
    await clock.run(clock.sleep(100));
    contention.noteFailure(new StoreError('429', { kind: 'throttled', retryAfterMs: 2000 }));
    expect(contention.floorAt).toBe(2100);
    contention.noteFailure(new RangeError('a bug'));
    expect(contention.floorAt).toBe(2100);
    contention.noteFailure(new StoreError('409', { kind: 'conflict', namesVersion: true }));
    expect(contention.floorAt).toBe(2100);
  });

  it('is asked for by some failures only', () => {
    expect(askedToWaitMs({ kind: 'throttled', retryAfterMs: 5 })).toBe(5);
    expect(askedToWaitMs({ kind: 'ambiguous', retryAfterMs: 7 })).toBe(7);
    expect(askedToWaitMs({ kind: 'transient' })).toBe(0);
    expect(askedToWaitMs({ kind: 'permanent' })).toBe(0);
  });
});
