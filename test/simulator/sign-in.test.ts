import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf, signIn } from './client';

describe('sign-in', () => {
  let simulator: Simulator;
  let path: string;

  beforeEach(async () => {
    simulator = await startSimulator({ tokenLifetimeSeconds: 0.4 });
    const call = simulator.addCall();
    path = pathsOf(call, call.customer).participant;
  });
  afterEach(() => simulator.close());

  it('issues a bearer token that opens the API', async () => {
    const { status, json } = await signIn(simulator);
    expect(status).toBe(200);
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 0.4,
    });
    const client = await Client.of(simulator);
    expect((await client.get(path)).status).toBe(200);
  });

  it('gives a day by default', async () => {
    const other = await startSimulator();
    try {
      expect((await signIn(other)).json['expires_in']).toBe(86_400);
    } finally {
      await other.close();
    }
  });

  it('refuses a wrong secret with an OAuth error', async () => {
    const { status, json } = await signIn(simulator, { secret: 'wrong' });
    expect(status).toBe(401);
    expect(json['error']).toBe('invalid_client');
    expect(simulator.journal.tokens()[0]?.applied).toBe(false);
  });

  it('refuses another grant', async () => {
    const { status, json } = await signIn(simulator, { grant: 'password' });
    expect(status).toBe(400);
    expect(json['error']).toBe('unsupported_grant_type');
  });

  it('lets a token end after its lifetime', async () => {
    const client = await Client.of(simulator);
    await sleep(420);
    const { status, json } = await client.get(path);
    expect(status).toBe(401);
    expect(json['code']).toBe('bad.credentials');
  });

  it('expires all tokens at once, and only those issued so far', async () => {
    const old = await Client.of(simulator);
    simulator.expireTokens();
    const fresh = await Client.of(simulator);
    expect((await old.get(path)).status).toBe(401);
    expect((await fresh.get(path)).status).toBe(200);
  });

  it('tells a missing token from a wrong one', async () => {
    const missing = await fetch(`${simulator.url}${path}`);
    expect(missing.status).toBe(401);
    expect(await missing.json()).toMatchObject({ code: 'authentication.required' });
  });
});
