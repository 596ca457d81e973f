import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/v4';

import { type ApiRequest, type ClientSettings, GenesysClient } from '../../genesys/client';
import { genesysErrorOf } from './transport/errors';
import { type Received, sendJson, serve } from './transport/servers';
import { Shared } from '../../genesys/shared';

const shared = new Shared();

const LIMITS = { timeoutMs: 5000 };
const READ: ApiRequest = { method: 'GET', path: '/api/v2/thing' };
const anything = z.looseObject({});

/** A platform that signs everybody in; the test answers the API requests. */
async function platform(
  answer: (request: Received, response: ServerResponse, count: number) => void | Promise<void> = (
    _,
    response,
  ) => {
    sendJson(response, 200, {});
  },
) {
  let tokens = 0;
  const api: Received[] = [];
  const server = await serve(async (request, response) => {
    if (request.url === '/oauth/token') {
      sendJson(response, 200, { access_token: `token-${++tokens}`, expires_in: 86_400 });
    } else {
      await answer(request, response, api.push(request));
    }
  });
  return {
    url: server.url,
    api,
    signIns: () => tokens,
    authorizations: () => api.map(({ headers }) => headers.authorization),
  };
}

function settingsFor(url: string, more: Partial<ClientSettings> = {}): ClientSettings {
  return {
    loginUrl: url,
    apiUrl: url,
    clientId: randomUUID(),
    clientSecret: 'the-secret',
    requestsPerMinute: 1_000_000,
    ...more,
  };
}

const WRITES = (['PUT', 'PATCH'] as const).map((method): ApiRequest => ({
  method,
  path: '/api/v2/thing',
  body: {},
}));

