import { describe, expect, it } from '@jest/globals';

import { byId, byPurpose, run, simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 0 });

/** Requests of the API, without signing in. */
const requests = () => simulator.current.journal.entries.filter(({ kind }) => kind !== 'token');

async function ask(resource: string, operation: string, parameters: object, more: object = {}) {
  return await run(simulator.current, {
    parameters: { resource, operation, ...parameters },
    ...more,
  });
}

describe('Get of a participant', () => {
  it('returns what is known of it, with one request', async () => {
    const call = simulator.current.addCall({
      attributes: { priority: 'high' },
      externalContactId: 'ext-1',
    });
    const { items } = await ask('participant', 'get', {
      conversationId: call.conversationId,
      participant: byPurpose('customer'),
    });
    expect(items.map(({ json, pairedItem }) => ({ json, pairedItem }))).toEqual([
      {
        pairedItem: { item: 0 },
        json: {
          conversationId: call.conversationId,
          participantId: call.customer.id,
          purpose: 'customer',
          name: 'customer',
          userId: null,
          queueId: null,
          externalContactId: 'ext-1',
          connected: true,
          connectedTime: expect.any(String),
          endTime: null,
          mediaTypes: ['call'],
          attributes: { priority: 'high' },
          version: null,
        },
      },
    ]);
    expect(requests()).toHaveLength(1);
  });

  it('returns it as Genesys Cloud sends it where it is not to be simplified', async () => {
    const call = simulator.current.addCall({ attributes: { priority: 'high' } });
    const { items } = await ask('participant', 'get', {
      conversationId: call.conversationId,
      participant: byPurpose('customer'),
      options: { simplify: false },
    });
    expect(items[0]?.json).toMatchObject({
      conversationId: call.conversationId,
      participantId: call.customer.id,
      id: call.customer.id,
      calls: [{ state: 'connected', direction: 'inbound' }],
      attributes: { priority: 'high' },
    });
    expect(items[0]?.json).not.toHaveProperty('mediaTypes');
    expect(items[0]?.json).not.toHaveProperty('conversationHasEnded');
  });

  it('learns how the organization keeps participants, and asks once from then on', async () => {
    const call = simulator.current.addCall();
    const get = async () => {
      await ask('participant', 'get', {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
      });
      return requests().length;
    };
    expect(await get()).toBe(2);
    expect(await get()).toBe(3);
  });

  it('is one request for all items about one conversation', async () => {
    const call = simulator.current.addCall();
    const items = Array.from({ length: 100 }, (_, index) => ({
      purpose: index % 2 === 0 ? 'customer' : 'agent',
    }));
    const { items: out } = await ask(
      'participant',
      'get',
      {
        conversationId: call.conversationId,
        participant: { __rl: true, mode: 'purpose', value: '={{ $json.purpose }}' },
      },
      { items },
    );
    expect(out.map(({ json }) => json['purpose'])).toEqual(items.map(({ purpose }) => purpose));
    expect(requests()).toHaveLength(1);
  });

  it('says so where nobody is there, once more after its patience, and nobody waits for others', async () => {
    const call = simulator.current.addCall();
    const { errors } = await ask(
      'participant',
      'get',
      {
        conversationId: call.conversationId,
        participant: byPurpose('supervisor'),
        retry: { patience: 50 },
      },
      { onError: 'continueErrorOutput' },
    );
    expect(errors.map(({ json }) => json)).toEqual([
      {
        error: expect.stringContaining('Nobody in this call has the purpose "supervisor"'),
        details: expect.objectContaining({ code: 'notFound' }),
      },
    ]);
    expect(requests()).toHaveLength(2);
  });

  it('finds who has come in the meantime', async () => {
    const call = simulator.current.addCall();
    setTimeout(() => call.addParticipant({ purpose: 'supervisor' }), 50);
    const { items } = await ask('participant', 'get', {
      conversationId: call.conversationId,
      participant: byPurpose('supervisor'),
      retry: { patience: 200 },
    });
    expect(items[0]?.json).toMatchObject({ purpose: 'supervisor', connected: true });
  });

  it('tries again after what passes, and says what the server said where that lasts', async () => {
    const call = simulator.current.addCall();
    const get = async () =>
      await ask(
        'participant',
        'get',
        {
          conversationId: call.conversationId,
          participant: byPurpose('customer'),
          retry: { baseDelay: 1, maxAttempts: 3 },
        },
        { onError: 'continueErrorOutput' },
      );
    simulator.current.fault({ on: 'read', kind: 'reply', status: 503, times: 2 });
    expect((await get()).items).toHaveLength(1);
    simulator.current.fault({
      on: 'read',
      kind: 'reply',
      status: 403,
      code: 'missing.permissions',
      message: 'You are missing the permission(s): conversation:communication:view',
    });
    const { errors } = await get();
    expect(errors[0]?.json['error']).toMatch(/^The participant was not read: .*permission/);
    expect(errors[0]?.json['error']).toContain('conversation:communication:view');
    expect(errors[0]?.json).toMatchObject({ details: { code: 'forbidden', status: 403 } });
  });
});

