import { describe, expect, it } from '@jest/globals';

import type { ProcessSettings } from './process';
import { runProcess } from './run-process';
import { simulatorForEachTest } from './set-up';

const ten = Array.from({ length: 10 }, (_, index) => index);

interface Outcome {
  readonly outcome: string;
  readonly attempts: number;
  readonly conflicts: number;
}

describe('Ten processes with ten updates each of one participant', () => {
  const simulator = simulatorForEachTest({ latencyMs: 40 });

  it('lose none of them, and end when they are done', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    const { url, clientId, clientSecret, journal } = simulator.current;
    const startAt = Date.now() + 10_000;
    const outcomes = await Promise.all(
      ten.map(async (number) => {
        const settings: ProcessSettings = {
          url,
          clientId,
          clientSecret,
          conversationId: call.conversationId,
          participantId: call.customer.id,
          names: ten.map((index) => `p${number}.${index}`),
          startAt,
        };
        return (await runProcess('process.ts', settings)) as Outcome[];
      }),
    );
    expect(outcomes.flat().map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 100 }, () => 'written'),
    );
    expect(Object.keys(call.customer.attributes)).toHaveLength(101);
    const applied = journal.writes().filter((write) => write.applied);
    // Ten writes with ten updates each; a lane may get its ten in two.
    expect(applied.length).toBeLessThanOrEqual(20);
    process.stdout.write(
      `10 processes x 10 updates: ${String((journal.reads().length + journal.writes().length) / 100)} requests an update\n`,
    );
  }, 90_000);
});
