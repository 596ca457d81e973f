import { describe, expect, it } from '@jest/globals';

import type { Call, Simulator } from '../../simulator';
import type { ProcessSettings } from './process';
import { runProcesses } from './run-processes';
import { simulatorForEachTest } from './set-up';

const ten = Array.from({ length: 10 }, (_, index) => index);

interface Outcome {
  readonly outcome: string;
  readonly attempts: number;
  readonly conflicts: number;
}

/** How the updates end of processes that set these values, all of one participant. */
async function outcomesOf(
  { clientId, clientSecret, url }: Simulator,
  { conversationId, customer }: Call,
  values: readonly ProcessSettings['values'][],
): Promise<readonly Outcome[][]> {
  const participantId = customer.id;
  const settings = values.map((ofOne): ProcessSettings => ({
    ...{ url, clientId, clientSecret, conversationId, participantId },
    values: ofOne,
  }));
  return (await runProcesses('process.ts', settings)) as Outcome[][];
}

describe('Ten processes with ten updates each of one participant', () => {
  const simulator = simulatorForEachTest({ latencyMs: 40 });

  it('lose none of them, and end when they are done', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    const { journal } = simulator.current;
    const outcomes = await outcomesOf(
      simulator.current,
      call,
      ten.map((number) => ten.map((index) => [`p${number}.${index}`, 'x'] as const)),
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
    const { journal } = simulator.current;
    const values = Array.from({ length: 12 }, (_, index) => `worker ${index}`);
    const outcomes = await outcomesOf(
      simulator.current,
      call,
      values.map((value) => [['status', value]]),
    );
    const told = new Map(values.map((value, index) => [value, outcomes[index]?.[0]?.outcome]));
    const accepted = journal.writes().map(({ body }) => (body as Patched).attributes.status);
    expect(accepted.toSorted()).toEqual([...told.keys()].toSorted());
    const [last = ''] = accepted.slice(-1);
    expect(call.customer.attributes).toEqual({ status: last });
    expect(told.get(last)).toBe('written');
    expect(new Set(told.values())).toEqual(new Set(['written', 'superseded']));
  }, 90_000);
});
