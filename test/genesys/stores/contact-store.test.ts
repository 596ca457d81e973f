import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';

import type { StoreError } from '../../../core';
import { Shared } from '../../../genesys/shared';
import { ContactStore } from '../../../genesys/stores/contact-store';
import { CONTACT_PART } from '../../../genesys/stores/participant-parts';
import { sdkFor } from '../../simulator/sdk';
import { sendJson, serve } from '../transport/servers';
import { clientOf } from '../client-of';

const LIMITS = { timeoutMs: 5000 };

/** A conversation of this participant, on a server that takes every link. */
async function setUp(participant: object, status = 202) {
  const conversationId = randomUUID();
  const participantId = randomUUID();
  const { received, url } = await serve(({ method, url }, response) => {
    if (url === '/oauth/token') {
      sendJson(response, 200, { access_token: 'token', token_type: 'bearer', expires_in: 1000 });
    } else if (method === 'PUT') response.writeHead(status).end();
    else sendJson(response, 200, { participants: [{ id: participantId, ...participant }] });
  });
  const shared = new Shared();
  const client = clientOf({ url }, shared);
  const store = new ContactStore(client, shared.conversations, conversationId, participantId);
  const link = async (to: string | null) => {
    const base = await store.read(LIMITS);
    const delta = new Map([[CONTACT_PART, { from: base.parts.get(CONTACT_PART) ?? null, to }]]);
    return await store.write(delta, base, LIMITS);
  };
  return { conversationId, link, received, store, url };
}

const written = ({ received }: { received: readonly { method: string; body: string }[] }) =>
  received.filter(({ method }) => method === 'PUT').map(({ body }) => JSON.parse(body) as object);

describe('The external contact on the public API', () => {
  it('is read with the attributes; one that is no text is none', async () => {
    const id = randomUUID().toUpperCase();
    const { store } = await setUp({ attributes: { a: '1' }, externalContactId: id });
    expect((await store.read(LIMITS)).parts).toEqual(
      new Map([
        ['a', '1'],
        [CONTACT_PART, id.toLowerCase()],
      ]),
    );
    const none = await setUp({ externalContactId: null });
    expect((await none.store.read(LIMITS)).parts.size).toBe(0);
  });

  it('is linked as the official SDK does it, and accepted', async () => {
    const on = await setUp({ calls: [{ id: 'call', state: 'connected' }] });
    const externalContactId = randomUUID();
    expect(await on.link(externalContactId)).toEqual({ accepted: true });
    const { externalContacts, signIn } = sdkFor(on.url);
    await signIn('id', 'secret');
    const { conversationId } = on;
    await externalContacts.putExternalcontactsConversation(conversationId, {
      conversationId,
      communicationId: 'call',
      mediaType: 'CALL',
      externalContactId,
    });
    const puts = on.received.filter(({ method }) => method === 'PUT');
    const [ours, theirs] = puts.map(({ body, url }) => ({ body: JSON.parse(body) as object, url }));
    expect(ours).toEqual(theirs);
  });

  it('is taken away by leaving it out', async () => {
    const on = await setUp({ calls: [{ id: 'call' }], externalContactId: 'ext-1' });
    await on.link(null);
    expect(written(on)).toEqual([
      { conversationId: on.conversationId, communicationId: 'call', mediaType: 'CALL' },
    ]);
  });

  it.each([
    [
      'the communication that goes on',
      {
        calls: [{ id: 'over', state: 'terminated' }],
        messages: [{ id: 'on', state: 'connected' }],
      },
      'on',
      'MESSAGE',
    ],
    ['the latest of those that go on', { messages: [{ id: '1' }, { id: '2' }] }, '2', 'MESSAGE'],
    [
      'the latest where all are over',
      {
        calls: [
          { id: '1', state: 'terminated' },
          { id: '2', state: 'disconnected' },
        ],
      },
      '2',
      'CALL',
    ],
    ['one that has an ID', { emails: [{ id: 'e' }, { state: 'connected' }] }, 'e', 'EMAIL'],
    ['a medium of two words', { internalMessages: [{ id: 'i' }] }, 'i', 'INTERNAL_MESSAGE'],
  ])('goes by %s', async (_, participant, communicationId, mediaType) => {
    const on = await setUp(participant);
    await on.link('ext-1');
    expect(written(on)).toMatchObject([{ communicationId, mediaType }]);
  });

  it('sends nothing where there is no communication to go by, and says so', async () => {
    const on = await setUp({});
    const error = await on.link('ext-1').catch((reason: unknown) => reason as StoreError);
    expect(error).toMatchObject({
      failure: { kind: 'permanent' },
      message: expect.stringContaining('has no communication yet'),
    });
    expect(written(on)).toEqual([]);
  });

  it('may have been linked where no answer tells', async () => {
    const on = await setUp({ calls: [{ id: 'call' }] }, 503);
    await expect(on.link('ext-1')).rejects.toMatchObject({ failure: { kind: 'ambiguous' } });
  });
});
