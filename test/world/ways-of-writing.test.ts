import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { byId, detailsOf, rows, run } from '../engine/set-up';
import { sendJson, serve } from '../genesys/transport/servers';
import { CONVERSATION_ID, PARTICIPANT_ID } from './platform';

/** What the API says of a participant that is read by itself. */
interface Alone {
  readonly status?: number;
  readonly body: object;
}

/** Sets an attribute where there is PATCH only, and gives what comes out. */
async function setPriority(
  { status = 200, body }: Alone,
  writeMethod: string,
): Promise<IDataObject> {
  let attributes: object | undefined;
  const { url } = await serve((request, response) => {
    if (request.url.endsWith('/oauth/token')) {
      sendJson(response, 200, { access_token: 'the-token', expires_in: 86_400 });
    } else if (request.method === 'PATCH') {
      ({ attributes } = JSON.parse(request.body) as { attributes: object });
      response.writeHead(202).end();
    } else if (request.url.includes('/participants/')) {
      sendJson(response, status, body);
    } else {
      const participant = { id: PARTICIPANT_ID, purpose: 'customer', attributes };
      sendJson(response, 200, { id: CONVERSATION_ID, participants: [participant] });
    }
  });
  const { items } = await run(
    { url, clientId: 'id', clientSecret: 'the-client-secret' },
    {
      parameters: {
        conversationId: CONVERSATION_ID,
        participant: byId(PARTICIPANT_ID),
        attributes: rows({ priority: 'high' }),
        retry: { totalTimeout: 2000 },
        options: { writeMethod },
      },
      onError: 'continueRegularOutput',
    },
  );
  return items[0]?.json ?? {};
}

const BARE = { id: PARTICIPANT_ID, purpose: 'customer' };

describe('A participant that comes by itself without a version', () => {
  it.each([BARE, { ...BARE, attributes: null, version: null }, { ...BARE, attributes: {} }])(
    'is patched, as %j',
    async (body) => {
      const json = await setPriority({ body }, 'auto');
      expect(json).toMatchObject({
        outcome: 'written',
        attributes: { priority: 'high' },
        details: { writeMethod: 'patch' },
      });
    },
  );

  it.each([
    ['a version, but no attributes', { ...BARE, version: 7 }],
    ['an error', { status: 500, code: 'internal', message: 'No' }],
    ['an error of its own', { ...BARE, status: 500 }],
    ['a message', { message: 'Forbidden' }],
    ['somebody else', { ...BARE, id: CONVERSATION_ID }],
    ['nothing', {}],
  ])('is not taken for one where it comes with %s', async (_, body) => {
    const json = await setPriority({ body }, 'auto');
    expect(json['error']).toContain('"attributes": expected an object of attributes');
    expect(detailsOf(json)).toMatchObject({ code: 'server', status: 200 });
  });

  it.each([{ body: BARE }, { status: 405, body: {} }])(
    'cannot be written with Versioned, and it is said what to choose: %j',
    async (alone) => {
      const json = await setPriority(alone, 'versioned');
      expect(detailsOf(json)).toMatchObject({ code: 'server' });
      expect(json['error']).toContain('"Write Method", choose Auto.');
    },
  );
});

describe('A conversation that cannot be read', () => {
  it('is not blamed on the way of writing, which such operations do not have', async () => {
    const { url } = await serve((request, response) => {
      if (request.url.endsWith('/oauth/token')) {
        sendJson(response, 200, { access_token: 'the-token', expires_in: 86_400 });
      } else sendJson(response, 405, {});
    });
    const { items } = await run(
      { url, clientId: 'id', clientSecret: 'the-client-secret' },
      {
        parameters: { resource: 'conversation', operation: 'get', conversationId: CONVERSATION_ID },
        onError: 'continueRegularOutput',
      },
    );
    expect(detailsOf(items[0]?.json ?? {})).toMatchObject({ code: 'server', status: 405 });
    expect(items[0]?.json['error']).not.toContain('Write Method');
  });
});
