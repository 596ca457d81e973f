import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { byPurpose, rows, run, simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 100 });

async function set(
  options: IDataObject,
  attributes: Record<string, unknown> = { priority: 'high' },
) {
  const call = simulator.current.addCall({
    externalContactId: 'ext-1',
    attributes: { lang: 'de' },
  });
  const { errors, items } = await run(simulator.current, {
    parameters: {
      conversationId: call.conversationId,
      participant: byPurpose('customer'),
      attributes: rows(attributes),
      options,
    },
    onError: 'continueErrorOutput',
  });
  return { call, json: (items[0] ?? errors[0])?.json };
}

const paths = () =>
  simulator.current.journal
    .writes()
    .map(({ path }) => path.split('/').at(path.includes('external') ? 3 : -1));

describe('Attributes and an external contact on the public API', () => {
  it('are written one after the other, each until it shows', async () => {
    const { call, json } = await set({ externalContactId: 'ext-2' });
    expect(json).toMatchObject({
      outcome: 'written',
      changed: { priority: { from: null, to: 'high' } },
      attributes: { priority: 'high', lang: 'de' },
      externalContactId: 'ext-2',
    });
    expect(call.customer.externalContactId).toBe('ext-2');
    expect(paths()).toEqual(['attributes', 'externalcontacts']);
  });

  it('are linked where no attribute has to be written', async () => {
    const { json } = await set({ externalContactId: 'ext-2', writeMethod: 'patch' }, {});
    expect(json).toMatchObject({ outcome: 'written', changed: {}, externalContactId: 'ext-2' });
    expect(paths()).toEqual(['externalcontacts']);
  });

  it('are told apart where the second fails: nothing is claimed that was not done', async () => {
    // The link is the second write.
    simulator.current.fault({ on: 'write', kind: 'delayAfter', ms: 0 });
    simulator.current.fault({
      on: 'write',
      kind: 'reply',
      status: 400,
      code: 'eternal.contacts.invalid.entity.id',
      message: 'The entity ID was invalid.',
    });
    const { call, json } = await set({ externalContactId: 'nobody' });
    expect(json).toEqual({
      error: expect.stringMatching(
        /^The attributes were written, but the external contact was not linked: .*entity ID was invalid/,
      ),
      details: expect.objectContaining({ code: 'invalid', status: 400 }),
    });
    expect(call.customer.attributes).toEqual({ lang: 'de', priority: 'high' });
    expect(call.customer.externalContactId).toBe('ext-1');
  });

  it('are both left alone where the condition is not met', async () => {
    const { json } = await set({
      externalContactId: 'ext-2',
      condition: 'onlyIfEquals',
      expectedAttributes: rows({ lang: 'en' }),
      ifNotMet: 'skip',
    });
    expect(json).toMatchObject({ outcome: 'unchanged' });
    expect(paths()).toEqual([]);
  });
});
