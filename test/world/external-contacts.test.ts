import { describe, expect, it } from '@jest/globals';

import { byId, rows, run, simulatorForEachTest } from '../engine/set-up';

const simulator = simulatorForEachTest();

async function link(externalContactId: string) {
  const call = simulator.current.addCall();
  const { items } = await run(simulator.current, {
    parameters: {
      conversationId: call.conversationId,
      participant: byId(call.customer.id),
      attributes: rows({ priority: 'high' }),
      options: { externalContactId },
    },
    onError: 'continueRegularOutput',
  });
  return { call, json: items[0]?.json ?? {} };
}

describe('the ID of an external contact', () => {
  it.each([
    'ext-123',
    'c1',
    '0',
    'sf:0035g00000XyZ',
    'mailto:zoë@example.com',
    '客户 7',
    'a/b?c=d&e#f',
    '../..',
    '{"id":1}',
    'x'.repeat(300),
    '11111111-2222-4333-8444-555555555555',
  ])('may be any text: %s', async (id) => {
    const { call, json } = await link(id);
    expect(json).toMatchObject({ outcome: 'written' });
    expect(call.customer.externalContactId).toBe(id);
  });

  it('is sent without the blanks around it', async () => {
    const { call } = await link(' \text-123\n');
    expect(call.customer.externalContactId).toBe('ext-123');
  });

  it.each(['a\nb', 'a\u0000b', 'a\u007fb', 'a\u0085b'])(
    'must be without control characters: %j',
    async (id) => {
      const { json } = await link(id);
      expect(json).toMatchObject({
        error: expect.stringContaining('"External Contact ID"'),
        details: { code: 'invalid' },
      });
      expect(simulator.current.journal.entries).toEqual([]);
    },
  );
});
