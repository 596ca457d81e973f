import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core';
import { refuseHopeless } from '../../../core/lane/fail-attempts';
import { endOf, updating } from '../cycle/updating';
import { VirtualClock, withoutTimers } from '../virtual-clock';

describe('Where requests are held back for two seconds, an update', () => {
  const closed = new StoreError('429', { kind: 'throttled', retryAfterMs: 2000 });

  it.each([
    ['waits where it has more time than that', 2001, 'waiting'],
    ['fails at once as throttled where it has no more than that', 2000, 'throttled'],
    ['has met its deadline where its time is up, whatever its timer does', 0, 'deadline'],
  ])('%s', async (_, totalTimeoutMs, expected) => {
    const update = updating(withoutTimers(new VirtualClock()), undefined, { totalTimeoutMs });
    update.moveTo({ kind: 'waiting', notBefore: 0 });
    refuseHopeless(update, closed);
    expect(await endOf(update)).toBe(expected);
  });
});
