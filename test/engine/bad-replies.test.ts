import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, it } from '@jest/globals';

import { byId, rows, run } from './set-up';

const conversationId = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
const participantId = '7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f';
const servers: http.Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
}

/** A server that signs everybody in and answers every API request in the same way. */
async function serve(
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    if (url === '/oauth/token') {
      response.setHeader('content-type', 'application/json');
      response.end('{"access_token":"token-of-the-test","expires_in":3600}');
      return;
    }
    seen.push({ method, path: url, authorization: headers.authorization });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

async function update(url: string, writeMethod: string) {
  const { items } = await run(
    { url, clientId: 'id', clientSecret: 'secret' },
    {
      parameters: {
        conversationId,
        participant: byId(participantId),
        attributes: rows({ a: '1' }),
        retry: { maxAttempts: 2, baseDelay: 1 },
        options: { writeMethod },
      },
      onError: 'continueRegularOutput',
    },
  );
  return items[0]?.json ?? {};
}

const participant = (attributes: string) =>
  `{"id":"${participantId}","version":1,"attributes":${attributes}}`;
const conversation = (attributes: string) =>
  `{"id":"${conversationId}","participants":[${participant(attributes)}]}`;

describe.each(['versioned', 'patch', 'auto'])('A bad reply to a read (%s)', (writeMethod) => {
  it.each<[string, string]>([
    ['a web page', '<html><body>Proxy</body></html>'],
    ['nothing', ''],
    ['half a reply', participant('{"a"')],
    ['a list', '[]'],
    ['null', 'null'],
    ['a list for attributes', conversation('[]').replace('{', '{"version":1,"attributes":[],')],
    ['text for a version', '{"version":"7","attributes":{},"participants":"none"}'],
  ])('is a clear failure, and nothing is written: %s', async (_, body) => {
    const { url, seen } = await serve((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(body);
    });
    const json = await update(url, writeMethod);
    expect(json).toMatchObject({
      error: expect.stringMatching(/could not be read/),
      details: { code: 'server' },
    });
    expect(seen.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('that points elsewhere is not followed, and the token goes nowhere', async () => {
    const other = await serve((_, response) => response.end('{}'));
    const { url, seen } = await serve((_, response) => {
      response.writeHead(302, { location: `${other.url}/api/v2/stolen` }).end();
    });
    expect(await update(url, writeMethod)).toMatchObject({
      details: { code: 'server', status: 302 },
    });
    expect(seen.every(({ authorization }) => authorization === 'Bearer token-of-the-test')).toBe(
      true,
    );
    expect(other.seen).toEqual([]);
  });
});

describe('A participant without a version', () => {
  it('is not written by the method "Versioned"', async () => {
    const { url, seen } = await serve((_, response) => {
      response.end(`{"id":"${participantId}","attributes":{}}`);
    });
    expect(await update(url, 'versioned')).toMatchObject({
      error: expect.stringContaining('without a version'),
      details: { code: 'server' },
    });
    expect(seen.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('A participant that shows no more than its attributes', () => {
  it('is one of whom purpose and presence are not known', async () => {
    const { url } = await serve((_, response) => {
      response.end(participant('{"a":"1"}'));
    });
    expect(await update(url, 'versioned')).toMatchObject({
      outcome: 'unchanged',
      purpose: null,
      connected: null,
    });
  });
});

describe('A participant without attributes', () => {
  const bodies = [
    `{"id":"${participantId}","version":1,"participants":[{"id":"${participantId}"}]}`,
    conversation('null').replace('{', '{"version":1,"attributes":null,'),
  ];

  it.each(['versioned', 'auto'])('is not written under a version (%s)', async (writeMethod) => {
    for (const body of bodies) {
      const { url, seen } = await serve((_, response) => {
        response.end(body);
      });
      expect(await update(url, writeMethod)).toMatchObject({ details: { code: 'server' } });
      expect(seen.every(({ method }) => method === 'GET')).toBe(true);
    }
  });

  it.each(bodies)('is written to by PATCH, which touches only what it names: %s', async (body) => {
    let isWritten = false;
    const { url } = await serve(({ method }, response) => {
      if (method === 'PATCH') {
        isWritten = true;
        response.writeHead(202).end();
      } else response.end(isWritten ? conversation('{"a":"1"}') : body);
    });
    expect(await update(url, 'patch')).toMatchObject({
      outcome: 'written',
      attributes: { a: '1' },
    });
  });
});

describe('Attributes of another system that are no texts', () => {
  it.each(['versioned', 'patch'])('are handed through (%s)', async (writeMethod) => {
    const others = '"n":5,"none":null,"o":{"deep":[1]}';
    let written = '';
    const { url } = await serve((request, response) => {
      const isVersioned = writeMethod === 'versioned';
      const now = written === '' ? `{${others}}` : `{${others},"a":"1"}`;
      const body = isVersioned ? participant(now) : conversation(now);
      if (request.method === 'GET') {
        response.end(written === '' ? body : body.replace('"version":1', '"version":2'));
        return;
      }
      request.on('data', (chunk: Buffer) => (written += chunk.toString()));
      request.on('end', () => {
        if (!isVersioned) response.writeHead(202).end();
        else response.end(participant(`{${others},"a":"1"}`).replace('"version":1', '"version":2'));
      });
    });
    expect(await update(url, writeMethod)).toMatchObject({
      outcome: 'written',
      attributes: { n: 5, o: { deep: [1] }, a: '1' },
      changed: { a: { from: null, to: '1' } },
    });
    expect(written).toContain(
      writeMethod === 'versioned' ? `{${others},"a":"1"}` : '{"attributes":{"a":"1"}}',
    );
  });
});

describe('Attributes with the names of JavaScript', () => {
  it.each(['versioned', 'patch'])('are data like any other (%s)', async (writeMethod) => {
    const attributes = '{"__proto__":"p","constructor":"c","a":"0"}';
    let written = '';
    const { url } = await serve((request, response) => {
      if (request.method === 'GET') {
        const now = written === '' ? attributes : attributes.replace('"0"', '"1"');
        const body = writeMethod === 'patch' ? conversation(now) : participant(now);
        response.end(body);
        return;
      }
      request.on('data', (chunk: Buffer) => (written += chunk.toString()));
      request.on('end', () => {
        if (request.method === 'PATCH') response.writeHead(202).end();
        else response.end(participant(attributes.replace('"0"', '"1"')));
      });
    });
    const json = await update(url, writeMethod);
    expect(json['outcome']).toBe('written');
    expect(written).toContain(
      writeMethod === 'patch' ? '{"a":"1"}' : '{"__proto__":"p","constructor":"c","a":"1"}',
    );
    expect(({} as Record<string, unknown>)['p']).toBeUndefined();
  });
});
