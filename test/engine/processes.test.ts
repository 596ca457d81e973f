import { describe, expect, it } from '@jest/globals';

import type { ProcessSettings } from './process';
import { runProcess } from './run-process';
import { simulatorForEachTest } from './set-up';

/** All processes have begun by then, and wait. */
const BEGUN_WITHIN_MS = 10_000;

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
    const startAt = Date.now() + BEGUN_WITHIN_MS;
    const outcomes = await Promise.all(
      ten.map(async (number) => {
        const settings: ProcessSettings = {
          url,
          clientId,
          clientSecret,
          conversationId: call.conversationId,
          participantId: call.customer.id,
          values: ten.map((index) => [`p${number}.${index}`, 'x'] as const),
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

interface Patched {
  readonly attributes: { readonly status: string };
}

describe('Twelve processes that set one attribute on the public API', () => {
  const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 2000 });

  it('write once each, and are told the truth about whose value stands', async () => {
    const call = simulator.current.addCall({ attributes: { status: 'waiting' } });
    const { url, clientId, clientSecret, journal } = simulator.current;
    const startAt = Date.now() + BEGUN_WITHIN_MS;
    const told = new Map(
      await Promise.all(
        Array.from({ length: 12 }, async (_, index) => {
          const value = `worker ${index}`;
          const settings: ProcessSettings = {
            url,
            clientId,
            clientSecret,
            conversationId: call.conversationId,
            participantId: call.customer.id,
            values: [['status', value]],
            startAt,
          };
          const [only] = (await runProcess('process.ts', settings)) as Outcome[];
          return [value, only?.outcome] as const;
        }),
      ),
    );
    const accepted = journal.writes().map(({ body }) => (body as Patched).attributes.status);
    expect(accepted.toSorted()).toEqual([...told.keys()].toSorted());
    const [last = ''] = accepted.slice(-1);
    expect(call.customer.attributes).toEqual({ status: last });
    expect(told.get(last)).toBe('written');
    expect(new Set(told.values())).toEqual(new Set(['written', 'superseded']));
  }, 90_000);
});
