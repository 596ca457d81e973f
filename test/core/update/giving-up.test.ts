import { describe, expect, it } from '@jest/globals';

import { strategies, type UpdatePolicy } from '../../../core';
import { update } from '../alone';
import { failureOf, set } from '../changes';
import { type Fault, ModelRecord } from '../model-record';
import { VirtualClock } from '../virtual-clock';

const unavailable: Fault = { kind: 'answer', failure: { kind: 'transient' }, message: '503' };
const busy: Fault = {
  kind: 'answer',
  failure: { kind: 'throttled', retryAfterMs: 1000 },
  message: '429',
};

/** An update whose first reads fail so, with these rolls of the dice. */
function start(reads: readonly Fault[], rolls: number[], policy: Partial<UpdatePolicy> = {}) {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock, { reads: [...reads] });
  const updating = update(
    record.store(),
    set({ priority: 2 }),
    {
      maxAttempts: 30,
      totalTimeoutMs: 4000,
      requestTimeoutMs: 1000,
      backoff: strategies.fullJitter({ baseMs: 100, maxMs: 5000 }),
      ...policy,
    },
    { clock, random: () => rolls.shift() ?? 0.5 },
  );
  return { clock, updating };
}

describe('An update is not given up', () => {
  it.each([
    ['a long one after many faults', Array<Fault>(7).fill(unavailable), 4000],
    ['what comes on top of the time that the server asks for', Array<Fault>(4).fill(busy), 5000],
  ])('because one wait by chance would outlast its time: %s', async (_, reads, totalTimeoutMs) => {
    const rolls = [...reads.slice(1).map(() => 0.1), 0.99];
    const { clock, updating } = start(reads, rolls, { totalTimeoutMs });
    expect(await clock.run(updating)).toMatchObject({
      outcome: 'written',
      attempts: reads.length + 1,
    });
  });
});

describe('An update is given up at once', () => {
  it('where the server asks for more time than there is', async () => {
    const { clock, updating } = start([busy], [0.5], { totalTimeoutMs: 1000 });
    expect(await clock.run(failureOf(updating))).toMatchObject({
      reason: 'throttled',
      story: { elapsedMs: 10 },
    });
  });

  it('where each wait is as long as the next, and there is no time for it', async () => {
    const backoff = strategies.fixed({ baseMs: 3000, maxMs: 5000 });
    const { clock, updating } = start([unavailable, unavailable], [], { backoff });
    expect(await clock.run(failureOf(updating))).toMatchObject({
      reason: 'deadline',
      story: { attempts: 2, elapsedMs: 3020 },
    });
  });
});
