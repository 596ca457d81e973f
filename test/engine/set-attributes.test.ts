import { describe, expect, it } from '@jest/globals';

import { byId, byPurpose, detailsOf, rows, run, simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest();

describe('Set Participant Attributes', () => {
  it('sets attributes and keeps all others, told in full', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de', priority: 'low' } });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        attributes: rows({ priority: 'high', tier: 'gold' }),
      },
    });
    expect(items).toEqual([
      {
        json: {
          outcome: 'written',
          changed: { priority: { from: 'low', to: 'high' }, tier: { from: null, to: 'gold' } },
          attributes: { lang: 'de', priority: 'high', tier: 'gold' },
          conversationId: call.conversationId,
          participantId: call.customer.id,
          purpose: 'customer',
          connected: true,
          details: {
            writeMethod: 'versioned',
            version: call.customer.version,
            attempts: 1,
            conflicts: 0,
            batchSize: 1,
            waitedMs: expect.any(Number),
            elapsedMs: expect.any(Number),
          },
        },
        pairedItem: { item: 0 },
      },
    ]);
    // Leave to send is there at once, but on a busy machine "at once" takes a moment.
    expect(detailsOf(items[0]?.json)['waitedMs']).toBeLessThan(50);
    expect(call.customer.attributes).toEqual({ lang: 'de', priority: 'high', tier: 'gold' });
  });

  it.each([1, 3])(
    'meets %i conflicts and needs one read and one write more for each',
    async (conflicts) => {
      const call = simulator.current.addCall({ attributes: { lang: 'de' } });
      const first = call.customer.version;
      simulator.current.fault({ on: 'write', kind: 'conflict', times: conflicts });
      const { items } = await run(simulator.current, {
        parameters: {
          conversationId: call.conversationId,
          participant: byId(call.customer.id),
          attributes: rows({ priority: 'high' }),
          options: { externalContactId: '11111111-2222-4333-8444-555555555555' },
        },
      });
      expect(items[0]?.json).toMatchObject({
        outcome: 'written',
        details: { attempts: conflicts + 1, conflicts },
        externalContactId: '11111111-2222-4333-8444-555555555555',
      });
      const { journal } = simulator.current;
      expect(journal.reads()).toHaveLength(conflicts + 1);
      expect(journal.writes().map(({ body }) => body)).toEqual(
        Array.from({ length: conflicts + 1 }, (_, index) => ({
          externalContactId: '11111111-2222-4333-8444-555555555555',
          attributes: { lang: 'de', priority: 'high' },
          version: first + index,
        })),
      );
      expect(journal.entries.map(({ kind }) => kind)).toEqual([
        'token',
        ...Array.from({ length: conflicts + 1 }, () => ['read', 'write']).flat(),
      ]);
    },
  );

  it('takes in what others wrote between read and write', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    simulator.current.fault({ on: 'write', kind: 'foreignWrite', attributes: { agent: 'note' } });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        attributes: rows({ priority: 'high' }),
      },
    });
    expect(items[0]?.json).toMatchObject({
      attributes: { lang: 'de', agent: 'note', priority: 'high' },
    });
    expect(call.customer.attributes).toEqual({ lang: 'de', agent: 'note', priority: 'high' });
  });

  it('leaves the external contact out where it was not asked for', async () => {
    const call = simulator.current.addCall({
      externalContactId: '11111111-2222-4333-8444-555555555555',
    });
    await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        attributes: rows({ priority: 'high' }),
      },
    });
    expect(simulator.current.journal.writes()[0]?.body).toEqual({
      attributes: { priority: 'high' },
      version: expect.any(Number),
    });
  });

  it('writes wrapped values wrapped', async () => {
    const call = simulator.current.addCall({
      attributes: { lang: 'de', priority: 'low' },
      wrapped: true,
    });
    await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        attributes: rows({ priority: 'high', tier: 'gold' }),
      },
    });
    expect(simulator.current.journal.writes()[0]?.body).toMatchObject({
      attributes: { lang: { value: 'de' }, priority: { value: 'high' }, tier: { value: 'gold' } },
    });
  });

  it('writes nothing where everything is as wanted', async () => {
    const call = simulator.current.addCall({ attributes: { priority: 'high' } });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        attributes: rows({ priority: 'high' }),
      },
    });
    expect(items[0]?.json).toMatchObject({
      outcome: 'unchanged',
      changed: {},
      details: { attempts: 1 },
    });
    expect(simulator.current.journal.writes()).toHaveLength(0);
  });

  it('finds the participant by its purpose: the customer unless told otherwise', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      parameters: { conversationId: call.conversationId, attributes: rows({ a: '1' }) },
    });
    await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byPurpose('agent'),
        attributes: rows({ b: '2' }),
      },
    });
    expect(items[0]?.json['participantId']).toBe(call.customer.id);
    expect(call.customer.attributes).toEqual({ a: '1' });
    expect(call.agent.attributes).toEqual({ b: '2' });
  });

  it('takes JSON too, and turns numbers and booleans into text', async () => {
    const call = simulator.current.addCall();
    await run(simulator.current, {
      parameters: {
        conversationId: ` ${call.conversationId} `,
        inputMode: 'json',
        attributesJson: '={{ JSON.stringify({ score: $json.score, vip: true, note: "" }) }}',
      },
      items: [{ score: 4.5 }],
    });
    expect(call.customer.attributes).toEqual({ score: '4.5', vip: 'true', note: '' });
  });

  it('answers one item for each, in order and paired, several for one participant included', async () => {
    const calls = [simulator.current.addCall(), simulator.current.addCall()];
    const wanted = [0, 1, 0, 1, 0];
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.conversationId }}',
        inputMode: 'json',
        attributesJson: '={{ { ["item" + $itemIndex]: "x" } }}',
      },
      items: wanted.map((call) => ({ conversationId: calls[call]?.conversationId ?? '' })),
    });
    expect(items.map(({ json, pairedItem }) => [json['conversationId'], pairedItem])).toEqual(
      wanted.map((call, item) => [calls[call]?.conversationId, { item }]),
    );
    expect(calls[0]?.customer.attributes).toEqual({ item0: 'x', item2: 'x', item4: 'x' });
    expect(calls[1]?.customer.attributes).toEqual({ item1: 'x', item3: 'x' });
  });

  it('takes the items for one participant one after the other, so that they do not collide', async () => {
    simulator.current.latencyMs = 10;
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byPurpose('={{ $itemIndex % 2 ? "Customer" : "customer" }}'),
        inputMode: 'json',
        attributesJson: '={{ { ["item" + $itemIndex]: "x" } }}',
      },
      items: Array.from({ length: 8 }, () => ({})),
    });
    expect(items.map(({ json }) => detailsOf(json)['conflicts'])).toEqual(items.map(() => 0));
    expect(Object.keys(call.customer.attributes)).toHaveLength(8);
  });

  it('works on no more participants at once than it is told', async () => {
    simulator.current.latencyMs = 20;
    const calls = Array.from({ length: 6 }, () => simulator.current.addCall());
    const open = () =>
      simulator.current.journal.entries.filter(
        ({ kind, status }) => kind !== 'token' && status === undefined,
      ).length;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, open())), 1);
    await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.conversationId }}',
        attributes: rows({ a: '1' }),
        options: { concurrency: 2 },
      },
      items: calls.map(({ conversationId }) => ({ conversationId })),
    });
    clearInterval(watch);
    expect(most).toBe(2);
    expect(calls.every(({ customer }) => customer.attributes['a'] === '1')).toBe(true);
  });

  it('answers nothing to no items', async () => {
    const { items, run: workflowRun } = await run(simulator.current, {
      parameters: { conversationId: 'x', attributes: {} },
      items: [],
    });
    expect(items).toEqual([]);
    expect(workflowRun.error).toBeUndefined();
  });
});
