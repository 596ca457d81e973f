import { describe, expect, it } from '@jest/globals';

import { Alarm } from '../../core/alarm';
import { VirtualClock } from './virtual-clock';

describe('An alarm', () => {
  it.each([
    ['at its time', 100, undefined, 100],
    ['at once where its time is over', -5, undefined, 0],
    ['earlier where it is rung', 100, 30, 30],
    ['only by being rung where it has no time', Infinity, 30, 30],
  ])('wakes %s', async (_, at, rungAt, expected) => {
    const clock = new VirtualClock();
    const alarm = new Alarm(clock);
    alarm.ring();
    if (rungAt !== undefined) {
      clock.at(rungAt, () => {
        alarm.ring();
      });
    }
    await clock.run(alarm.sleepUntil(at));
    expect([clock.now(), clock.pending]).toEqual([expected, 0]);
  });

  it('sets no timer where it has no time: a machine has none for ever', () => {
    const clock = new VirtualClock();
    void new Alarm(clock).sleepUntil(Infinity);
    expect(clock.pending).toBe(0);
  });
});
