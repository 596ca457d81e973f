import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { Lanes, strategies, systemClock } from '../../core';
import { attributeChange, type AttributeNote } from '../../genesys/stores/attribute-change';
import { locateParticipant } from '../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';
import type { SimulatorOptions } from '../../simulator';
import { rows, run, simulatorForEachTest } from './set-up';
import { Shared } from '../../genesys/shared';
import { clientOf } from '../genesys/client-of';

const shared = new Shared();

const twenty = Array.from({ length: 20 }, (_, index) => index);

/** What each of twenty executions sets, and under which policy or condition. */
const kinds: [string, (index: number) => { set: Record<string, string>; options: IDataObject }][] =
  [
    ...(['overwrite', 'keepTheirs', 'fail'] as const).map(
      (conflictPolicy): (typeof kinds)[number] => [
        conflictPolicy,
        (index) => ({ set: { a: `${conflictPolicy} ${index}` }, options: { conflictPolicy } }),
      ],
    ),
    [
      'onlyIfMissing',
      (index) => ({ set: { [`new ${index}`]: 'x' }, options: { condition: 'onlyIfMissing' } }),
    ],
    [
      'onlyIfEquals',
      (index) => ({
        set: { turn: `${index + 1}` },
        options: {
          condition: 'onlyIfEquals',
          expectedAttributes: JSON.stringify({ turn: `${index}` }),
        },
      }),
    ],
    ['toggling', (index) => ({ set: { on: index % 2 === 0 ? 'yes' : 'no' }, options: {} })],
  ];

describe.each<[string, SimulatorOptions]>([
  ['one second behind', { visibilityLagMs: 1000 }],
  ['from replicas of which one is a second behind', { replicas: [0, 1000] }],
])('Where reads are %s', (_, options) => {
  const simulator = simulatorForEachTest({ ...options, latencyMs: 5 });

  it('twenty executions in a row on one participant each end with their value there', async () => {
    await Promise.all(
      kinds.map(async ([kind, execution]) => {
        const call = simulator.current.addCall({ attributes: { turn: '0', other: 'theirs' } });
        for (const index of twenty) {
          const { set, options: given } = execution(index);
          const { items } = await run(simulator.current, {
            parameters: {
              conversationId: call.conversationId,
              participant: { __rl: true, mode: 'id', value: call.customer.id },
              attributes: rows(set),
              options: { ...given, writeMethod: 'versioned' },
            },
            onError: 'continueRegularOutput',
            credential: { requestsPerMinute: 1_000_000 },
          });
          const told = {
            kind,
            index,
            outcome: items[0]?.json['outcome'],
            error: items[0]?.json['error'],
          };
          expect(told).toEqual({ kind, index, outcome: 'written', error: undefined });
          expect(call.customer.attributes).toMatchObject({ ...set, other: 'theirs' });
          expect(items[0]?.json['attributes']).toEqual(call.customer.attributes);
        }
      }),
    );
  }, 120_000);

  it('four processes that take turns each end with their value there', async () => {
    const client = clientOf(simulator.current, shared);
    const call = simulator.current.addCall({ attributes: { other: 'theirs' } });
    // What a process knows is in its lanes.
    const processes = Array.from(
      { length: 4 },
      () => new Lanes<ParticipantRaw, AttributeNote>({ clock: systemClock, random: Math.random }),
    );
    for (const index of twenty) {
      const value = `${index % 3}`;
      const result = await processes[index % 4]?.update(
        locateParticipant(client, shared, {
          conversationId: call.conversationId,
          participant: { id: call.customer.id },
          writeMethod: 'versioned',
        }),
        attributeChange({
          set: new Map([['a', value]]),
          remove: new Set(),
          conflictPolicy: 'overwrite',
          condition: { kind: 'always' },
        }),
        {
          maxAttempts: 30,
          totalTimeoutMs: 30_000,
          requestTimeoutMs: 10_000,
          backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
        },
      );
      expect({ index, outcome: result?.outcome }).toEqual({ index, outcome: 'written' });
      expect(call.customer.attributes).toEqual({ a: value, other: 'theirs' });
    }
  }, 120_000);
});
