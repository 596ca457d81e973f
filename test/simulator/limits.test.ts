import { afterEach, describe, expect, it } from '@jest/globals';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('limits and errors', () => {
  let simulator: Simulator;

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator(options);
    const call = simulator.addCall();
    const path = pathsOf(call, call.customer).participant;
    return { call, path, client: await Client.of(simulator) };
  }
  afterEach(() => simulator.close());

  it('answers 429 with Retry-After beyond the requests allowed in a minute', async () => {
    const { call, client, path } = await start({ requestsPerMinute: 3 });
    for (let n = 0; n < 2; n += 1) expect((await client.get(path)).status).toBe(200);
    const third = await client.get(path);
    expect(third.headers.get('inin-ratelimit-count')).toBe('3');
    const { status, headers, json } = await client.put(path, { version: 1, attributes: {} });
    expect(status).toBe(429);
    expect(json['code']).toBe('too.many.requests.retry.after');
    expect(headers.get('retry-after')).toMatch(/^(59|60)$/);
    expect(headers.get('inin-ratelimit-allowed')).toBe('3');
    expect(headers.get('inin-ratelimit-reset')).toMatch(/^(59|60)$/);
    expect(call.customer.version).toBe(1);
  });

  it('counts the requests of each token for itself', async () => {
    const { client, path } = await start({ requestsPerMinute: 2 });
    const other = await Client.of(simulator);
    const statuses = [];
    for (const one of [client, client, client, other, other, other]) {
      statuses.push((await one.get(path)).status);
    }
    expect(statuses).toEqual([200, 200, 429, 200, 200, 429]);
    const { headers, json } = await other.get(path);
    expect(headers.get('inin-ratelimit-count')).toBe('2');
    expect(json['limit']).toEqual({
      key: 'client.credentials.token.rate.per.minute',
      namespace: 'platform.api',
      value: 2,
    });
  });

  it('counts those of all tokens together where there is a limit for the client, and none that it refuses', async () => {
    const { client, path } = await start({ requestsPerMinute: 3, clientRequestsPerMinute: 4 });
    const other = await Client.of(simulator);
    const statuses = [];
    // The fourth is one too many for its token, and counts for nobody.
    for (const one of [client, client, client, client, other, other]) {
      statuses.push((await one.get(path)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429, 200, 429]);
    const { headers, json } = await other.get(path);
    expect(json['limit']).toMatchObject({ key: 'org.app.user.rate.per.minute', value: 4 });
    // The headers tell of the token.
    expect(headers.get('inin-ratelimit-allowed')).toBe('3');
    expect(headers.get('inin-ratelimit-count')).toBe('1');
    expect(headers.get('retry-after')).toMatch(/^(59|60)$/);
  });

  it('tells of the limit for the client where there is no other', async () => {
    const { client, path } = await start({ clientRequestsPerMinute: 4 });
    const { headers } = await client.get(path);
    expect(headers.get('inin-ratelimit-allowed')).toBe('4');
  });

  it('refuses a body of more than 512,000 bytes and takes one that just fits', async () => {
    const { call, client, path } = await start();
    const bodyOf = (bytes: number) => {
      const frame = JSON.stringify({ version: 1, attributes: { a: '' } }).length;
      return { version: 1, attributes: { a: 'x'.repeat(bytes - frame) } };
    };
    const tooLarge = await client.put(path, bodyOf(512_001));
    expect([tooLarge.status, tooLarge.json['code']]).toEqual([413, 'request.entity.too.large']);
    expect(call.customer.version).toBe(1);
    expect((await client.put(path, bodyOf(512_000))).status).toBe(200);
  });

  it('spends half the latency before a request takes effect and half after', async () => {
    const { call, client, path } = await start();
    simulator.latencyMs = 120;
    const begun = performance.now();
    await client.put(path, { version: 1, attributes: { a: 'b' } });
    const ended = performance.now();
    const appliedAt = call.customer.commits[0]?.at ?? NaN;
    expect(appliedAt - begun).toBeGreaterThanOrEqual(58);
    expect(ended - appliedAt).toBeGreaterThanOrEqual(58);
  });

  it('describes an error in full, and gives every reply a correlation id', async () => {
    const { client, path } = await start();
    const { status, headers, json } = await client.get('/api/v2/nothing/here');
    expect(status).toBe(404);
    expect(json).toEqual({
      message: expect.any(String),
      code: 'not.found',
      status: 404,
      contextId: expect.stringMatching(UUID),
      details: [],
      errors: [],
    });
    expect(headers.get('inin-correlation-id')).toBe(json['contextId']);
    expect((await client.get(path)).headers.get('inin-correlation-id')).toMatch(UUID);
  });

  it('tells an unknown participant from an unknown conversation', async () => {
    const { call, client } = await start();
    const stranger = simulator.addCall();
    const elsewhere = await client.get(pathsOf(call, stranger.customer).participant);
    expect(elsewhere.status).toBe(404);
    expect(elsewhere.json['code']).toBe('conversation.error.participant.not.found');
    const nowhere = await client.get('/api/v2/conversations/57f1b9d4-0000-4000-8000-000000000000');
    expect([nowhere.status, nowhere.json['code']]).toEqual([404, 'not.found']);
  });
});
