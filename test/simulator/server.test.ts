import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Call, Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

describe('journal and control', () => {
  let simulator: Simulator;
  let client: Client;
  let call: Call;
  let path: string;

  beforeEach(async () => {
    simulator = await startSimulator();
    client = await Client.of(simulator);
    call = simulator.addCall();
    path = pathsOf(call, call.customer).participant;
  });
  afterEach(() => simulator.close());

  it('keeps every request with what became of it', async () => {
    await client.get(`${path}?expand=attributes`);
    await client.put(path, { version: 1, attributes: { a: 'b' } });
    await client.put(path, { version: 1, attributes: { a: 'c' } });
    const { journal } = simulator;
    expect(journal.entries.map(({ kind }) => kind)).toEqual(['token', 'read', 'write', 'write']);
    expect(journal.tokens()[0]).toMatchObject({
      method: 'POST',
      path: '/oauth/token',
      body: 'grant_type=client_credentials',
      authorization: expect.stringMatching(/^Basic /),
      status: 200,
      applied: true,
    });
    expect(journal.reads()[0]).toMatchObject({ path, query: 'expand=attributes', body: undefined });
    expect(journal.writes().map(({ status, applied }) => [status, applied])).toEqual([
      [200, true],
      [409, false],
    ]);
    expect(journal.writes()[0]).toMatchObject({
      authorization: `Bearer ${client.token}`,
      body: { version: 1, attributes: { a: 'b' } },
    });
    const times = journal.entries.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    journal.clear();
    expect(journal.entries).toEqual([]);
  });

  it('shows the journal to other processes without tokens and secrets', async () => {
    await client.get(path);
    const response = await fetch(`${simulator.url}/_simulator/journal`);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject([
      { kind: 'token', authorization: 'Basic (redacted)' },
      { kind: 'read', path, status: 200, authorization: 'Bearer (redacted)' },
    ]);
    expect(text).not.toContain(client.token);
  });

  it('takes faults from other processes, and refuses what is none', async () => {
    const order = (fault: unknown) => client.send('POST', '/_simulator/faults', fault);
    expect((await order({ on: 'read', kind: 'reply', status: 500 })).status).toBe(201);
    expect((await client.get(path)).status).toBe(500);
    expect((await order({ on: 'read', kind: 'explode' })).status).toBe(400);
    expect((await order({ on: 'read', kind: 'dropBefore', typo: 1 })).status).toBe(400);
    expect((await order('not json')).status).toBe(400);
    expect((await client.get(path)).status).toBe(200);
  });

  it('adds calls for other processes and shows their true state', async () => {
    const added = await client.send('POST', '/_simulator/calls', { attributes: { a: 'b' } });
    expect(added.status).toBe(201);
    const state = await client.get(`/_simulator/calls/${String(added.json['conversationId'])}`);
    expect(state.json).toEqual(added.json);
    expect(state.json).toMatchObject({ connected: true });
    expect((state.json['participants'] as unknown[])[0]).toMatchObject({
      id: added.json['customerId'],
      purpose: 'customer',
      version: 1,
      attributes: { a: 'b' },
      connected: true,
    });
    expect((await client.get('/_simulator/calls/nobody')).status).toBe(404);
    expect((await client.send('POST', '/_simulator/calls', { a: 1 })).status).toBe(400);
    expect(simulator.journal.entries.map(({ kind }) => kind)).toEqual(['token']);
  });
});

describe('closing', () => {
  it('is quick with open sockets, exchanges under way and running calls, and frees the port', async () => {
    const simulator = await startSimulator();
    const port = Number(new URL(simulator.url).port);
    const client = await Client.of(simulator);
    const call = simulator.addCall();
    const path = pathsOf(call, call.customer).participant;
    call.keepChanging(1);
    const idle = connect(port, '127.0.0.1');
    await once(idle, 'connect');
    simulator.fault({ on: 'read', kind: 'delayBefore', ms: 60_000 });
    const hanging = expect(client.get(path)).rejects.toThrow();
    while (simulator.journal.reads().length === 0) await new Promise(setImmediate);

    const begun = performance.now();
    await simulator.close();
    expect(performance.now() - begun).toBeLessThan(1000);
    await hanging;
    idle.destroy();
    const next = await startSimulator({ port });
    expect(next.url).toBe(simulator.url);
    await next.close();

    const { version } = call.customer;
    await sleep(50);
    expect(call.customer.version).toBe(version);
  });

  it('lets no delayed write apply any more', async () => {
    const simulator = await startSimulator();
    const client = await Client.of(simulator);
    const call = simulator.addCall();
    const path = pathsOf(call, call.customer).participant;
    simulator.fault({ on: 'write', kind: 'delayBefore', ms: 80 });
    const hanging = expect(client.put(path, { version: 1, attributes: {} })).rejects.toThrow();
    while (simulator.journal.writes().length === 0) await new Promise(setImmediate);
    await simulator.close();
    await hanging;
    await sleep(120);
    expect(call.customer.version).toBe(1);
  });

  it('may happen twice', async () => {
    const simulator = await startSimulator();
    await simulator.close();
    await expect(simulator.close()).resolves.toBeUndefined();
  });

  it('is not needed where starting fails because the port is taken', async () => {
    const simulator = await startSimulator();
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await simulator.close();
  });
});