describe('Get Many of participants', () => {
  const many = async (parameters: object = {}) => {
    const call = simulator.current.addCall();
    call.addParticipant({ purpose: 'agent', ringing: true, name: 'rung' });
    const { items } = await ask('participant', 'getAll', {
      conversationId: call.conversationId,
      ...parameters,
    });
    return { call, items };
  };

  it('returns an item for each, with one request', async () => {
    const { call, items } = await many();
    expect(items.map(({ json }) => json['participantId'])).toEqual(
      call.participants.map(({ id }) => id),
    );
    expect(items.every(({ pairedItem }) => pairedItem && 'item' in (pairedItem as object))).toBe(
      true,
    );
    expect(requests()).toHaveLength(1);
  });

  it('returns only those who are wanted, and no more than the limit', async () => {
    const purposes = async (parameters: object) =>
      (await many(parameters)).items.map(({ json }) => json['purpose']);
    expect(await purposes({ options: { connectedOnly: true } })).toEqual(['customer', 'agent']);
    expect(await purposes({ options: { purpose: ' AGENT ' } })).toEqual(['agent', 'agent']);
    expect(await purposes({ returnAll: false, limit: 2 })).toEqual(['customer', 'ivr']);
    expect(await purposes({ returnAll: true, limit: 2 })).toHaveLength(5);
    expect(await purposes({ options: { purpose: 'nobody' } })).toEqual([]);
  });
});

describe('Get of a conversation', () => {
  it('returns everybody and all attributes, also merged', async () => {
    const call = simulator.current.addCall({
      attributes: { priority: 'high' },
      externalTag: 'crm-7',
    });
    call.agent.write({ priority: 'low', result: 'sold' });
    const { items } = await ask('conversation', 'get', { conversationId: call.conversationId });
    expect(items[0]?.json).toMatchObject({
      conversationId: call.conversationId,
      endTime: null,
      connected: true,
      mediaTypes: ['call'],
      externalTag: 'crm-7',
      recordingState: 'ACTIVE',
      securePause: false,
      attributes: { priority: 'low', result: 'sold' },
      holders: {
        priority: [
          { participantId: call.customer.id, purpose: 'customer', value: 'high' },
          { participantId: call.agent.id, purpose: 'agent', value: 'low' },
        ],
      },
    });
    expect(items[0]?.json['participants']).toHaveLength(4);
    expect(items[0]?.json['divisionIds']).toHaveLength(1);
    expect(requests()).toHaveLength(1);
  });

  it('shows one that has ended', async () => {
    const call = simulator.current.addCall();
    call.end();
    const { items } = await ask('conversation', 'get', { conversationId: call.conversationId });
    expect(items[0]?.json).toMatchObject({ connected: false, endTime: expect.any(String) });
  });

  it('keeps the item in its place where another fails', async () => {
    const call = simulator.current.addCall();
    const { items } = await ask(
      'conversation',
      'get',
      { conversationId: '={{ $json.id }}' },
      {
        items: [{ id: 'no id' }, { id: call.conversationId }],
        onError: 'continueRegularOutput',
      },
    );
    expect(items.map(({ json }) => json['outcome'] ?? json['conversationId'])).toEqual([
      'failed',
      call.conversationId,
    ]);
    expect(items[0]?.json).toMatchObject({
      error: expect.stringContaining('"Conversation ID" of item 0: "no id" is not an ID'),
      details: { code: 'invalid' },
    });
  });
});

