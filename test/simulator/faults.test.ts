import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Fault, Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf, signIn } from './client';

describe('an ordered fault', () => {
  let simulator: Simulator;
  let client: Client;
  let call: Call;
  let path: string;

  beforeEach(async () => {
    simulator = await startSimulator();
    client = await Client.of(simulator);
    call = simulator.addCall({ attributes: { lang: 'en' } });
    path = pathsOf(call, call.customer).participant;
  });
  afterEach(() => simulator.close());

  const write = (version = 1) => client.put(path, { version, attributes: { lang: 'de' } });

  it('conflict: the call changes state and the write meets a real 409', async () => {
    simulator.fault({ on: 'any', kind: 'conflict', times: 2 });
    expect((await client.get(path)).json['version']).toBe(1);
    expect((await write(1)).status).toBe(409);
    expect((await write(2)).status).toBe(409);
    expect((await write(3)).status).toBe(200);
    expect(call.customer.commits.map(({ by }) => by)).toEqual(['state', 'state', 'api']);
  });

  it('conflict: meets the write to somebody who has left, too', async () => {
    call.end();
    simulator.fault({ on: 'write', kind: 'conflict' });
    expect((await write(2)).status).toBe(409);
  });

  it('foreignWrite: another system writes just before', async () => {
    simulator.fault({ on: 'write', kind: 'foreignWrite', attributes: { theirs: 'yes' } });
    expect((await write()).status).toBe(409);
    expect(call.customer.attributes).toEqual({ lang: 'en', theirs: 'yes' });
    simulator.fault({ on: 'read', kind: 'foreignWrite', attributes: { theirs: 'again' } });
    expect((await client.get(path)).json).toMatchObject({
      version: 3,
      attributes: { theirs: 'again' },
    });
  });

  it('reply: answers with a proper error body and applies nothing', async () => {
    simulator.fault({ on: 'write', kind: 'reply', status: 503, retryAfter: '7' });
    const { status, headers, json } = await write();
    expect([status, headers.get('retry-after')]).toEqual([503, '7']);
    expect(json).toMatchObject({ status: 503, code: 'service.unavailable' });
    expect(call.customer.version).toBe(1);
    expect(simulator.journal.writes()[0]).toMatchObject({ status: 503, applied: false });
  });

  it('reply: takes code, message, body, content type and headers as ordered', async () => {
    simulator.fault({ on: 'read', kind: 'reply', status: 409, code: 'odd.code', message: 'odd' });
    expect((await client.get(path)).json).toMatchObject({ code: 'odd.code', message: 'odd' });
    simulator.fault({
      on: 'read',
      kind: 'reply',
      status: 200,
      body: '<html>',
      contentType: 'text/html',
      headers: { 'x-cache': 'hit' },
    });
    const { status, text, headers } = await client.get(path);
    expect([status, text]).toEqual([200, '<html>']);
    expect([headers.get('content-type'), headers.get('x-cache')]).toEqual(['text/html', 'hit']);
  });

  it('dropBefore: no reply, nothing applied', async () => {
    simulator.fault({ on: 'write', kind: 'dropBefore' });
    await expect(write()).rejects.toThrow();
    expect(call.customer.version).toBe(1);
    expect(simulator.journal.writes()[0]).toMatchObject({ status: undefined, applied: false });
  });

  it('dropAfter: no reply, yet applied', async () => {
    simulator.fault({ on: 'write', kind: 'dropAfter' });
    await expect(write()).rejects.toThrow();
    expect(call.customer.attributes).toEqual({ lang: 'de' });
    expect(simulator.journal.writes()[0]).toMatchObject({ status: undefined, applied: true });
  });

  it('truncate: applied, and the reply breaks off after its head', async () => {
    simulator.fault({ on: 'write', kind: 'truncate' });
    const response = await fetch(`${simulator.url}${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${client.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version: 1, attributes: { lang: 'de' } }),
    });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(call.customer.attributes).toEqual({ lang: 'de' });
  });

  it('truncate: breaks off a reply that has no body, too', async () => {
    const open = await startSimulator({ flavour: 'public' });
    try {
      const other = await Client.of(open);
      const patched = open.addCall();
      open.fault({ on: 'write', kind: 'truncate' });
      const { attributes } = pathsOf(patched, patched.customer);
      await expect(other.patch(attributes, { attributes: { a: 'b' } })).rejects.toThrow();
      expect(patched.customer.attributes).toEqual({ a: 'b' });
    } finally {
      await open.close();
    }
  });

  it('delayBefore: applies late, even when the client has gone', async () => {
    simulator.fault({ on: 'write', kind: 'delayBefore', ms: 150 });
    const signal = AbortSignal.timeout(40);
    const body = { version: 1, attributes: { lang: 'de' } };
    await expect(client.send('PUT', path, body, { signal })).rejects.toThrow();
    expect(call.customer.version).toBe(1);
    await sleep(200);
    expect(call.customer.attributes).toEqual({ lang: 'de' });
    expect(simulator.journal.writes()[0]).toMatchObject({ status: undefined, applied: true });
  });

  it('delayBefore: is judged when it is applied', async () => {
    simulator.fault({ on: 'write', kind: 'delayBefore', ms: 80 });
    const late = write();
    await sleep(30);
    call.changeState();
    expect((await late).status).toBe(409);
  });

  it('delayAfter: applies at once, answers late', async () => {
    simulator.fault({ on: 'write', kind: 'delayAfter', ms: 120 });
    const begun = performance.now();
    const late = write();
    await sleep(50);
    expect(call.customer.version).toBe(2);
    expect((await late).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThan(115);
  });

  it('expireTokens: this request and all later ones with old tokens meet 401', async () => {
    simulator.fault({ on: 'read', kind: 'expireTokens' });
    expect((await client.get(path)).status).toBe(401);
    expect((await client.get(path)).status).toBe(401);
    client = await Client.of(simulator);
    expect((await client.get(path)).status).toBe(200);
  });

  it('expireTokens: the sign-in after it may be slow, once', async () => {
    simulator.fault({ on: 'read', kind: 'expireTokens', signInMs: 600 });
    expect((await client.get(path)).status).toBe(401);
    const begun = performance.now();
    client = await Client.of(simulator);
    const signedIn = performance.now();
    expect(signedIn - begun).toBeGreaterThan(595);
    expect((await client.get(path)).status).toBe(200);
    await Client.of(simulator);
    expect(performance.now() - signedIn).toBeLessThan(590);
  });

  it.each([
    ['page', /^<!doctype html>/, 'text/html'],
    ['error', /^\{"message":".+","code":"service\.unavailable","status":503/, 'application/json'],
    ['errors', /^\{"errors":\[\{"message":".+","code":"service\.un/, 'application/json'],
  ] as const)(
    'falseAcceptance: success with a %s, nothing applied',
    async (body, text, contentType) => {
      simulator.fault({ on: 'write', kind: 'falseAcceptance', body });
      const answer = await write();
      expect(answer.status).toBe(200);
      expect(answer.text).toMatch(text);
      expect(answer.headers.get('content-type')).toBe(contentType);
      expect(call.customer.version).toBe(1);
      expect(simulator.journal.writes()[0]).toMatchObject({ status: 200, applied: false });
      expect((await write()).json['version']).toBe(2);
    },
  );

  it('missing: 404 although the participant is there, for reads and writes', async () => {
    simulator.fault({ on: 'any', kind: 'missing', times: 2 });
    const answers = [await client.get(path), await write(), await client.get(path)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 200]);
    expect(answers[1]?.json['code']).toBe('conversation.error.participant.not.found');
    expect(call.customer.version).toBe(1);
    simulator.fault({ on: 'read', kind: 'missing' });
    const conversation = await client.get(pathsOf(call, call.customer).conversation);
    expect([conversation.status, conversation.json['code']]).toEqual([404, 'not.found']);
  });

  it('endCall: the call ends just before', async () => {
    simulator.fault({ on: 'read', kind: 'endCall' });
    expect((await client.get(path)).json).toMatchObject({
      version: 2,
      endTime: expect.any(String),
      calls: [{ state: 'terminated' }],
    });
    expect(call.connected).toBe(false);
  });

  it('meets only the requests it is ordered for, first in first out', async () => {
    simulator.fault({ on: 'read', kind: 'reply', status: 500, times: 2 });
    simulator.fault({ on: 'read', kind: 'reply', status: 502 });
    simulator.fault({ on: 'token', kind: 'reply', status: 504 });
    const statuses: number[] = [(await write()).status];
    for (let n = 0; n < 4; n += 1) statuses.push((await client.get(path)).status);
    expect(statuses).toEqual([200, 500, 500, 502, 200]);
    expect((await signIn(simulator)).status).toBe(504);
    expect((await signIn(simulator)).status).toBe(200);
  });

  it('meets requests for so many ms from the first on', async () => {
    simulator.fault({ on: 'read', kind: 'missing', forMs: 600 });
    await sleep(650);
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) {
      statuses.push((await client.get(path)).status);
      await sleep(350);
    }
    expect(statuses).toEqual([404, 404, 200]);
  });

  it('meets no more requests than it is ordered for, even for so many ms', async () => {
    simulator.fault({ on: 'read', kind: 'missing', forMs: 60_000, times: 2 });
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await client.get(path)).status);
    expect(statuses).toEqual([404, 404, 200]);
  });

  it('is refused when it could never happen', () => {
    expect(() => {
      simulator.fault({ on: 'token', kind: 'conflict' });
    }).toThrow(/never/);
    expect(() => {
      simulator.fault({ on: 'token', kind: 'missing' });
    }).toThrow(/never/);
    expect(() => {
      simulator.fault({ on: 'read', kind: 'falseAcceptance', body: 'page' });
    }).toThrow(/never/);
    expect(() => {
      simulator.fault({ on: 'read', kind: 'explode' } as unknown as Fault);
    }).toThrow();
  });
});
