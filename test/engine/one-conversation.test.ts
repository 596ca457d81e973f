import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { type NodeRun, rows, run, simulatorForEachTest } from './set-up';

const LAG_MS = 700;
const PARTICIPANTS = 20;
const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: LAG_MS });

/** Twenty participants of one call, as items that name each by its ID and by its purpose. */
function twentyOnOneCall(): IDataObject[] {
  const call = simulator.current.addCall();
  return Array.from({ length: PARTICIPANTS }, (_, index) => {
    const purpose = `guest${index}`;
    const { id } = call.addParticipant({ purpose });
    return { conversationId: call.conversationId, id, purpose };
  });
}

function setting(mode: 'id' | 'purpose', items: readonly IDataObject[]): NodeRun {
  return {
    parameters: {
      conversationId: '={{ $json.conversationId }}',
      participant: { __rl: true, mode, value: `={{ $json.${mode} }}` },
      attributes: rows({ priority: 'high' }),
      options: { concurrency: PARTICIPANTS },
    },
    items,
  };
}

describe('Twenty participants of one conversation, updated together', () => {
  it.each(['id', 'purpose'] as const)(
    'cost 20 PATCHes and 8 reads, by %s, whether it is one execution or twenty',
    async (mode) => {
      const { journal } = simulator.current;
      const together = await run(simulator.current, setting(mode, twentyOnOneCall()));
      const requests = [journal.writes().length, journal.reads().length];
      journal.clear();
      const apart = await Promise.all(
        twentyOnOneCall().map(async (item) => await run(simulator.current, setting(mode, [item]))),
      );
      const told = [together, ...apart].flatMap(({ items }) => items.map(({ json }) => json));
      expect(told.map(({ outcome }) => outcome)).toEqual(Array(2 * PARTICIPANTS).fill('written'));
      expect(told.every(({ details }) => (details as IDataObject)['attempts'] === 1)).toBe(true);
      expect([requests[0], journal.writes().length]).toEqual([PARTICIPANTS, PARTICIPANTS]);
      expect(Math.max(requests[1] ?? NaN, journal.reads().length)).toBeLessThanOrEqual(8);
    },
  );

  it('are each confirmed by a read that was sent after its PATCH was answered', async () => {
    const { journal } = simulator.current;
    const answeredAt: number[] = [];
    const runs = twentyOnOneCall().map(async (item) => {
      await run(simulator.current, setting('id', [item]));
      answeredAt.push(performance.now());
    });
    await Promise.all(runs);
    const lastWrite = journal.writes().at(-1)?.at ?? NaN;
    const lastRead = journal.reads().at(-1)?.at ?? NaN;
    expect(lastRead - lastWrite).toBeGreaterThanOrEqual(LAG_MS);
    expect(Math.min(...answeredAt) - (journal.writes()[0]?.at ?? NaN)).toBeGreaterThanOrEqual(
      LAG_MS,
    );
  });
});