describe('Bad input', () => {
  const conversationId = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
  const participant = byPurpose('customer');
  const history = { source: 'history', from: '2026-03-01T12:00:00Z' };
  const NOTHING = '={{ $json.nope }}';
  type Refused = [what: string, resource: string, operation: string, given: object, named: string];
  it.each<Refused>([
    ['a conversation', 'conversation', 'get', { conversationId: 'x' }, 'Conversation ID'],
    [
      'simplify',
      'conversation',
      'get',
      { conversationId, options: { simplify: 'no' } },
      'Simplify',
    ],
    ['a limit', 'participant', 'getAll', { conversationId, limit: 0 }, 'Limit'],
    [
      'a purpose',
      'participant',
      'getAll',
      { conversationId, options: { purpose: ' ' } },
      'Purpose',
    ],
    [
      'a participant',
      'participant',
      'get',
      { conversationId, participant: byId('7') },
      'Participant',
    ],
    [
      'a write method',
      'participant',
      'get',
      { conversationId, participant, options: { writeMethod: 'x' } },
      'Write Method',
    ],
    [
      'an attribute',
      'participant',
      'waitForAttribute',
      { conversationId, participant, attribute: '={{ " " }}' },
      'Attribute',
    ],
    [
      'what to wait for',
      'participant',
      'waitForAttribute',
      { conversationId, participant, attribute: 'a', waitFor: 'x' },
      'Wait For',
    ],
    [
      'a value',
      'participant',
      'waitForAttribute',
      {
        conversationId,
        participant,
        attribute: 'a',
        waitFor: 'equals',
        value: '={{ $json.missing }}',
      },
      'Value',
    ],
    [
      'a gap in a value',
      'participant',
      'waitForAttribute',
      {
        conversationId,
        participant,
        attribute: 'a',
        waitFor: 'equals',
        value: '=is {{ $json.missing }}',
      },
      'Value',
    ],
    [
      'a timeout',
      'participant',
      'waitForAttribute',
      { conversationId, participant, attribute: 'a', timeout: -1 },
      'Timeout (ms)',
    ],
    [
      'a contact',
      'conversation',
      'setExternalContact',
      { conversationId, participant, externalContactId: ' ' },
      'External Contact ID',
    ],
    [
      'a contact with nothing to link',
      'conversation',
      'setExternalContact',
      { conversationId, participant, externalContactId: 'x', options: { removeLink: true } },
      'External Contact ID',
    ],
    ['a source', 'conversation', 'getAll', { source: 'x' }, 'Source'],
    ['a queue', 'conversation', 'getAll', { queueIds: ['x'] }, 'Queue Names or IDs'],
    [
      'a beginning',
      'conversation',
      'getAll',
      { source: 'history', from: '={{ "yesterday" }}' },
      'From',
    ],
    [
      'an end before the beginning',
      'conversation',
      'getAll',
      { ...history, to: '2026-02-01T12:00:00Z' },
      'From',
    ],
    [
      'a medium',
      'conversation',
      'getAll',
      { ...history, filters: { mediaType: 'pigeon' } },
      'Media Type',
    ],
    ['a user', 'conversation', 'getAll', { ...history, filters: { userId: byId('x') } }, 'User'],
    // What is missing must not make it a search for everything.
    ['no queues', 'conversation', 'getAll', { queueIds: NOTHING }, 'Queue Names or IDs'],
    [
      'no queue among others',
      'conversation',
      'getAll',
      { queueIds: `={{ ["${conversationId}", $json.nope] }}` },
      'Queue Names or IDs',
    ],
    [
      'a queue in two places',
      'conversation',
      'getAll',
      { ...history, queueIds: [conversationId], filters: { queueId: byId(conversationId) } },
      'Queue',
    ],
    ['no end', 'conversation', 'getAll', { ...history, to: NOTHING }, 'To'],
    ...(
      [
        ['mediaType', 'Media Type'],
        ['direction', 'Direction'],
        ['stillActive', 'Still Active'],
      ] as const
    ).map(([filter, name]): Refused => [
      `no ${filter}`,
      'conversation',
      'getAll',
      { ...history, filters: { [filter]: NOTHING } },
      name,
    ]),
    [
      'no user',
      'conversation',
      'getAll',
      { ...history, filters: { userId: byId(NOTHING) } },
      'User',
    ],
    [
      'no purpose',
      'participant',
      'getAll',
      { conversationId, options: { purpose: NOTHING } },
      'Purpose',
    ],
    [
      'no answer to whether they are connected',
      'participant',
      'getAll',
      { conversationId, options: { connectedOnly: NOTHING } },
      'Connected Only',
    ],
    [
      'no answer to whether it is short',
      'participant',
      'get',
      { conversationId, participant, options: { simplify: NOTHING } },
      'Simplify',
    ],
    [
      'no answer to whether a link goes',
      'conversation',
      'setExternalContact',
      {
        conversationId,
        participant,
        externalContactId: 'x',
        options: { removeLink: NOTHING },
      },
      'Remove Link',
    ],
  ])('%s is refused before any request, by name', async (_, resource, operation, given, name) => {
    const { errors } = await ask(resource, operation, given, { onError: 'continueErrorOutput' });
    expect(errors[0]?.json).toMatchObject({
      error: expect.stringContaining(`"${name}" of item 0: `),
      details: { code: 'invalid' },
    });
    expect(simulator.current.journal.entries).toEqual([]);
  });
});
