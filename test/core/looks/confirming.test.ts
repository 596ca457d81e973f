import { describe, expect, it } from '@jest/globals';

import { AwaitedValues } from '../../../core/evidence/awaited-values';
import { Confirming } from '../../../core/looks/confirming';
import { LookSchedule } from '../../../core/looks/look-schedule';
import { setUp, type Member } from '../cycle/cycle-context';

interface Wait {
  readonly dueAt: number;
  /** When its time is over. */
  readonly endsAt?: number;
  readonly latestAt?: number;
}

/** It waits from the beginning of time. */
function wait(update: Member, { dueAt, latestAt = Infinity }: Omit<Wait, 'endsAt'>) {
  const looks = new LookSchedule(0, dueAt);
  looks.latestAt = latestAt;
  const awaits = new AwaitedValues([]);
  const confirmation = { awaits, write: undefined, note: 'there', batchSize: 1, since: 0, looks };
  update.moveTo({ kind: 'confirming', confirmation });
  return confirmation;
}

function confirming(...waits: readonly Wait[]): Confirming<null, string> {
  const { join } = setUp();
  const all = new Confirming<null, string>();
  for (const { endsAt: totalTimeoutMs = 100_000, ...more } of waits) {
    const update = join({ totalTimeoutMs });
    wait(update, more);
    all.add(update);
  }
  return all;
}

describe('Those who wait to see something of a record', () => {
  it('are those who were added and have not left', () => {
    const { join } = setUp();
    const all = new Confirming<null, string>();
    const [one, other] = [join(), join()];
    const confirmations = [wait(one, { dueAt: 100 }), wait(other, { dueAt: 200 })];
    all.add(one);
    all.add(other);
    expect(all.size).toBe(2);
    expect(all.waiting().map(({ confirmation }) => confirmation)).toEqual(confirmations);
    all.delete(one);
    expect(all.size).toBe(1);
    expect(all.waiting()).toEqual([{ update: other, confirmation: confirmations[1] }]);
  });

  it('are none of those who have gone on to something else', () => {
    const { join } = setUp();
    const all = new Confirming<null, string>();
    const [one, other] = [join({ totalTimeoutMs: 1000 }), join()];
    wait(one, { dueAt: 100 });
    all.add(one);
    all.add(other);
    expect(all.waiting().map(({ update }) => update)).toEqual([one]);
    one.moveTo({ kind: 'reading' });
    expect(all.waiting()).toEqual([]);
    expect(all.next()).toEqual({ dueAt: Infinity, latestAt: Infinity, slackMs: 0 });
  });

  it.each([
    ['meet no others where nobody is about to read the record of any', [false, false], false],
    ['meet others where somebody is about to read the record of one', [false, true], true],
  ])('%s', (_, each, expected) => {
    const { join } = setUp();
    const all = new Confirming<null, string>();
    for (const othersCome of each) all.add(join({ othersCome }));
    expect(all.othersCome).toBe(expected);
  });

  it('need no look where there are none', () => {
    expect(confirming().next()).toEqual({ dueAt: Infinity, latestAt: Infinity, slackMs: 0 });
  });

  it('need a look when the first of them does, which may be as late as that one may', () => {
    const waits = [{ dueAt: 2000 }, { dueAt: 1000 }, { dueAt: 3000 }];
    expect(confirming(...waits).next()).toMatchObject({ dueAt: 1000, slackMs: 150 });
  });

  it.each<[string, readonly Wait[], number]>([
    [
      'before any of them has less than half of its time left for the answer',
      [
        { dueAt: 1000, endsAt: 90_000 },
        { dueAt: 2000, endsAt: 8000 },
        { dueAt: 3000, endsAt: 9000 },
      ],
      5000,
    ],
    [
      'before that where it tells one of them more earlier',
      [
        { dueAt: 1000, endsAt: 9000, latestAt: 4000 },
        { dueAt: 2000, endsAt: 8000, latestAt: 3000 },
        { dueAt: 2000, endsAt: 8000, latestAt: 6000 },
      ],
      3000,
    ],
    [
      'at no latest time where their own time is over before',
      [
        { dueAt: 1000, endsAt: 1000 },
        { dueAt: 2000, endsAt: 500 },
      ],
      Infinity,
    ],
  ])('need it %s', (_, waits, latestAt) => {
    expect(confirming(...waits).next().latestAt).toBe(latestAt);
  });
});
