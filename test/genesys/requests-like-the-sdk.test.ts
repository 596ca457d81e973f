import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { Lanes, strategies, systemClock } from '../../core';
import { attributeChange, type AttributeNote } from '../../genesys/stores/attribute-change';
import { GenesysClient } from '../../genesys/client';
import { readConversation } from '../../genesys/conversations/conversation';
import { locateParticipant } from '../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';
import { sdkFor } from '../simulator/sdk';
import { type Received, sendJson, serve } from './transport/servers';
import { Shared } from '../../genesys/shared';

const shared = new Shared();

const LIMITS = { timeoutMs: 5000 };
const ACCOUNT = { clientId: 'id ü', clientSecret: 'secret/+%' };
const TOKEN = 'token';

/** What a server can tell two clients apart by, less what is the client's own business. */
function essence({ method, url, headers, body }: Received) {
  const [mediaType] = headers['content-type']?.split(';') ?? [];
  const isJson = mediaType === 'application/json' && body !== '';
  return {
    method,
    url,
    authorization: headers.authorization,
    accepts: headers.accept?.split(',')[0],
    body: isJson ? (JSON.parse(body) as unknown) : body,
    // Without a body it means nothing.
    ...(body !== '' && { mediaType }),
  };
}

/** A server with one participant, which records what it is sent and shows each patch at once. */
async function record() {
  const conversationId = randomUUID();
  const participantId = randomUUID();
  let attributes: object = { priority: 'low', lang: 'en', old: 'x' };
  const answer = ({ method, url, body }: Received, response: ServerResponse): void => {
    if (url === '/oauth/token') {
      sendJson(response, 200, { access_token: TOKEN, token_type: 'bearer', expires_in: 86_400 });
    } else if (method === 'PATCH') {
      const patch = JSON.parse(body) as { attributes: object };
      attributes = { ...attributes, ...patch.attributes };
      response.writeHead(202).end();
    } else {
      const participants = [{ id: participantId, purpose: 'customer', attributes }];
      sendJson(response, 200, { id: conversationId, participants });
    }
  };
  const { url, received } = await serve(answer);
  const client = new GenesysClient(
    {
      ...ACCOUNT,
      loginUrl: url,
      apiUrl: url,
      requestsPerMinute: 1_000_000,
    },
    shared,
  );
  const sdk = sdkFor(url);
  return {
    conversationId,
    participantId,
    client,
    sdk,
    /** What comes in while something runs. */
    during: async (run: () => Promise<unknown>) => {
      const before = received.length;
      await run();
      return received.slice(before).map(essence);
    },
  };
}

describe('our requests are those of the official SDK', () => {
  it('for signing in and reading a conversation', async () => {
    const { conversationId, client, sdk, during } = await record();
    const theirs = await during(async () => {
      await sdk.signIn(ACCOUNT.clientId, ACCOUNT.clientSecret);
      await sdk.conversations.getConversation(conversationId);
    });
    const ours = await during(async () => await readConversation(client, conversationId, LIMITS));
    expect(ours).toEqual(theirs);
    expect(ours).toMatchObject([
      { method: 'POST', url: '/oauth/token', mediaType: 'application/x-www-form-urlencoded' },
      { method: 'GET', url: `/api/v2/conversations/${conversationId}`, body: '' },
    ]);
  });

  it.each([
    ['a changed and a new attribute', { priority: 'high', queue: 'vip' }, []],
    ['a removal', {}, ['old']],
    ['odd names and values', { 'a.b/c %': 'ü "😀"\n', empty: '', toString: '1' }, []],
    ['a long value', { long: 'é'.repeat(100_000) }, []],
  ])('for a whole update: %s', async (_, set: Record<string, string>, remove: string[]) => {
    const { conversationId, participantId, client, sdk, during } = await record();
    const ours = await during(async () => {
      const lanes = new Lanes<ParticipantRaw, AttributeNote>({
        clock: systemClock,
        random: Math.random,
      });
      const { outcome } = await lanes.update(
        locateParticipant(client, shared, {
          conversationId,
          participant: { id: participantId },
          writeMethod: 'patch',
        }),
        attributeChange({
          set: new Map(Object.entries(set)),
          remove: new Set(remove),
          conflictPolicy: 'overwrite',
          condition: { kind: 'always' },
        }),
        {
          maxAttempts: 1,
          totalTimeoutMs: 10_000,
          requestTimeoutMs: 5000,
          backoff: strategies.adaptive({ baseMs: 10, maxMs: 100 }),
        },
      );
      expect(outcome).toBe('written');
    });
    const theirs = await during(async () => {
      const { conversations, signIn } = sdk;
      await signIn(ACCOUNT.clientId, ACCOUNT.clientSecret);
      await conversations.getConversation(conversationId);
      await conversations.patchConversationParticipantAttributes(conversationId, participantId, {
        attributes: { ...set, ...Object.fromEntries(remove.map((name) => [name, ''])) },
      });
      await conversations.getConversation(conversationId);
    });
    expect(ours).toEqual(theirs);
    expect(ours.map(({ method }) => method)).toEqual(['POST', 'GET', 'PATCH', 'GET']);
  });
});
