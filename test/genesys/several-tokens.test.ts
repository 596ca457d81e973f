import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/v4';

import { type ApiRequest, type ClientSettings, GenesysClient } from '../../genesys/client';
import { Shared } from '../../genesys/shared';
import { genesysErrorOf } from './transport/errors';
import { type Received, sendJson, serve } from './transport/servers';

const LIMITS = { timeoutMs: 5000 };
const { signal: never } = new AbortController();
const READ: ApiRequest = { method: 'GET', path: '/api/v2/thing' };
const WRITE: ApiRequest = { method: 'PUT', path: '/api/v2/thing', body: {} };
const anything = z.looseObject({});

interface Behaviour {
  /** Answers a request of the API; `token` is the number of its token, from 1. */
  readonly api?: (token: number, response: ServerResponse, request: Received) => unknown;
  /** Answers the so-many-th sign-in, where it is not to go well. */
  readonly signIn?: (count: number, response: ServerResponse) => unknown;
}

/** A platform that gives out `token-1`, `token-2` and so on, and a client with three tokens. */
async function setUp({ api, signIn }: Behaviour = {}, more: Partial<ClientSettings> = {}) {
  let signIns = 0;
  const sent: number[] = [];
  const host = await serve(async (request, response) => {
    if (request.url === '/oauth/token') {
      const count = ++signIns;
      await signIn?.(count, response);
      if (response.headersSent) return;
      sendJson(response, 200, { access_token: `token-${count}`, expires_in: 86_400 });
      return;
    }
    const token = Number(request.headers.authorization?.replace('Bearer token-', ''));
    sent.push(token);
    await api?.(token, response, request);
    if (!response.headersSent) sendJson(response, 200, {});
  });
  const shared = new Shared();
  const settings = {
    loginUrl: host.url,
    apiUrl: host.url,
    clientId: randomUUID(),
    clientSecret: 'the-secret',
    requestsPerMinute: 1000,
    tokens: 3,
    ...more,
  };
  const client = new GenesysClient(settings, shared);
  const read = async (limits: Partial<Parameters<typeof client.call>[2]> = {}) =>
    await client.call(READ, anything, { ...LIMITS, ...limits });
  return { client, read, sent, settings, shared, host, signIns: () => signIns };
}

function tooMany(response: ServerResponse, seconds: number, limit?: object): void {
  response.setHeader('retry-after', seconds);
  sendJson(response, 429, { message: 'Too many requests', ...(limit && { limit }) });
}

