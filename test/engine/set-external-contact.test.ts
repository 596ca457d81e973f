import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { type Call, type SimulatorOptions, startSimulator } from '../../simulator';
import { byPurpose, run } from './set-up';

async function on(options: SimulatorOptions, contact?: string) {
  const simulator = await startSimulator({ visibilityLagMs: 0, ...options });
  const call: Call = simulator.addCall({ externalContactId: contact, attributes: { lang: 'de' } });
  const set = async (parameters: IDataObject) => {
    const { errors, items } = await run(simulator, {
      parameters: {
        resource: 'conversation',
        operation: 'setExternalContact',
        conversationId: call.conversationId,
        participant: byPurpose('customer'),
        ...parameters,
      },
      onError: 'continueErrorOutput',
    });
    return (items[0] ?? errors[0])?.json;
  };
  return { simulator, call, set, [Symbol.asyncDispose]: () => simulator.close() };
}

describe.each([
  ['versioned', {}],
  ['public', { visibilityLagMs: 200 }],
] as const)('Set External Contact on the %s API', (flavour, options) => {
  const writeMethod = flavour === 'public' ? 'patch' : 'versioned';

  it('links the participant, and says what was linked before', async () => {
    await using api = await on({ flavour, ...options }, 'ext-1');
    const { call, set, simulator } = api;
    expect(await set({ externalContactId: ' ext-2 ' })).toMatchObject({
      conversationId: call.conversationId,
      participantId: call.customer.id,
      outcome: 'written',
      changed: { externalContactId: { from: 'ext-1', to: 'ext-2' } },
      externalContactId: 'ext-2',
      purpose: 'customer',
      connected: true,
      details: { writeMethod, batchSize: 1 },
    });
    expect(call.customer.externalContactId).toBe('ext-2');
    expect(call.customer.attributes).toEqual({ lang: 'de' });
    expect(simulator.journal.writes()).toHaveLength(1);
  });

  it('writes nothing where it is linked already', async () => {
    await using api = await on({ flavour, ...options }, 'ext-1');
    expect(await api.set({ externalContactId: 'ext-1' })).toMatchObject({
      outcome: 'unchanged',
      changed: {},
      externalContactId: 'ext-1',
    });
    expect(api.simulator.journal.writes()).toEqual([]);
  });

  it('says in the words of Genesys Cloud what is refused', async () => {
    await using api = await on({ flavour, ...options });
    api.simulator.fault({
      on: 'write',
      kind: 'reply',
      status: 400,
      code: 'eternal.contacts.invalid.entity.id',
      message: 'The entity ID was invalid.',
    });
    expect(await api.set({ externalContactId: 'nobody' })).toMatchObject({
      error: expect.stringMatching(/^The external contact was not linked: .*entity ID was invalid/),
      details: { code: 'invalid', status: 400 },
    });
  });
});

describe('Set External Contact on the public API', () => {
  it('takes the link away', async () => {
    await using api = await on({ flavour: 'public' }, 'ext-1');
    expect(await api.set({ options: { removeLink: true } })).toMatchObject({
      outcome: 'written',
      changed: { externalContactId: { from: 'ext-1', to: null } },
      externalContactId: null,
    });
    expect(api.call.customer.externalContactId).toBeUndefined();
  });

  it('does not wait to see it where it is told so', async () => {
    await using api = await on({ flavour: 'public', visibilityLagMs: 60_000 });
    expect(
      await api.set({ externalContactId: 'ext-1', options: { waitUntilVisible: false } }),
    ).toMatchObject({ outcome: 'accepted' });
  });

  it('says so where it was accepted and does not show in time', async () => {
    await using api = await on({ flavour: 'public', visibilityLagMs: 60_000 });
    expect(
      await api.set({ externalContactId: 'ext-1', retry: { totalTimeout: 700 } }),
    ).toMatchObject({
      error: expect.stringContaining('The external contact was accepted, not yet seen'),
      details: { code: 'deadline' },
    });
  });

  it('reads before it sends anything again where no answer came', async () => {
    await using api = await on({ flavour: 'public' });
    api.simulator.fault({ on: 'write', kind: 'dropAfter' });
    expect(await api.set({ externalContactId: 'ext-1' })).toMatchObject({ outcome: 'written' });
    expect(api.simulator.journal.writes()).toHaveLength(1);
  });
});