describe('a call', () => {
  it('sends method, path, token and body, and yields the checked reply', async () => {
    const host = await platform((_, response) => {
      sendJson(response, 200, { version: 2 });
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const body = { attributes: { name: 'ü' }, version: 1 };
    const reply = await client.call(
      { method: 'PUT', path: '/api/v2/things/a%2Fb', body },
      z.looseObject({ version: z.int() }),
      LIMITS,
    );
    expect(reply).toEqual({ version: 2 });
    expect(host.api).toHaveLength(1);
    expect(host.api[0]).toMatchObject({
      method: 'PUT',
      url: '/api/v2/things/a%2Fb',
      headers: {
        authorization: 'Bearer token-1',
        accept: 'application/json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(body),
    });
  });

  it('without a body has neither body nor content type', async () => {
    const host = await platform();
    await new GenesysClient(settingsFor(host.url), shared).call(READ, anything, LIMITS);
    expect(host.api[0]).toMatchObject({ method: 'GET', url: '/api/v2/thing', body: '' });
    expect(host.api[0]?.headers).not.toHaveProperty('content-type');
  });

  it('goes below the base path of the API', async () => {
    const host = await platform();
    const settings = settingsFor(host.url, { apiUrl: `${host.url}/base` });
    await new GenesysClient(settings, shared).call(READ, anything, LIMITS);
    expect(host.api[0]?.url).toBe('/base/api/v2/thing');
  });

  it('uses one token for all clients of the same settings', async () => {
    const host = await platform();
    const settings = settingsFor(host.url);
    for (let n = 0; n < 3; n++) {
      await new GenesysClient({ ...settings }, shared).call(READ, anything, LIMITS);
    }
    expect(host.signIns()).toBe(1);
  });

  it('that fails names the host, and tells method and path beside it', async () => {
    const host = await platform((_, response) => {
      sendJson(response, 404, { message: 'Not here', code: 'not.found', contextId: 'ctx' });
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const error = await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(error.message).toBe(`${new URL(host.url).host} answered 404: Not here`);
    expect(error.details).toEqual({
      kind: 'status',
      method: 'GET',
      path: '/api/v2/thing',
      sent: true,
      signIn: false,
      status: 404,
      serverMessage: 'Not here',
      code: 'not.found',
      contextId: 'ctx',
    });
  });

  it('has one timeout for sign-in and request together', async () => {
    const host = await serve(async ({ url }, response) => {
      await sleep(400);
      if (url === '/oauth/token')
        sendJson(response, 200, { access_token: 'the-token', expires_in: 100 });
      else sendJson(response, 200, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const begun = performance.now();
    const error = await genesysErrorOf(client.call(READ, anything, { timeoutMs: 600 }));
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(error.details).toMatchObject({ kind: 'timeout', sent: true });
  });

  it('that is given up while signing in never sends the request', async () => {
    const giveUp = new AbortController();
    const host = await serve(() => {
      giveUp.abort();
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const limits = { timeoutMs: 5000, signal: giveUp.signal };
    const error = await genesysErrorOf(client.call(READ, anything, limits));
    expect(error.details).toEqual({
      kind: 'aborted',
      method: 'POST',
      path: '/oauth/token',
      sent: false,
      signIn: true,
    });
    await sleep(20);
    expect(host.received.map(({ url }) => url)).toEqual(['/oauth/token']);
  });
});

describe('a write that is given up', () => {
  it.each(WRITES)('before it is sent is never sent: $method', async (write) => {
    const host = await platform();
    const client = new GenesysClient(settingsFor(host.url), shared);
    await client.call(READ, anything, LIMITS);
    const limits = { ...LIMITS, signal: AbortSignal.abort() };
    const error = await genesysErrorOf(client.call(write, anything, limits));
    expect(error.details).toMatchObject({ kind: 'aborted', sent: false });
    await sleep(20);
    expect(host.api).toHaveLength(1);
  });

  it.each(WRITES)('while it is under way is seen to its end: $method', async (write) => {
    const giveUp = new AbortController();
    const host = await platform(async (_, response) => {
      giveUp.abort();
      await sleep(20);
      sendJson(response, 200, { version: 2 });
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const limits = { ...LIMITS, signal: giveUp.signal };
    expect(await client.call(write, anything, limits)).toEqual({ version: 2 });
  });

  it('while it is under way is not sent again after a 401', async () => {
    const giveUp = new AbortController();
    const host = await platform((_, response) => {
      giveUp.abort();
      sendJson(response, 401, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const limits = { ...LIMITS, signal: giveUp.signal };
    const write: ApiRequest = { method: 'PUT', path: '/api/v2/thing', body: {} };
    const error = await genesysErrorOf(client.call(write, anything, limits));
    expect(error.details).toMatchObject({ kind: 'status', status: 401 });
    expect(host.api).toHaveLength(1);
  });
});

describe('a 401', () => {
  it('to a read renews the token once, and the request is sent again', async () => {
    const host = await platform(({ headers }, response) => {
      sendJson(response, headers.authorization === 'Bearer token-1' ? 401 : 200, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    await client.call(READ, anything, LIMITS);
    expect(host.authorizations()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it.each(WRITES)('to a write is told, and the next call signs in anew: $method', async (write) => {
    const host = await platform(({ headers }, response) => {
      sendJson(response, headers.authorization === 'Bearer token-1' ? 401 : 200, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const error = await genesysErrorOf(client.call(write, anything, LIMITS));
    expect(error.details).toMatchObject({ kind: 'status', status: 401 });
    expect(host.signIns()).toBe(1);
    await client.call(write, anything, LIMITS);
    expect(host.authorizations()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('renews the token once for all who met it', async () => {
    const host = await platform(async ({ headers }, response) => {
      await sleep(20);
      sendJson(response, headers.authorization === 'Bearer token-1' ? 401 : 200, {});
    });
    const settings = settingsFor(host.url);
    await Promise.all(
      Array.from({ length: 10 }, () =>
        new GenesysClient(settings, shared).call(READ, anything, LIMITS),
      ),
    );
    expect(host.signIns()).toBe(2);
    expect(host.api).toHaveLength(20);
  });

  it('that comes again is an error, and the next call signs in anew', async () => {
    const host = await platform((_, response, count) => {
      sendJson(response, count < 3 ? 401 : 200, { message: 'Bad token', code: 'bad.credentials' });
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const error = await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(error.details).toMatchObject({
      kind: 'status',
      status: 401,
      code: 'bad.credentials',
      signIn: false,
    });
    expect(host.api).toHaveLength(2);
    await client.call(READ, anything, LIMITS);
    expect(host.authorizations()).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-3']);
  });

  it.each([403, 400, 409, 503])('is the only status that does: %i is sent once', async (status) => {
    const host = await platform((_, response) => {
      sendJson(response, status, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect([host.api.length, host.signIns()]).toEqual([1, 1]);
  });
});

describe('a 429', () => {
  const throttle = (_: Received, response: ServerResponse, count: number) => {
    if (count === 1) response.setHeader('retry-after', '30');
    sendJson(response, count === 1 ? 429 : 200, {});
  };

  it('holds back every client of the same settings, without a request', async () => {
    const host = await platform(throttle);
    const settings = settingsFor(host.url);
    const present = new GenesysClient(settings, shared);
    const first = await genesysErrorOf(present.call(READ, anything, LIMITS));
    expect(first.details).toMatchObject({ kind: 'status', status: 429, retryAfterMs: 30_000 });
    for (const client of [present, new GenesysClient({ ...settings }, shared)]) {
      const { details } = await genesysErrorOf(client.call(READ, anything, LIMITS));
      expect(details).toMatchObject({ kind: 'throttled', sent: false });
      expect(details.retryAfterMs).toBeGreaterThan(25_000);
      expect(details.retryAfterMs).toBeLessThanOrEqual(30_000);
    }
    expect(host.api).toHaveLength(1);
  });

  it.each<[string, (url: string) => Partial<ClientSettings>]>([
    ['client', () => ({ clientId: 'somebody-else' })],
    ['secret', () => ({ clientSecret: 'another' })],
    ['API host', (url) => ({ apiUrl: `${url}/other` })],
  ])('leaves another %s alone', async (_, other) => {
    const host = await platform(throttle);
    const settings = settingsFor(host.url);
    await genesysErrorOf(new GenesysClient(settings, shared).call(READ, anything, LIMITS));
    await new GenesysClient({ ...settings, ...other(host.url) }, shared).call(
      READ,
      anything,
      LIMITS,
    );
    expect(host.api).toHaveLength(2);
  });

  it('of the sign-in holds back, too', async () => {
    const host = await serve((_, response) => {
      response.setHeader('retry-after', '30');
      sendJson(response, 429, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const first = await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(first.details).toMatchObject({ status: 429, signIn: true, sent: false });
    await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(host.received).toHaveLength(1);
  });

  it('that asks for no wait holds nobody back, and neither does 503', async () => {
    const host = await platform((_, response, count) => {
      response.setHeader('retry-after', count === 1 ? '0' : '30');
      sendJson(response, count === 1 ? 429 : count === 2 ? 503 : 200, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    await genesysErrorOf(client.call(READ, anything, LIMITS));
    await genesysErrorOf(client.call(READ, anything, LIMITS));
    await client.call(READ, anything, LIMITS);
    expect(host.api).toHaveLength(3);
  });
});

describe('a server that repeats what it was sent', () => {
  const SECRET = 'S3cret/with+signs=$&';
  const shownIn = (error: Error & { details: unknown }) =>
    JSON.stringify([error.message, error.stack, error.details]);

  it('in an error body does not get a secret into the error', async () => {
    const clientId = randomUUID();
    const basic = Buffer.from(`${clientId}:${SECRET}`).toString('base64');
    const echo = (what: string) => `«${what}» «${SECRET}» «${basic}» «${what}»`;
    const host = await platform(({ headers }, response) => {
      const heard = echo(headers.authorization ?? '');
      response.setHeader('inin-correlation-id', encodeURI(headers.authorization ?? ''));
      sendJson(response, 401, { message: heard, code: heard, contextId: heard });
    });
    const client = new GenesysClient(
      settingsFor(host.url, { clientId, clientSecret: SECRET }),
      shared,
    );
    const error = await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(host.authorizations()).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(error.details.code).toBe('«Bearer [hidden]» «[hidden]» «[hidden]» «Bearer [hidden]»');
    expect(error.details.contextId).toBe(error.details.code);
    expect(error.details.correlationId).toBe('Bearer%20[hidden]');
    expect(error.message).toContain('answered 401: «Bearer [hidden]» «[hidden]» «[hidden]»');
    for (const secret of ['token-1', 'token-2', SECRET, basic]) {
      expect(shownIn(error)).not.toContain(secret);
    }
  });

  it('even a token that has been renewed since does not get into the error', async () => {
    const host = await platform((_, response) => {
      sendJson(response, 401, { message: 'token-1 and token-2 are no good' });
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const error = await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(error.message).toContain('[hidden] and [hidden] are no good');
  });

  it('while signing in does not get a secret into the error', async () => {
    const host = await serve(({ headers }, response) => {
      const description = `${headers.authorization ?? ''} is not ${SECRET}`;
      sendJson(response, 401, { error: 'invalid_client', error_description: description });
    });
    const client = new GenesysClient(settingsFor(host.url, { clientSecret: SECRET }), shared);
    const error = await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(error.message).toContain('answered 401: Basic [hidden] is not [hidden]');
    expect(error.details).toMatchObject({ status: 401, signIn: true });
  });

  it('in a name that the reader complains of does not get it into the error', async () => {
    const host = await platform(({ headers }, response) => {
      sendJson(response, 200, { [headers.authorization ?? '']: 7 });
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    const strict = z.strictObject({});
    const error = await genesysErrorOf(client.call(READ, strict, LIMITS));
    expect(error.message).toContain('Bearer [hidden]');
  });
});

describe('The budget of requests a minute', () => {
  it('counts what is sent again after a 401, too', async () => {
    const host = await platform(({ headers }, response) => {
      sendJson(response, headers.authorization === 'Bearer token-1' ? 401 : 200, {});
    });
    const client = new GenesysClient(settingsFor(host.url, { requestsPerMinute: 2 }), shared);
    await client.call(READ, anything, LIMITS);
    const error = await genesysErrorOf(client.call(READ, anything, { timeoutMs: 50 }));
    expect(error.details).toMatchObject({ kind: 'throttled', sent: false });
    expect(error.message).toContain('are used up');
    expect(host.api).toHaveLength(2);
  });

  it('is drawn on by a permit that was got before, and by nothing else then', async () => {
    const host = await platform();
    const client = new GenesysClient(settingsFor(host.url, { requestsPerMinute: 2 }), shared);
    const permit = await client.limits.permit(2, new AbortController().signal);
    await genesysErrorOf(client.call(READ, anything, { timeoutMs: 50 }));
    await client.call(READ, anything, { ...LIMITS, permit });
    await client.call(READ, anything, { ...LIMITS, permit });
    await genesysErrorOf(client.call(READ, anything, { timeoutMs: 50, permit }));
    expect(host.api).toHaveLength(2);
  });

  it('gets back nothing for a request that failed, for it may have arrived', async () => {
    const host = await platform((_, response) => {
      response.destroy();
    });
    const client = new GenesysClient(settingsFor(host.url, { requestsPerMinute: 1 }), shared);
    const first = await genesysErrorOf(client.call(READ, anything, LIMITS));
    expect(first.details.kind).toBe('connection');
    const second = await genesysErrorOf(client.call(READ, anything, { timeoutMs: 50 }));
    expect(second.details.kind).toBe('throttled');
  });

  it('is that of the latest settings, for all who are the same client', async () => {
    const host = await platform();
    const settings = settingsFor(host.url, { requestsPerMinute: 1 });
    const client = new GenesysClient(settings, shared);
    await client.call(READ, anything, LIMITS);
    await genesysErrorOf(client.call(READ, anything, { timeoutMs: 50 }));
    new GenesysClient({ ...settings, requestsPerMinute: 2 }, shared);
    await client.call(READ, anything, LIMITS);
    expect(host.api).toHaveLength(2);
  });

  it('is left by whoever gives up', async () => {
    const host = await platform();
    const client = new GenesysClient(settingsFor(host.url, { requestsPerMinute: 1 }), shared);
    await client.call(READ, anything, LIMITS);
    const limits = { ...LIMITS, signal: AbortSignal.timeout(30) };
    const error = await genesysErrorOf(client.call(READ, anything, limits));
    expect(error.details).toMatchObject({ kind: 'aborted', sent: false });
  });

  it('is lowered by a server that says it allows less', async () => {
    const host = await platform((_, response) => {
      response.setHeader('inin-ratelimit-allowed', '1');
      sendJson(response, 200, {});
    });
    const client = new GenesysClient(settingsFor(host.url), shared);
    await client.call(READ, anything, LIMITS);
    await genesysErrorOf(client.call(READ, anything, { timeoutMs: 50 }));
    expect(host.api).toHaveLength(1);
  });
});
