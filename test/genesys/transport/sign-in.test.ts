import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import nock from 'nock';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Account, keyOf, SignIn } from '../../../genesys/transport/sign-in';
import { genesysErrorOf } from './errors';
import { ManualClock } from '../limits/manual-clock';
import { deadPort, type Received, sendJson, serve } from './servers';
import { Connections } from '../../../genesys/transport/connections';

const connections = new Connections();

const SECRET = 'p$ss+w/rd-Ünïcode';
const LIMITS = { timeoutMs: 5000 };
/** Which request it is that a failure is about. */
const AIM = { method: 'POST', path: '/oauth/token' };

function accountAt(loginUrl: string, more: Partial<Account> = {}): Account {
  return { loginUrl, clientId: 'client-1', clientSecret: SECRET, ...more };
}

/** A login host that gives out `token-1`, `token-2` and so on. */
async function loginHost(
  before: (request: Received, response: ServerResponse) => void | Promise<void> = () => undefined,
  lifetimeSeconds = 86_400,
) {
  return await serve(async (request, response, count) => {
    await before(request, response);
    if (response.headersSent) return;
    sendJson(response, 200, { access_token: `token-${count}`, expires_in: lifetimeSeconds });
  });
}

describe('the request for a token', () => {
  beforeEach(() => {
    nock.disableNetConnect();
  });
  afterEach(() => {
    nock.cleanAll();
    nock.enableNetConnect();
  });
  afterAll(() => {
    nock.restore();
  });

  it('is that of client credentials', async () => {
    const scope = nock('https://login.mypurecloud.de')
      .post('/oauth/token', 'grant_type=client_credentials')
      .matchHeader('authorization', `Basic ${Buffer.from(`client-1:${SECRET}`).toString('base64')}`)
      .matchHeader('content-type', 'application/x-www-form-urlencoded')
      .matchHeader('accept', 'application/json')
      .reply(200, { access_token: 'the-token', token_type: 'bearer', expires_in: 86_399 });
    const token = await new SignIn(connections).token(
      accountAt('https://login.mypurecloud.de'),
      LIMITS,
    );
    expect(token).toBe('the-token');
    scope.done();
  });

  it('goes below a base path', async () => {
    const scope = nock('https://gateway.example')
      .post('/genesys/oauth/token')
      .reply(200, { access_token: 'the-token', expires_in: 1 });
    await new SignIn(connections).token(accountAt('https://gateway.example/genesys'), LIMITS);
    scope.done();
  });
});

