import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call } from '../../simulator';
import { byId, byPurpose, rows, run, simulatorForEachTest, start } from './set-up';

const hundred = Array.from({ length: 100 }, (_, index) => index);
const valueOf = (index: number) => `value ${index}`;

/** Each item sets an attribute of its own. */
function attributeOfEachItem(call: Call, participant = byId(call.customer.id)): IDataObject {
  return {
    conversationId: call.conversationId,
    participant,
    attributes: {
      assignments: [{ id: '1', name: '={{ $json.name }}', value: '={{ $json.value }}' }],
    },
  };
}

const items = hundred.map((index) => ({ name: `a${index}`, value: valueOf(index) }));
const all = Object.fromEntries(items.map(({ name, value }) => [name, value]));

describe('A hundred items at one participant', () => {
  const simulator = simulatorForEachTest({ latencyMs: 20 });

  it('cost one read and one write, and each item has its own output', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    const parameters = attributeOfEachItem(call);
    const { items: outputs } = await run(simulator.current, { parameters, items });
    const { journal } = simulator.current;
    expect([journal.reads().length, journal.writes().length]).toEqual([1, 1]);
    expect(outputs).toHaveLength(100);
    for (const [index, { json, pairedItem }] of outputs.entries()) {
      expect(pairedItem).toEqual({ item: index });
      expect(json).toMatchObject({
        outcome: 'written',
        changed: { [`a${index}`]: { from: null, to: valueOf(index) } },
        attributes: { lang: 'de', ...all },
        details: { batchSize: 100, attempts: 1, conflicts: 0 },
      });
      expect(Object.keys(json['changed'] as object)).toHaveLength(1);
    }
    expect(call.customer.attributes).toEqual({ lang: 'de', ...all });
  });

  it('cost one look at the conversation more where the participant is chosen by purpose', async () => {
    const call = simulator.current.addCall();
    const parameters = attributeOfEachItem(call, byPurpose('customer'));
    await run(simulator.current, { parameters, items });
    expect(simulator.current.journal.reads()).toHaveLength(2);
    expect(simulator.current.journal.writes()).toHaveLength(1);
    expect(call.customer.attributes).toEqual(all);
  });

  it('are applied in the order of the items: the last one wins', async () => {
    const call = simulator.current.addCall();
    const parameters = {
      ...attributeOfEachItem(call),
      attributes: rows({ turn: '={{ $json.value }}' }),
    };
    const { items: outputs } = await run(simulator.current, { parameters, items });
    expect(call.customer.attributes).toEqual({ turn: valueOf(99) });
    expect(outputs[57]?.json['changed']).toEqual({ turn: { from: valueOf(56), to: valueOf(57) } });
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });

  it('fail one by one: what is refused for one is written for the others', async () => {
    const call = simulator.current.addCall({ attributes: { status: 'waiting' } });
    const parameters = {
      ...attributeOfEachItem(call),
      options: {
        condition: 'onlyIfEquals',
        expectedAttributes: '={{ { "status": $json.name === "a7" ? "gone" : "waiting" } }}',
      },
    };
    const { items: outputs, errors } = await run(simulator.current, {
      parameters,
      items,
      onError: 'continueErrorOutput',
    });
    expect([outputs.length, errors.length]).toEqual([99, 1]);
    expect(errors[0]?.json).toMatchObject({ details: { code: 'refused' } });
    expect(errors[0]?.pairedItem).toEqual({ item: 7 });
    expect(Object.keys(call.customer.attributes)).toHaveLength(100);
    expect(call.customer.attributes).not.toHaveProperty('a7');
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });
});

describe('A hundred executions at once at one participant', () => {
  const simulator = simulatorForEachTest({ latencyMs: 20 });

  it('cost two cycles at most, and then a write where the last one was a moment ago', async () => {
    const call = simulator.current.addCall();
    const execution = async (index: number) =>
      await run(simulator.current, {
        parameters: {
          conversationId: call.conversationId,
          participant: byId(call.customer.id),
          attributes: rows({ [`a${index}`]: valueOf(index) }),
        },
      });
    const runs = await Promise.all(hundred.map(execution));
    const { journal } = simulator.current;
    expect(journal.reads().length).toBe(1);
    expect(journal.writes().length).toBeLessThanOrEqual(2);
    expect(runs.map(({ items: outputs }) => outputs[0]?.json)).toEqual(
      hundred.map((index) =>
        expect.objectContaining({
          outcome: 'written',
          changed: { [`a${index}`]: { from: null, to: valueOf(index) } },
          details: expect.objectContaining({ conflicts: 0 }) as unknown,
        }),
      ),
    );
    expect(call.customer.attributes).toEqual(all);

    journal.clear();
    await execution(100);
    expect(journal.entries.map(({ kind }) => kind)).toEqual(['write']);
  });
});

