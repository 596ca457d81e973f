import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Lanes, strategies, systemClock } from '../../core';
import { attributeChange, type AttributeNote } from '../../genesys/stores/attribute-change';
import { GenesysClient } from '../../genesys/client';
import { locateParticipant } from '../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';
import { type Received, sendJson, serve } from './transport/servers';
import { set } from './stores/wishes';
import { Shared } from '../../genesys/shared';

const shared = new Shared();

/** One participant, and who asked for it. Its token tells a client apart. */
async function platform() {
  let version = 1;
  let attributes: object = {};
  const server = await serve(async ({ method, url, headers, body }, response) => {
    if (url === '/oauth/token') {
      const token = `token of ${headers.authorization ?? ''}`;
      sendJson(response, 200, { access_token: token, expires_in: 1000 });
      return;
    }
    await sleep(10);
    if (method === 'PUT') {
      const written = JSON.parse(body) as { version: number; attributes: object };
      if (written.version !== version) {
        sendJson(response, 409, { code: 'version.conflict', message: 'version' });
        return;
      }
      version++;
      attributes = written.attributes;
    }
    sendJson(response, 200, { version, attributes });
  });
  return { server, attributes: () => attributes };
}

describe('Two clients with updates of one participant at once', () => {
  it.each([
    ['another ID', { clientId: 'two' }],
    ['another secret', { clientSecret: 'two' }],
  ])('share neither token nor read nor write (%s)', async (_, other) => {
    const { server, attributes } = await platform();
    const lanes = new Lanes<ParticipantRaw, AttributeNote>({
      clock: systemClock,
      random: Math.random,
    });
    const account = {
      loginUrl: server.url,
      apiUrl: server.url,
      clientId: 'one',
      clientSecret: 'one',
      requestsPerMinute: 1000,
    };
    const clients = [account, { ...account, ...other }].map(
      (each) => new GenesysClient(each, shared),
    );
    const conversationId = randomUUID();
    const id = randomUUID();
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const results = await Promise.all(
      names.map(async (name, index) => {
        const client = clients[index % 2];
        if (!client) throw new Error('There is no such client.');
        return await lanes.update(
          locateParticipant(client, shared, {
            conversationId,
            participant: { id },
            writeMethod: 'versioned',
          }),
          attributeChange(set({ [name]: name })),
          {
            maxAttempts: 30,
            totalTimeoutMs: 10_000,
            requestTimeoutMs: 5000,
            backoff: strategies.fullJitter({ baseMs: 20, maxMs: 100 }),
          },
        );
      }),
    );
    expect(attributes()).toEqual(Object.fromEntries(names.map((name) => [name, name])));
    expect(results.map(({ batchSize }) => batchSize)).toEqual(names.map(() => 3));

    const requests = server.received.filter(({ url }) => url !== '/oauth/token');
    const tokens = new Set(requests.map(({ headers }) => headers.authorization));
    expect(tokens.size).toBe(2);
    const of = (token: string | undefined): Received[] =>
      requests.filter(({ headers }) => headers.authorization === token);
    for (const token of tokens) {
      // Its first write is under what it read itself, with what its own callers want.
      expect(of(token)[0]?.method).toBe('GET');
      const mine = ([...tokens].indexOf(token) === 0 ? ['a', 'c', 'e'] : ['b', 'd', 'f']).sort();
      const [write] = of(token).filter(({ method }) => method === 'PUT');
      const sent = JSON.parse(write?.body ?? '{}') as { attributes: object };
      expect(Object.keys(sent.attributes).sort()).toEqual(expect.arrayContaining(mine));
    }
  });
});