describe('a token', () => {
  it('is asked for once by all who want it at the same time', async () => {
    const host = await loginHost(() => sleep(30));
    const signIn = new SignIn(connections);
    const account = accountAt(host.url);
    const all = Array.from({ length: 50 }, () => signIn.token(account, LIMITS));
    expect(new Set(await Promise.all(all))).toEqual(new Set(['token-1']));
    expect(host.received).toHaveLength(1);
  });

  it.each([
    [86_400, 86_400_000 - 60_000],
    [601, 601_000 - 60_000],
    [100, 90_000],
    [10, 9000],
  ])('that lives %i s is kept for %i ms and then renewed', async (lifetimeSeconds, keptMs) => {
    const clock = new ManualClock();
    const host = await loginHost(undefined, lifetimeSeconds);
    const signIn = new SignIn(connections, clock);
    const token = () => signIn.token(accountAt(host.url), LIMITS);
    expect(await token()).toBe('token-1');
    clock.advance(keptMs - 1);
    expect(await token()).toBe('token-1');
    clock.advance(1);
    expect(await token()).toBe('token-2');
    expect(await token()).toBe('token-2');
  });

  it('lives from the moment of its request, not of its reply', async () => {
    const clock = new ManualClock();
    const host = await loginHost(() => {
      clock.advance(50_000);
    }, 100);
    const signIn = new SignIn(connections, clock);
    const token = () => signIn.token(accountAt(host.url), LIMITS);
    await token();
    clock.advance(39_999);
    expect(await token()).toBe('token-1');
    clock.advance(1);
    expect(await token()).toBe('token-2');
  });

  it('is renewed once for all who find it at its end', async () => {
    const clock = new ManualClock();
    const host = await loginHost();
    const signIn = new SignIn(connections, clock);
    const token = () => signIn.token(accountAt(host.url), LIMITS);
    await token();
    clock.advance(86_400_000);
    expect(new Set(await Promise.all([token(), token(), token()]))).toEqual(new Set(['token-2']));
    expect(host.received).toHaveLength(2);
  });

  it('that was refused is dropped, but only while it is the one that is kept', async () => {
    const host = await loginHost();
    const signIn = new SignIn(connections);
    const account = accountAt(host.url);
    const token = () => signIn.token(account, LIMITS);
    await token();
    signIn.refused(account, 'token-1');
    expect(await token()).toBe('token-2');
    // Somebody else whose request with the first token was answered late.
    signIn.refused(account, 'token-1');
    expect(await token()).toBe('token-2');
    signIn.refused(accountAt(host.url, { clientId: 'client-2' }), 'token-2');
    expect(await token()).toBe('token-2');
    expect(host.received).toHaveLength(2);
  });

  it.each<[string, Partial<Account>]>([
    ['secret', { clientSecret: 'another' }],
    ['client', { clientId: 'client-2' }],
  ])('is never shared with another %s', async (_, other) => {
    const host = await loginHost();
    const signIn = new SignIn(connections);
    const both = [accountAt(host.url), accountAt(host.url, other)] as const;
    const tokens = await Promise.all(both.map((account) => signIn.token(account, LIMITS)));
    expect(new Set(tokens).size).toBe(2);
    expect(await signIn.token(both[1], LIMITS)).toBe(tokens[1]);
    expect(await signIn.token(both[0], LIMITS)).toBe(tokens[0]);
    expect(host.received).toHaveLength(2);
  });

  it('is never shared with another login host', async () => {
    const [one, other] = [await loginHost(), await loginHost()];
    const signIn = new SignIn(connections);
    await signIn.token(accountAt(one.url), LIMITS);
    await signIn.token(accountAt(other.url), LIMITS);
    expect([one.received.length, other.received.length]).toEqual([1, 1]);
  });

  it('is asked for again after a failure', async () => {
    let failing = true;
    const host = await loginHost((_, response) => {
      if (failing) sendJson(response, 503, {});
    });
    const signIn = new SignIn(connections);
    const { details } = await genesysErrorOf(signIn.token(accountAt(host.url), LIMITS));
    expect(details).toMatchObject({ kind: 'status', status: 503, signIn: true });
    failing = false;
    expect(await signIn.token(accountAt(host.url), LIMITS)).toBe('token-2');
  });
});

describe('whoever waits for a token', () => {
  it('and has no more time leaves the others undisturbed, even if it was the first', async () => {
    const host = await loginHost(() => sleep(150));
    const signIn = new SignIn(connections);
    const account = accountAt(host.url);
    const hurried = genesysErrorOf(signIn.token(account, { timeoutMs: 40 }));
    const patient = signIn.token(account, LIMITS);
    const begun = performance.now();
    expect((await hurried).details).toEqual({ kind: 'timeout', ...AIM, sent: false, signIn: true });
    expect(performance.now() - begun).toBeLessThan(130);
    expect(await patient).toBe('token-1');
    expect(host.received).toHaveLength(1);
  });

  it('and is aborted leaves at once and the others undisturbed, even if it was the first', async () => {
    const giveUp = new AbortController();
    const host = await loginHost(async () => {
      giveUp.abort();
      await sleep(100);
    });
    const signIn = new SignIn(connections);
    const account = accountAt(host.url);
    const leaving = genesysErrorOf(
      signIn.token(account, { timeoutMs: 5000, signal: giveUp.signal }),
    );
    const staying = signIn.token(account, LIMITS);
    const error = await leaving;
    expect(error.details).toEqual({ kind: 'aborted', ...AIM, sent: false, signIn: true });
    expect(error.message).not.toContain('too long');
    expect(await staying).toBe('token-1');
    expect(host.received).toHaveLength(1);
  });

  it('and leaves as the last one ends the request', async () => {
    const closed = Promise.withResolvers<undefined>();
    const host = await serve((_, response) => {
      response.on('close', () => {
        closed.resolve(undefined);
      });
    });
    const signIn = new SignIn(connections);
    const account = accountAt(host.url);
    await Promise.all([
      genesysErrorOf(signIn.token(account, { timeoutMs: 40 })),
      genesysErrorOf(signIn.token(account, { timeoutMs: 60 })),
    ]);
    await closed.promise;
    expect(host.received).toHaveLength(1);
  });
});