describe('A hundred items on the public API', () => {
  const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 600 });

  it.each(['auto', 'patch'])(
    'cost one read, one write and a few looks until all can be seen (%s)',
    async (writeMethod) => {
      const call = simulator.current.addCall({ attributes: { lang: 'de' } });
      const parameters = {
        ...attributeOfEachItem(call, byPurpose('customer')),
        options: { writeMethod },
      };
      const { items: outputs } = await run(simulator.current, { parameters, items });
      expect(call.customer.attributes).toEqual({ lang: 'de', ...all });
      expect(outputs.every(({ json }) => json['outcome'] === 'written')).toBe(true);
      const { journal } = simulator.current;
      expect(journal.writes()).toHaveLength(1);
      // Looks after 250 and 375 ms see nothing or all, so a third one does; "auto" finds out first.
      expect(journal.reads().length).toBeLessThanOrEqual(writeMethod === 'auto' ? 5 : 4);
    },
  );
});

describe('Two thousand items over two hundred participants', () => {
  const simulator = simulatorForEachTest({ latencyMs: 10 });

  it('cost two requests a participant', async () => {
    const calls = Array.from({ length: 200 }, () => simulator.current.addCall());
    const { items: outputs } = await run(simulator.current, {
      credential: { requestsPerMinute: 100_000 },
      parameters: {
        conversationId: '={{ $json.conversation }}',
        participant: byId('={{ $json.participant }}'),
        attributes: {
          assignments: [{ id: '1', name: '={{ $json.name }}', value: 'yes' }],
        },
        options: { concurrency: 50 },
      },
      items: Array.from({ length: 2000 }, (_, index) => {
        const call = calls[index % 200];
        return {
          conversation: call?.conversationId,
          participant: call?.customer.id,
          name: `a${Math.floor(index / 200)}`,
        };
      }),
    });
    expect(outputs.map(({ json }) => json['outcome'])).toEqual(outputs.map(() => 'written'));
    expect(outputs).toHaveLength(2000);
    for (const { customer } of calls) expect(Object.keys(customer.attributes)).toHaveLength(10);
    const { journal } = simulator.current;
    const requests = journal.reads().length + journal.writes().length;
    expect(requests).toBeLessThanOrEqual(200 * 2.2);
  }, 60_000);
});

describe('One update alone', () => {
  const simulator = simulatorForEachTest();

  it('costs one read and one write', async () => {
    const call = simulator.current.addCall();
    await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        attributes: rows({ a: '1' }),
      },
    });
    const requests = simulator.current.journal.entries.filter(({ kind }) => kind !== 'token');
    expect(requests.map(({ method }) => method)).toEqual(['GET', 'PUT']);
  });
});

describe('An execution that is cancelled', () => {
  const simulator = simulatorForEachTest({ latencyMs: 200 });

  it('changes nothing for another one at the same participant', async () => {
    const call = simulator.current.addCall();
    const parameters = {
      conversationId: call.conversationId,
      participant: byId(call.customer.id),
    };
    const cancelled = start(simulator.current, {
      parameters: { ...parameters, attributes: rows({ mine: '1' }) },
    });
    const other = run(simulator.current, {
      parameters: { ...parameters, attributes: rows({ theirs: '1' }) },
    });
    setTimeout(() => {
      cancelled.cancel();
    }, 100);
    await cancelled.done.catch(() => undefined);
    expect((await other).items[0]?.json).toMatchObject({
      outcome: 'written',
      details: { conflicts: 0 },
    });
    expect(call.customer.attributes).toEqual({ theirs: '1' });
    const { journal } = simulator.current;
    expect([journal.reads().length, journal.writes().length]).toEqual([1, 1]);
  });
});
