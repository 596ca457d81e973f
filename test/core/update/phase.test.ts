import { describe, expect, it } from '@jest/globals';

import { AwaitedValues } from '../../../core/evidence/awaited-values';
import { LookSchedule } from '../../../core/looks/look-schedule';
import { enter, leave, type Phase, standsIn } from '../../../core/update/phase';
import { partsOf, setUp } from '../evidence/log-of-one-record';

type AnyPhase = Phase<string, string>;

/** What was accepted of one part, and the phase of an update that waits to see it. */
function accepted() {
  const { clock, log, send } = setUp();
  const acceptances = [...log.noteAccepted(send({ a: 'new' }, { a: 'old' })).values()];
  const values = new AwaitedValues(acceptances);
  const waiting = (write: string | undefined): AnyPhase => ({
    kind: 'confirming',
    confirmation: {
      awaits: values,
      write,
      note: 'set',
      batchSize: 1,
      since: 0,
      looks: new LookSchedule(0),
    },
  });
  return {
    waiting,
    show: (text: string) => values.judge(partsOf({ a: text }), clock.now()),
    isKeptForEver: () => acceptances.every(({ usefulUntil }) => usefulUntil === Infinity),
  };
}

const VERSION: AnyPhase = {
  kind: 'confirming',
  confirmation: {
    awaits: { kind: 'version', taken: 'a write', accepted: true, isNew: false },
    write: 'a write',
    note: 'set',
    batchSize: 1,
    since: 0,
    looks: new LookSchedule(0),
  },
};

describe('What an update waits to see', () => {
  it('is not forgotten while it waits', () => {
    const { isKeptForEver, waiting } = accepted();
    expect(isKeptForEver()).toBe(false);
    enter(waiting('a write'));
    expect(isKeptForEver()).toBe(true);
    leave(waiting('a write'));
    expect(isKeptForEver()).toBe(false);
  });

  it('is told with what a read shows in its place, where the update has written it itself', () => {
    const { show, waiting } = accepted();
    show('theirs');
    expect(standsIn(waiting('a write'))).toEqual(new Map([['a', 'theirs']]));
    expect(standsIn(waiting(undefined))).toBeUndefined();
  });

  it.each<[string, AnyPhase]>([
    ['while its record is being found', { kind: 'locating' }],
    ['before its next attempt', { kind: 'waiting', notBefore: 0 }],
    ['while it takes part in a cycle', { kind: 'reading' }],
    ['while its write is on the way', { kind: 'writing', write: 'a write' }],
    ['where it waits for the record after a write under a version', VERSION],
    ['once it has ended', { kind: 'ended' }],
  ])('is no value %s', (_, phase) => {
    expect(() => {
      enter(phase);
      leave(phase);
    }).not.toThrow();
    expect(standsIn(phase)).toBeUndefined();
  });
});
