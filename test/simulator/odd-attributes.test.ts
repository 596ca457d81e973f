import { afterEach, describe, expect, it } from '@jest/globals';
import type { Attributes, CallOptions, Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

describe.each(['versioned', 'public'] as const)('odd attributes in the %s flavour', (flavour) => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function start(options: SimulatorOptions, callOptions: CallOptions = {}) {
    simulator = await startSimulator({ flavour, visibilityLagMs: 0, ...options });
    const call = simulator.addCall(callOptions);
    const client = await Client.of(simulator);
    const paths = pathsOf(call, call.customer);
    async function read() {
      if (flavour === 'versioned') return (await client.get(paths.participant)).json;
      const { json } = await client.get(paths.conversation);
      return (json['participants'] as Record<string, unknown>[])[0] ?? {};
    }
    const write = (attributes: unknown, version = call.customer.version) =>
      flavour === 'versioned'
        ? client.put(paths.participant, { version, attributes })
        : client.patch(paths.attributes, { attributes });
    return { call, client, read, write };
  }

  it.each([
    ['object', {}],
    ['absent', undefined],
    ['null', null],
  ] as const)(
    'shows a participant without attributes as %s has it',
    async (emptyAttributes, shown) => {
      const { call, read } = await start({ emptyAttributes });
      const participant = await read();
      expect('attributes' in participant).toBe(shown !== undefined);
      expect(participant['attributes']).toEqual(shown);
      call.customer.write({ lang: 'en' });
      expect((await read())['attributes']).toEqual({ lang: 'en' });
    },
  );

  it.each([
    ['absent', undefined],
    ['null', null],
  ] as const)('hides for a moment attributes that are there: %s', async (as, shown) => {
    const { call, read } = await start({}, { attributes: { lang: 'en' } });
    simulator.fault({ on: 'read', kind: 'hideAttributes', as });
    const participant = await read();
    expect('attributes' in participant).toBe(shown !== undefined);
    expect(participant['attributes']).toEqual(shown);
    expect((await read())['attributes']).toEqual(call.customer.attributes);
  });

  const odd: Attributes = { count: 5, nothing: null, nested: { deep: [true, { a: null }] } };

  it('shows what another system wrote that is no string', async () => {
    const { client, call, read } = await start({}, { attributes: { lang: 'en', ...odd } });
    expect((await read())['attributes']).toEqual({ lang: 'en', ...odd });
    const fault = {
      on: 'read',
      kind: 'foreignWrite',
      attributes: { count: 6, list: [], nested: { value: 'x' } },
    };
    expect((await client.send('POST', '/_simulator/faults', fault)).status).toBe(201);
    const changed = { lang: 'en', nothing: null, ...fault.attributes };
    expect((await read())['attributes']).toEqual(changed);
    expect(call.customer.attributes).toEqual(changed);
  });

  it.each([false, true])(
    'leaves it as it is while others are written; wrapped: %s',
    async (wraps) => {
      const attributes = { lang: 'en', ...odd, object: { value: 'x' } };
      const { call, read, write } = await start({}, { attributes, wrapped: wraps });
      const shown = (await read())['attributes'] as object;
      if (wraps) expect(shown).toMatchObject({ count: { value: 5 }, nothing: { value: null } });
      const { status } = await write(
        flavour === 'versioned' ? { ...shown, lang: 'de' } : { lang: 'de' },
      );
      expect(status).toBe(flavour === 'versioned' ? 200 : 202);
      expect(call.customer.attributes).toEqual({ ...attributes, lang: 'de' });
    },
  );

  it('takes no other value than a string from a client, not even one of another attribute', async () => {
    const { call, write } = await start({}, { attributes: { ...odd } });
    for (const attributes of [{ count: 6 }, { count: null }, { lang: 5 }, { nested: {} }]) {
      const { status, json } = await write(attributes);
      expect([status, json['code']]).toEqual([400, 'bad.request']);
    }
    expect(call.customer.version).toBe(1);
    expect((await write({ count: '6' })).status).toBeLessThan(300);
    expect(call.customer.attributes['count']).toBe('6');
  });

  it('can be given to a call by another process', async () => {
    const { client } = await start({});
    const added = await client.send('POST', '/_simulator/calls', { attributes: odd });
    expect([added.status, (added.json['participants'] as unknown[])[0]]).toMatchObject([
      201,
      { attributes: odd },
    ]);
    const refused = await client.send('POST', '/_simulator/calls', { attributes: [] });
    expect([refused.status, refused.json['message']]).toEqual([
      400,
      expect.stringContaining('attributes must be an object'),
    ]);
  });
});

it('a stale PUT of an odd value meets its conflict, not a complaint about the value', async () => {
  const simulator = await startSimulator();
  try {
    const call = simulator.addCall({ attributes: { count: 5 } });
    const client = await Client.of(simulator);
    call.customer.write({ count: 6 });
    const path = pathsOf(call, call.customer).participant;
    const { status } = await client.put(path, { version: 1, attributes: { count: 5 } });
    expect(status).toBe(409);
  } finally {
    await simulator.close();
  }
});

it('the reply to a PUT may hide attributes, too', async () => {
  const simulator = await startSimulator();
  try {
    const call = simulator.addCall();
    const client = await Client.of(simulator);
    simulator.fault({ on: 'write', kind: 'hideAttributes', as: 'absent' });
    const path = pathsOf(call, call.customer).participant;
    const { json } = await client.put(path, { version: 1, attributes: { lang: 'de' } });
    expect([json['version'], 'attributes' in json]).toEqual([2, false]);
    expect(call.customer.attributes).toEqual({ lang: 'de' });
  } finally {
    await simulator.close();
  }
});