describe('a sign-in that fails', () => {
  it('because the secret is wrong says so with status and code', async () => {
    const host = await serve((_, response) => {
      sendJson(response, 401, { error: 'invalid_client', error_description: 'No such client' });
    });
    const error = await genesysErrorOf(new SignIn(connections).token(accountAt(host.url), LIMITS));
    expect(error.message).toBe(`${host.url}/oauth/token answered 401: No such client`);
    expect(error.details).toEqual({
      kind: 'status',
      ...AIM,
      sent: false,
      signIn: true,
      status: 401,
      serverMessage: 'No such client',
      code: 'invalid_client',
    });
  });

  it.each([
    ['a refused connection', async () => `http://127.0.0.1:${await deadPort()}`, 'connection'],
    [
      'a broken connection',
      async () => (await serve((_, response) => void response.socket?.destroy())).url,
      'connection',
    ],
    [
      'a reply that is no JSON',
      async () => (await serve((_, response) => void response.end('<html>'))).url,
      'reply',
    ],
  ] as const)('because of %s has not sent the request that it was for', async (_, url, kind) => {
    const error = await genesysErrorOf(
      new SignIn(connections).token(accountAt(await url()), LIMITS),
    );
    expect(error.details).toMatchObject({ kind, sent: false, signIn: true });
  });

  it.each([
    { access_token: '', expires_in: 100 },
    { access_token: 7, expires_in: 100 },
    { access_token: ['private-token'], expires_in: 100 },
    { access_token: 'private-token\n', expires_in: 100 },
    { expires_in: 100 },
  ])('because the reply is %j does not show the token', async (body) => {
    const host = await serve((_, response) => {
      sendJson(response, 200, body);
    });
    const error = await genesysErrorOf(new SignIn(connections).token(accountAt(host.url), LIMITS));
    expect(error.details).toMatchObject({ kind: 'shape', sent: false, signIn: true });
    expect(error.message).not.toContain('private');
  });

  it('never shows the secret, nor what is made of it', async () => {
    const wrong = await serve((_, response) => {
      sendJson(response, 401, {});
    });
    const slow = await serve(() => undefined);
    const urls = [wrong.url, slow.url, `http://127.0.0.1:${await deadPort()}`];
    for (const url of urls) {
      const error = await genesysErrorOf(
        new SignIn(connections).token(accountAt(url), { timeoutMs: 50 }),
      );
      const shown = JSON.stringify([error.message, error.stack, error.details]);
      expect(shown).not.toContain(SECRET);
      expect(shown).not.toContain(Buffer.from(`client-1:${SECRET}`).toString('base64'));
    }
  });
});

describe('the key of an account', () => {
  it('holds no secret', () => {
    expect(keyOf(accountAt('https://login.test'))).not.toContain(SECRET);
  });

  it('differs where anything of the account does', () => {
    const keys = [
      accountAt('https://login.test'),
      accountAt('https://login2.test'),
      accountAt('https://login.test', { clientId: 'client-2' }),
      accountAt('https://login.test', { clientSecret: `${SECRET} ` }),
      accountAt('https://login.test', { clientSecret: '' }),
      accountAt('https://login.test', { clientId: 'client-1","', clientSecret: SECRET }),
    ].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keyOf(accountAt('https://login.test'))).toBe(keys[0]);
  });
});
