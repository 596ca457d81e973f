import { describe, expect, it } from '@jest/globals';

import { SignIn } from '../../genesys/transport/sign-in';
import { genesysErrorOf } from '../genesys/transport/errors';
import { ManualClock } from '../genesys/limits/manual-clock';
import { sendJson, serve } from '../genesys/transport/servers';
import { platform, setAttribute } from './platform';
import { Connections } from '../../genesys/transport/connections';

const connections = new Connections();

const LIMITS = { timeoutMs: 5000 };
const MINUTE_MS = 60_000;

/** How many sign-ins there have been, one after the other, when so much time has passed. */
async function signInsAfter(ms: number, reply: object): Promise<number> {
  const host = await serve((_, response) => {
    sendJson(response, 200, reply);
  });
  const clock = new ManualClock();
  const signIn = new SignIn(connections, clock);
  const account = { loginUrl: host.url, clientId: 'id', clientSecret: 'secret' };
  expect(await signIn.token(account, LIMITS)).toBe('the-token');
  clock.advance(ms);
  await signIn.token(account, LIMITS);
  return host.received.length;
}

describe('a token whose life is', () => {
  it.each<[string, object]>([
    ['missing', {}],
    ['null', { expires_in: null }],
    ['a text without a number', { expires_in: 'soon' }],
    ['an empty text', { expires_in: '' }],
    ['zero', { expires_in: 0 }],
    ['negative', { expires_in: -1 }],
    ['an object', { expires_in: { seconds: 5 } }],
  ])('%s is taken, kept, and renewed after an hour at most', async (_, life) => {
    const reply = { access_token: 'the-token', ...life };
    expect(await signInsAfter(30 * MINUTE_MS, reply)).toBe(1);
    expect(await signInsAfter(60 * MINUTE_MS, reply)).toBe(2);
  });

  it.each([7200, '7200', ' 7200.5 '])('%j, a number, is used for as long', async (seconds) => {
    const reply = { access_token: 'the-token', expires_in: seconds };
    expect(await signInsAfter(118 * MINUTE_MS, reply)).toBe(1);
    expect(await signInsAfter(121 * MINUTE_MS, reply)).toBe(2);
  });

  it('missing is renewed as soon as the API refuses it', async () => {
    const { url, signIns } = await platform({
      signIn: (_, response, count) => {
        sendJson(response, 200, { access_token: `token-${count}` });
      },
      api: ({ headers }, response) => {
        if (headers.authorization === 'Bearer token-1') sendJson(response, 401, {});
      },
    });
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written' });
    expect(signIns).toHaveLength(2);
  });
});

describe('a reply to the sign-in', () => {
  it.each<[string, unknown]>([
    ['without a token', { expires_in: 100 }],
    ['with an empty token', { access_token: '' }],
    ['with a token that no header can carry', { access_token: 'a\nb' }],
    ['that is a list', []],
    ['that is null', null],
  ])('%s is not blamed on the secret', async (_, body) => {
    const { url } = await platform({
      signIn: (_request, response) => {
        sendJson(response, 200, body);
      },
    });
    const json = await setAttribute(url);
    expect(json).toMatchObject({
      error: expect.stringMatching(/could not be read.*"Login URL"/),
      details: { code: 'server', status: 200 },
    });
    expect(json['error']).not.toMatch(/Client (ID|Secret)/);
  });

  it.each(['<html>Welcome</html>', '', 'access_token=the-token'])(
    'that is no JSON (%j) is not blamed on it either',
    async (body) => {
      const { url } = await platform({ signIn: (_, response) => void response.end(body) });
      const json = await setAttribute(url, { retry: { maxAttempts: 2, baseDelay: 1 } });
      expect(json).toMatchObject({
        error: expect.stringMatching(/could not be read.*"Login URL"/),
        details: { code: 'server', status: 200 },
      });
      expect(json['error']).not.toMatch(/Client (ID|Secret)/);
    },
  );

  it.each([404, 405, 302])('with the status %i is not blamed on it either', async (status) => {
    const { url } = await platform({
      signIn: (_, response) => void response.writeHead(status).end(),
    });
    const json = await setAttribute(url);
    expect(json).toMatchObject({
      error: expect.stringContaining('"Login URL"'),
      details: { code: 'server', status },
    });
    expect(json['error']).not.toMatch(/Client (ID|Secret)/);
  });

  it.each([400, 401, 403])('with the status %i is', async (status) => {
    const { url } = await platform({
      signIn: (_, response) => void response.writeHead(status).end(),
    });
    expect(await setAttribute(url)).toMatchObject({
      error: expect.stringContaining('"Client ID"'),
      details: { code: 'unauthorized', status },
    });
  });

  it('never shows a token that cannot be sent', async () => {
    const host = await serve((_, response) => {
      sendJson(response, 200, { access_token: 'private\u0000token' });
    });
    const account = { loginUrl: host.url, clientId: 'id', clientSecret: 'secret' };
    const error = await genesysErrorOf(new SignIn(connections).token(account, LIMITS));
    expect(error.message).not.toContain('private');
  });
});
