import { describe, expect, it } from '@jest/globals';
import type http from 'node:http';
import { randomUUID } from 'node:crypto';

import { byId, rows, run } from '../engine/set-up';
import { type Received, sendJson } from '../genesys/transport/servers';
import { CONVERSATION_ID, platform } from './platform';

/** A platform whose replies to some methods tell of a limit. */
async function telling(limits: Record<string, number>) {
  const tell = ({ method }: Received, response: http.ServerResponse) => {
    const allowed = limits[method];
    if (allowed !== undefined) response.setHeader('inin-ratelimit-allowed', allowed);
  };
  return await platform({ api: tell });
}

/** Sets an attribute of so many participants at once, and gives what comes out of each. */
async function setMany(url: string, count: number, totalTimeout = 1500) {
  const { items } = await run(
    { url, clientId: randomUUID(), clientSecret: 'secret' },
    {
      parameters: {
        conversationId: CONVERSATION_ID,
        participant: byId('={{ $json.participant }}'),
        attributes: rows({ priority: 'high' }),
        retry: { totalTimeout },
        options: { writeMethod: 'versioned', concurrency: 2 },
      },
      items: Array.from({ length: count }, () => ({ participant: randomUUID() })),
      onError: 'continueRegularOutput',
    },
  );
  return items.map(({ json }) => json);
}

describe('a limit that is smaller than that of the credential', () => {
  it('is named, with where it came from, where all replies tell of it', async () => {
    const { url, api } = await telling({ GET: 20, PUT: 20 });
    const outputs = await setMany(url, 12);
    const failed = outputs.filter(({ outcome }) => outcome !== 'written');
    expect(failed).toHaveLength(2);
    expect(api).toHaveLength(20);
    for (const json of failed) {
      expect(json).toMatchObject({
        error: expect.stringMatching(
          /20 requests a minute that Genesys Cloud allows.*inin-ratelimit-allowed.*(GET|PUT) \/api\/v2\/conversations\/\{id\}\/participants\/\{id\}/,
        ),
        details: { code: 'deadline', attempts: 0 },
      });
    }
  });

  it('counts for nothing else where one kind of request alone tells of it', async () => {
    const { url, api } = await telling({ GET: 20 });
    const outputs = await setMany(url, 19);
    expect(outputs.map(({ outcome }) => outcome)).toEqual(outputs.map(() => 'written'));
    expect(api).toHaveLength(38);
  });

  it('counts for nothing else where other kinds tell of a larger one', async () => {
    const { url } = await telling({ GET: 20, PUT: 300 });
    const outputs = await setMany(url, 19);
    expect(outputs.map(({ outcome }) => outcome)).toEqual(outputs.map(() => 'written'));
  });

  it('counts for the kind that tells of it, and is named', async () => {
    const { url, api } = await telling({ GET: 5, PUT: 300 });
    const outputs = await setMany(url, 8);
    const failed = outputs.filter(({ outcome }) => outcome !== 'written');
    expect(failed).toHaveLength(3);
    expect(api.filter(({ method }) => method === 'GET')).toHaveLength(5);
    for (const json of failed) {
      expect(json).toMatchObject({
        error: expect.stringMatching(
          /The 5 requests "GET \/api\/v2\/conversations\/\{id\}\/participants\/\{id\}" are used up that Genesys Cloud allows in a minute \(inin-ratelimit-allowed\)\. There is room for the next in (59|60)/,
        ),
        details: { code: 'throttled' },
      });
      expect(json['error']).not.toMatch(/in the credential/);
    }
  });

  it('is not blamed where it is larger than that of the credential', async () => {
    const { url } = await telling({ GET: 300, PUT: 300 });
    const outputs = await setMany(url, 3);
    expect(outputs.every(({ outcome }) => outcome === 'written')).toBe(true);
  });
});

describe('a 429', () => {
  it('names the limit that was reached, as far as it is told', async () => {
    const { url } = await platform({
      api: (_, response) => {
        response.setHeader('inin-ratelimit-allowed', 20).setHeader('retry-after', 60);
        sendJson(response, 429, {
          message: 'Too many requests',
          limit: { key: 'client.credentials.token.rate.per.minute', value: 20 },
        });
      },
    });
    const [json] = await setMany(url, 1);
    expect(json).toMatchObject({
      error: expect.stringContaining(
        'answered 429: Too many requests (the limit client.credentials.token.rate.per.minute of 20, 20 requests a minute by inin-ratelimit-allowed)',
      ),
      details: { code: 'throttled', retryAfterMs: 60_000 },
    });
  });
});