describe('A client with three tokens', () => {
  it('signs in for each when it is needed, once for all who need it', async () => {
    const { read, sent, signIns } = await setUp({ signIn: () => sleep(20) });
    await read();
    expect(signIns()).toBe(1);
    await Promise.all(Array.from({ length: 29 }, () => read()));
    expect(signIns()).toBe(3);
    const counts = [1, 2, 3].map((token) => sent.filter((one) => one === token).length);
    expect(counts).toEqual([10, 10, 10]);
  });

  it('sends with each no more than the requests of a minute', async () => {
    const { read, sent } = await setUp({}, { requestsPerMinute: 2 });
    await Promise.all(Array.from({ length: 6 }, () => read()));
    const error = await genesysErrorOf(read({ timeoutMs: 50 }));
    expect(error.details).toMatchObject({ kind: 'throttled', sent: false });
    expect(error.message).toContain('are used up');
    expect([...sent].sort()).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('sends all that a permit is for with one of them', async () => {
    const { client, read, sent } = await setUp();
    const permits = [];
    for (let count = 0; count < 3; count++) permits.push(await client.limits.permit(2, never));
    for (const permit of permits) {
      await read({ permit });
      await read({ permit });
    }
    expect(sent).toEqual([1, 1, 2, 2, 3, 3]);
  });

  it('keeps to the number of tokens of the latest settings', async () => {
    const { read, sent, settings, shared } = await setUp();
    const { tokens, ...withOne } = settings;
    expect(tokens).toBe(3);
    new GenesysClient(withOne, shared);
    for (let count = 0; count < 4; count++) await read();
    expect(new Set(sent)).toEqual(new Set([1]));
  });

  it('names the smaller limit that any of them was told of', async () => {
    const { client, read } = await setUp({
      api: (token, response) => {
        if (token === 2) response.setHeader('inin-ratelimit-allowed', 20);
      },
    });
    const permits = [];
    for (let count = 0; count < 2; count++) permits.push(await client.limits.permit(2, never));
    const [other, permit] = permits;
    if (!other || !permit) throw new Error('There is no second permit.');
    await read({ permit: other });
    await read({ permit });
    expect(client.leaves.smallerLimit).toBeUndefined();
    await client.call(WRITE, anything, { ...LIMITS, permit });
    expect(client.leaves.smallerLimit).toEqual({ requests: 20, kind: 'PUT /api/v2/thing' });
  });

  it('keeps what is told of one kind of request to the token that it was told to', async () => {
    const { client, read } = await setUp({
      api: (token, response) => {
        if (token === 2) response.setHeader('inin-ratelimit-allowed', 1);
      },
    });
    const [one, other] = [
      await client.limits.permit(2, never),
      await client.limits.permit(2, never),
    ];
    for (const permit of [one, other]) await read({ permit });
    expect((await genesysErrorOf(read({ permit: other }))).details).toMatchObject({
      kind: 'throttled',
      isOwnCount: true,
    });
    await read({ permit: one });
  });
});

describe('A 429 to one of three tokens', () => {
  it('stops that one only, for as long as it asks, and whoever met it may try again at once', async () => {
    const times: { readonly token: number; readonly at: number }[] = [];
    let refusedAt = Infinity;
    const { read, signIns } = await setUp({
      api: (token, response) => {
        times.push({ token, at: performance.now() });
        if (token !== 2 || refusedAt < Infinity) return;
        refusedAt = performance.now();
        tooMany(response, 1);
      },
    });
    await read();
    const error = await genesysErrorOf(read());
    expect(error.details).toMatchObject({ kind: 'status', status: 429, retryAfterMs: 0 });
    while (performance.now() < refusedAt + 1500) {
      await read();
      await sleep(20);
    }
    const later = times.filter(({ at }) => at > refusedAt);
    const early = later.filter(({ at }) => at < refusedAt + 990);
    expect(new Set(early.map(({ token }) => token))).toEqual(new Set([1, 3]));
    expect(later.some(({ token }) => token === 2)).toBe(true);
    expect(signIns()).toBe(3);
  });

  it('sends a request with another token whose permit is of the one that waits now', async () => {
    const { client, read, sent } = await setUp({}, { requestsPerMinute: 3 });
    const permit = await client.limits.permit(3, never);
    await read({ permit });
    client.limits.close(60_000, permit.budget);
    await client.call(WRITE, anything, { ...LIMITS, permit });
    await read({ permit });
    expect(sent[0]).toBe(1);
    expect(sent.slice(1)).not.toContain(1);
    expect(client.limits.isClosed(permit.budget)).toBe(true);
    permit.giveBack();
  });

  it('has all fail without a request where all of them wait, with the shortest wait', async () => {
    const { client, read, sent } = await setUp({
      api: (token, response) => {
        tooMany(response, [30, 20, 40][token - 1] ?? NaN);
      },
    });
    const errors = [];
    for (let count = 0; count < 3; count++) errors.push(await genesysErrorOf(read()));
    const waits = errors.map(({ details }) => details.retryAfterMs ?? NaN);
    expect(waits.slice(0, 2)).toEqual([0, 0]);
    // The third asks for 40 s, and another token is free sooner.
    expect(waits[2]).toBeGreaterThan(15_000);
    expect(waits[2]).toBeLessThanOrEqual(20_000);
    const { details, message } = await genesysErrorOf(read());
    expect(message).toBe('Genesys Cloud has asked this client to wait (429).');
    expect(details).toMatchObject({ kind: 'throttled', sent: false });
    expect(details.retryAfterMs).toBeGreaterThan(15_000);
    expect(details.retryAfterMs).toBeLessThanOrEqual(20_000);
    expect(client.leaves.noneInTime.details.retryAfterMs).toBeLessThanOrEqual(20_000);
    expect(sent).toHaveLength(3);
  });

  it.each([
    ['client.credentials.token.rate.per.minute', 0],
    ['token.rate.per.minute', 0],
    ['org.app.user.rate.per.minute', 30_000],
  ])('stops all where it names a limit that they share, and else not: %s', async (key, waitMs) => {
    const { read, sent } = await setUp({
      api: (token, response) => {
        if (token === 1) tooMany(response, 30, { key, value: 1 });
      },
    });
    const error = await genesysErrorOf(read());
    expect(error.details.retryAfterMs).toBe(waitMs);
    if (waitMs === 0) await read();
    else await genesysErrorOf(read());
    expect(sent).toHaveLength(waitMs === 0 ? 2 : 1);
  });
});

describe('A token of three that is revoked (401)', () => {
  /** Tokens 1 to 3 are in use, and the second is no good any more. */
  async function revoked() {
    let isRevoked = false;
    const platform = await setUp({
      api: (token, response) => {
        if (isRevoked && token === 2) sendJson(response, 401, { message: 'Bad token' });
      },
    });
    for (let count = 0; count < 3; count++) await platform.read();
    expect(platform.sent.splice(0)).toEqual([1, 2, 3]);
    isRevoked = true;
    return platform;
  }

  it('is renewed alone, once for all who meet it, and reads are sent again', async () => {
    const { read, sent, signIns } = await revoked();
    await Promise.all(Array.from({ length: 30 }, () => read()));
    expect(signIns()).toBe(4);
    expect(sent.filter((token) => token !== 2)).toHaveLength(30);
    expect(sent).toContain(1);
    expect(sent).toContain(3);
    expect(sent).toContain(4);
  });

  it('has no write sent again, and the next one goes with a new token', async () => {
    const { client, sent, signIns } = await revoked();
    const permits = [];
    for (let count = 0; count < 3; count++) permits.push(await client.limits.permit(2, never));
    const permit = permits.find(({ budget }) => budget === 1);
    if (!permit) throw new Error('There is no permit of the second token.');
    const write = async () => await client.call(WRITE, anything, { ...LIMITS, permit });
    const error = await genesysErrorOf(write());
    expect(error.details).toMatchObject({ kind: 'status', status: 401 });
    expect([sent, signIns()]).toEqual([[2], 3]);
    await write();
    expect([sent, signIns()]).toEqual([[2, 4], 4]);
  });
});

describe('A sign-in that fails', () => {
  const refuse = (response: ServerResponse) => {
    sendJson(response, 401, { error: 'invalid_client', error_description: 'No such client' });
  };

  it('for the first token says so, as with a single one', async () => {
    const { read, host, sent } = await setUp({
      signIn: (_, response) => {
        refuse(response);
      },
    });
    const error = await genesysErrorOf(read());
    expect(error.message).toBe(`${host.url}/oauth/token answered 401: No such client`);
    expect(error.details).toMatchObject({ status: 401, signIn: true, sent: false });
    expect(sent).toEqual([]);
  });

  it('for a further token has the others go on, and is not tried again at once', async () => {
    const { read, sent, signIns } = await setUp({
      signIn: (count, response) => {
        if (count > 1) refuse(response);
      },
    });
    for (let count = 0; count < 9; count++) await read();
    expect(sent).toEqual(Array.from({ length: 9 }, () => 1));
    expect(signIns()).toBe(2);
  });

  it('for a further token is no 429: where the first is used up, that is what is told', async () => {
    const { read } = await setUp(
      {
        signIn: (count, response) => {
          if (count > 1) refuse(response);
        },
      },
      { requestsPerMinute: 1 },
    );
    await read();
    const error = await genesysErrorOf(read({ timeoutMs: 300 }));
    expect(error.message).toBe('The requests a minute that the credential allows are used up.');
  });

  it('for a further token is not tried again by those who have leave to send with it', async () => {
    const { client, read, sent, signIns } = await setUp({
      signIn: (count, response) => {
        if (count > 1) refuse(response);
      },
    });
    const permits = [];
    for (let count = 0; count < 9; count++) permits.push(await client.limits.permit(1, never));
    for (const permit of permits) await read({ permit });
    expect(sent).toEqual(Array.from({ length: 9 }, () => 1));
    expect(signIns()).toBe(2);
  });

  it('for a further token has those go on who wait for the first, too', async () => {
    const { client, read, sent } = await setUp({
      signIn: async (count, response) => {
        if (count > 1) refuse(response);
        else await sleep(50);
      },
    });
    const readInTurn = async () => await read({ permit: await client.limits.permit(1, never) });
    await Promise.all(Array.from({ length: 12 }, readInTurn));
    expect(sent).toEqual(Array.from({ length: 12 }, () => 1));
  });

  it('for a further token by a 429 has that one wait for as long as it asks', async () => {
    const { client, read, sent } = await setUp({
      signIn: (count, response) => {
        if (count > 1) tooMany(response, 30);
      },
    });
    for (let count = 0; count < 4; count++) await read();
    expect(sent).toEqual([1, 1, 1, 1]);
    expect([0, 1, 2].map((token) => client.limits.isClosed(token))).toEqual([false, true, true]);
    expect(client.limits.closedForMs(0)).toBeGreaterThan(25_000);
  });

  it('for the first token by a 429 has all wait', async () => {
    const { read, signIns } = await setUp({
      signIn: (_, response) => {
        tooMany(response, 30);
      },
    });
    expect((await genesysErrorOf(read())).details).toMatchObject({
      status: 429,
      signIn: true,
      retryAfterMs: 30_000,
    });
    await genesysErrorOf(read());
    expect(signIns()).toBe(1);
  });

  it('because it is slow is told while it is under way, whichever token it is for', async () => {
    const { client, read } = await setUp({ signIn: (count) => (count > 1 ? sleep(2500) : null) });
    await read();
    expect(client.leaves.slowSignIn).toBeUndefined();
    const slow = genesysErrorOf(read({ timeoutMs: 500 }));
    await sleep(100);
    expect(client.leaves.slowSignIn?.message).toContain('took too long');
    expect((await slow).details).toMatchObject({ kind: 'timeout', signIn: true, sent: false });
    // Nobody waits for another token as long as there is one.
    const begun = performance.now();
    await read();
    expect(performance.now() - begun).toBeLessThan(1000);
  });

  it('because it was given up is nobody else’s affair', async () => {
    const { client, read } = await setUp({ signIn: (count) => (count > 1 ? sleep(100) : null) });
    await read();
    const error = await genesysErrorOf(read({ signal: AbortSignal.timeout(30) }));
    expect(error.details).toMatchObject({ kind: 'aborted', signIn: true });
    expect(client.limits.isClosed(1)).toBe(false);
  });
});

describe('Leave to send that comes to nothing since its token is not to be had', () => {
  it('is there for the next one where it was given up', async () => {
    const { read, sent } = await setUp(
      { signIn: (count) => (count === 2 ? sleep(2500) : null) },
      { tokens: 2, requestsPerMinute: 1 },
    );
    const first = read();
    const error = await genesysErrorOf(read({ signal: AbortSignal.timeout(1000) }));
    await first;
    expect(error.details).toMatchObject({ kind: 'aborted', signIn: true });
    await read();
    expect(sent).toEqual([1, 3]);
  });

  it('is there for the next one where the request has gone with another', async () => {
    const { client, read, sent } = await setUp(
      {
        signIn: (count, response) => {
          if (count === 2) tooMany(response, 1);
        },
      },
      { tokens: 2, requestsPerMinute: 2 },
    );
    await Promise.all([read(), read()]);
    expect(sent).toEqual([1, 1]);
    await sleep(1000);
    const permit = await client.limits.permit(2, AbortSignal.timeout(500));
    expect(permit.budget).toBe(1);
  });
});

describe('A server that repeats tokens in an error', () => {
  it('gets none of them into it, whichever the request was sent with', async () => {
    let isUnwell = false;
    const { read } = await setUp({
      api: (_, response) => {
        const message = 'Not token-1, nor token-2, nor token-3';
        if (isUnwell) sendJson(response, 403, { message, code: message, contextId: message });
      },
    });
    for (let count = 0; count < 3; count++) await read();
    isUnwell = true;
    const error = await genesysErrorOf(read());
    expect(error.message).toContain('Not [hidden], nor [hidden], nor [hidden]');
    expect(JSON.stringify([error.message, error.stack, error.details])).not.toMatch(/token-\d/);
  });
});
