import { afterEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

describe('the public flavour', () => {
  let simulator: Simulator;

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator({ flavour: 'public', visibilityLagMs: 0, ...options });
    const call = simulator.addCall({ attributes: { priority: 'low', lang: 'en' } });
    const client = await Client.of(simulator);
    const paths = pathsOf(call, call.customer);
    async function visible(): Promise<unknown> {
      const { json } = await client.get(paths.conversation);
      const participants = json['participants'] as { id: string; attributes: unknown }[];
      return participants.find(({ id }) => id === call.customer.id)?.attributes;
    }
    return { call, client, paths, visible };
  }
  afterEach(() => simulator.close());

  it.each([
    [404, 'not.found'],
    [405, 'method.not.allowed'],
  ] as const)('answers %i where the versioned resource would be', async (status, code) => {
    const { client, paths } = await start({ missingStatus: status });
    const read = await client.get(paths.participant);
    const write = await client.put(paths.participant, { version: 1, attributes: {} });
    expect([read.status, read.json['code']]).toEqual([status, code]);
    expect([write.status, write.json['code']]).toEqual([status, code]);
    expect((await client.get('/api/v2/nothing')).status).toBe(404);
  });

  it('accepts a PATCH without a body and merges by key', async () => {
    const { call, client, paths, visible } = await start();
    const { status, text } = await client.patch(paths.attributes, {
      attributes: { priority: 'high', queue: 'vip' },
    });
    expect([status, text]).toEqual([202, '']);
    const merged = { priority: 'high', lang: 'en', queue: 'vip' };
    expect(call.customer.attributes).toEqual(merged);
    expect(await visible()).toEqual(merged);
  });

  it('shows what was written two seconds later, unless it is told otherwise', async () => {
    const { client, paths, visible } = await start({ visibilityLagMs: undefined });
    expect(simulator.settings.visibilityLagMs).toBe(2000);
    await client.patch(paths.attributes, { attributes: { priority: 'high' } });
    expect(await visible()).toEqual({ priority: 'low', lang: 'en' });
    simulator.changeSettings({ visibilityLagMs: 0 });
    expect(await visible()).toEqual({ priority: 'high', lang: 'en' });
  });

  it('shows the old attributes until the lag is over', async () => {
    const { call, client, paths, visible } = await start({ visibilityLagMs: 250 });
    await client.patch(paths.attributes, { attributes: { priority: 'high' } });
    expect(call.customer.attributes).toMatchObject({ priority: 'high' });
    expect(await visible()).toEqual({ priority: 'low', lang: 'en' });
    await sleep(260);
    expect(await visible()).toEqual({ priority: 'high', lang: 'en' });
  });

  it('shows each write in its turn when several lag', async () => {
    const { call, visible } = await start({ visibilityLagMs: 300 });
    call.customer.write({ priority: 'first' });
    await sleep(150);
    call.customer.write({ priority: 'second' });
    await sleep(165);
    expect(await visible()).toMatchObject({ priority: 'first' });
    await sleep(150);
    expect(await visible()).toMatchObject({ priority: 'second' });
  });

  it.each([
    ['null', { attributes: { priority: null } }],
    ['a wrapped value', { attributes: { priority: { value: 'high' } } }],
    ['a body without the attributes wrapper', { priority: 'high' }],
  ])('refuses %s with 400', async (_, body) => {
    const { call, client, paths } = await start();
    const { status } = await client.patch(paths.attributes, body);
    expect(status).toBe(400);
    expect(call.customer.version).toBe(1);
  });

  it('takes wrapped values on a wrapped call', async () => {
    const { client } = await start();
    const call = simulator.addCall({ wrapped: true });
    const body = { attributes: { priority: { value: 'high' } } };
    const { status } = await client.patch(pathsOf(call, call.customer).attributes, body);
    expect(status).toBe(202);
    expect(call.customer.attributes).toEqual({ priority: 'high' });
  });

  it('shows no version anywhere', async () => {
    const { client, paths } = await start();
    expect((await client.get(paths.conversation)).text).not.toContain('version');
  });

  it('answers an ordered conflict with the generic 409, nothing applied', async () => {
    const { call, client, paths } = await start();
    simulator.fault({ on: 'write', kind: 'conflict' });
    const body = { attributes: { priority: 'high' } };
    const { status, json } = await client.patch(paths.attributes, body);
    expect([status, json['code']]).toEqual([409, 'request.conflict']);
    expect(call.customer.attributes).toEqual({ priority: 'low', lang: 'en' });
    expect((await client.patch(paths.attributes, body)).status).toBe(202);
  });

  it.each(['page', 'error', 'errors'] as const)(
    'answers an ordered false acceptance with 202 and a body (%s), nothing applied',
    async (body) => {
      const { call, client, paths } = await start();
      simulator.fault({ on: 'write', kind: 'falseAcceptance', body });
      const patched = await client.patch(paths.attributes, { attributes: { priority: 'high' } });
      expect([patched.status, patched.text === '']).toEqual([202, false]);
      simulator.fault({ on: 'write', kind: 'falseAcceptance', body, status: 200 });
      const again = await client.patch(paths.attributes, { attributes: { priority: 'high' } });
      expect([again.status, again.text === '']).toEqual([200, false]);
      expect(call.customer.commits).toEqual([]);
    },
  );

  it('applies writes in the order in which it accepts them, however far reads are behind', async () => {
    const { call, client, paths, visible } = await start({ visibilityLagMs: { from: 0, to: 50 } });
    const accepted: string[] = [];
    async function patch(priority: string) {
      await client.patch(paths.attributes, { attributes: { priority } });
      accepted.push(priority);
    }
    simulator.fault({ on: 'write', kind: 'delayBefore', ms: 400 });
    const sentFirst = patch('sent first');
    while (simulator.journal.writes().length === 0) await sleep(1);
    for (const priority of ['1', '2', '3']) await patch(priority);
    await sentFirst;
    expect(accepted.at(-1)).toBe('sent first');
    expect(call.customer.commits.map(({ attributes }) => attributes['priority'])).toEqual(accepted);
    await sleep(60);
    expect(await visible()).toMatchObject({ priority: 'sent first' });
  });
});
