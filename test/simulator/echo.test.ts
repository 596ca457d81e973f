import { afterEach, describe, expect, it } from '@jest/globals';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

describe('the reply to a PUT', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  const sent = { lang: 'de', tier: 'gold', same: 'same' };

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator(options);
    const call = simulator.addCall({ attributes: { lang: 'en', same: 'same' } });
    const client = await Client.of(simulator);
    const path = pathsOf(call, call.customer).participant;
    return { call, client, path, put: () => client.put(path, { version: 1, attributes: sent }) };
  }

  const shown = [
    ['complete', 2, sent],
    ['partial', 2, { lang: 'de', tier: 'gold' }],
    ['old', 1, { lang: 'en', same: 'same' }],
    ['empty', 2, {}],
  ] as const;

  it.each(shown)('shows a %s record by a setting', async (putEcho, version, attributes) => {
    const { call, client, path, put } = await start({ putEcho });
    const { status, json } = await put();
    expect(status).toBe(200);
    expect([json['version'], json['attributes']]).toEqual([version, attributes]);
    expect([call.customer.version, call.customer.attributes]).toEqual([2, sent]);
    expect((await client.get(path)).json).toMatchObject({ version: 2, attributes: sent });
  });

  it.each(shown)('shows a %s record once by a fault', async (echo, version, attributes) => {
    const { call, client, path, put } = await start();
    simulator.fault({ on: 'write', kind: 'echo', echo });
    const { json } = await put();
    expect([json['version'], json['attributes']]).toEqual([version, attributes]);
    const next = await client.put(path, { version: 2, attributes: { only: 'this' } });
    expect(next.json).toMatchObject({ version: 3, attributes: { only: 'this' } });
    expect(call.customer.version).toBe(3);
  });

  it('says by a fault the contrary of the setting', async () => {
    const { put } = await start({ putEcho: 'empty' });
    simulator.fault({ on: 'write', kind: 'echo', echo: 'complete' });
    expect((await put()).json['attributes']).toEqual(sent);
  });

  it('shows what another system wrote between the commit and the reply', async () => {
    const { call, put } = await start();
    const attributes = { lang: 'fr', theirs: 'yes' };
    simulator.fault({ on: 'write', kind: 'foreignWrite', when: 'after', attributes });
    const { status, json } = await put();
    expect(status).toBe(200);
    expect(json).toMatchObject({ version: 3, attributes: { ...sent, ...attributes } });
    expect(call.customer.commits.map(({ by }) => by)).toEqual(['api', 'other']);
  });

  it('shows nothing of another system that would have written after a commit that was none', async () => {
    const { call, client, path } = await start();
    const attributes = { theirs: 'yes' };
    simulator.fault({ on: 'write', kind: 'foreignWrite', when: 'after', attributes });
    expect((await client.put(path, { version: 7, attributes: {} })).status).toBe(409);
    expect(call.customer.version).toBe(1);
    expect(() => {
      simulator.fault({ on: 'read', kind: 'foreignWrite', when: 'after', attributes });
    }).toThrow(/never/);
  });
});

it('another system writes between the commit of a PATCH and its reply, too', async () => {
  const simulator = await startSimulator({ flavour: 'public' });
  try {
    const call = simulator.addCall();
    const client = await Client.of(simulator);
    const attributes = { lang: 'fr' };
    simulator.fault({ on: 'write', kind: 'foreignWrite', when: 'after', attributes });
    const path = pathsOf(call, call.customer).attributes;
    expect((await client.patch(path, { attributes: { lang: 'de' } })).status).toBe(202);
    expect(call.customer.commits.map((commit) => commit.attributes)).toEqual([
      { lang: 'de' },
      { lang: 'fr' },
    ]);
  } finally {
    await simulator.close();
  }
});
