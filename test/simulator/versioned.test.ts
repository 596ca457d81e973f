import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Call, Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { Client, pathsOf } from './client';

describe('the versioned participant', () => {
  let simulator: Simulator;
  let client: Client;
  let call: Call;
  let path: string;

  beforeEach(async () => {
    simulator = await startSimulator();
    client = await Client.of(simulator);
    call = simulator.addCall({ attributes: { priority: 'low', lang: 'en' } });
    path = pathsOf(call, call.customer).participant;
  });
  afterEach(() => simulator.close());

  it('reads with version, attributes and external contact', async () => {
    const contact = simulator.addCall({ externalContactId: 'contact-1' });
    const { json } = await client.get(pathsOf(contact, contact.customer).participant);
    expect(json).toMatchObject({ version: 1, attributes: {}, externalContactId: 'contact-1' });
    const expanded = await client.get(`${path}?expand=attributes`);
    expect(expanded.json['attributes']).toEqual({ priority: 'low', lang: 'en' });
  });

  it('replaces the whole attribute map and moves the version', async () => {
    const { status, json } = await client.put(path, {
      version: 1,
      attributes: { priority: 'high' },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: call.customer.id, version: 2 });
    expect(json['attributes']).toEqual({ priority: 'high' });
    expect(call.customer.attributes).toEqual({ priority: 'high' });
    expect(call.customer.commits).toEqual([
      { at: expect.any(Number), version: 2, by: 'api', attributes: { priority: 'high' } },
    ]);
  });

  it('merges instead when told so', async () => {
    const merging = await startSimulator({ putMerges: true });
    try {
      const merged = merging.addCall({ attributes: { lang: 'en' } });
      const { participant } = pathsOf(merged, merged.customer);
      const other = await Client.of(merging);
      await other.put(participant, { version: 1, attributes: { priority: 'high' } });
      expect(merged.customer.attributes).toEqual({ lang: 'en', priority: 'high' });
    } finally {
      await merging.close();
    }
  });

  it.each([0, 2])('refuses version %i with 409 when it is at 1', async (version) => {
    const { status, json } = await client.put(path, { version, attributes: {} });
    expect(status).toBe(409);
    expect(json['code']).toBe('version.conflict');
    expect(json['message']).toMatch(new RegExp(`version 1,.*version ${String(version)}`));
    expect(call.customer.attributes).toEqual({ priority: 'low', lang: 'en' });
    expect(call.customer.version).toBe(1);
  });

  it('lets exactly one of several writers on the same version win', async () => {
    const writes = ['a', 'b', 'c', 'd'].map((lang) =>
      client.put(path, { version: 1, attributes: { lang } }),
    );
    const statuses = (await Promise.all(writes)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 409, 409, 409]);
  });

  it('sets the external contact when the body names one, and keeps it otherwise', async () => {
    await client.put(path, { version: 1, attributes: {}, externalContactId: 'contact-2' });
    await client.put(path, { version: 2, attributes: {} });
    expect(call.customer.externalContactId).toBe('contact-2');
  });

  it('sees what another system wrote', async () => {
    call.customer.write({ queue: 'vip' });
    const { json } = await client.get(path);
    expect(json).toMatchObject({
      version: 2,
      attributes: { priority: 'low', lang: 'en', queue: 'vip' },
    });
    expect(call.customer.commits[0]?.by).toBe('other');
  });

  it.each([
    ['no version', { attributes: {} }],
    ['a version that is no integer', { attributes: {}, version: '1' }],
    ['no attributes', { version: 1 }],
    ['a list of attributes', { version: 1, attributes: [] }],
    ['a value that is a number', { version: 1, attributes: { a: 1 } }],
    ['a value that is null', { version: 1, attributes: { a: null } }],
    ['a wrapped value that is no string', { version: 1, attributes: { a: { value: 1 } } }],
    ['a body that is no JSON', '{"version":1'],
  ])('refuses %s with 400', async (_, body) => {
    const { status, json } = await client.put(path, body);
    expect(status).toBe(400);
    expect(json['code']).toBe('bad.request');
    expect(call.customer.version).toBe(1);
  });

  it('names the attribute that it refuses', async () => {
    const { json } = await client.put(path, { version: 1, attributes: { fine: 'x', odd: 7 } });
    expect(json['message']).toContain('"odd"');
  });

  it('refuses a body that does not say it is JSON', async () => {
    const headers = { 'content-type': 'text/plain' };
    const body = { version: 1, attributes: {} };
    const { status } = await client.send('PUT', path, body, { headers });
    expect(status).toBe(415);
  });

  it('shows wrapped values on a wrapped call and takes both shapes', async () => {
    const wrapped = simulator.addCall({ attributes: { priority: 'low' }, wrapped: true });
    const { participant } = pathsOf(wrapped, wrapped.customer);
    const read = await client.get(participant);
    expect(read.json['attributes']).toEqual({ priority: { value: 'low' } });
    const attributes = { priority: { value: 'high' }, lang: 'de' };
    const { json } = await client.put(participant, { version: 1, attributes });
    expect(json['attributes']).toEqual({ priority: { value: 'high' }, lang: { value: 'de' } });
    expect(wrapped.customer.attributes).toEqual({ priority: 'high', lang: 'de' });
  });

  it('has no PATCH of attributes', async () => {
    const { attributes } = pathsOf(call, call.customer);
    const { status } = await client.patch(attributes, { attributes: { a: 'b' } });
    expect(status).toBe(404);
  });

  it('keeps attributes named __proto__ and constructor as data, and pollutes nothing', async () => {
    const body = '{"version":1,"attributes":{"__proto__":"p","constructor":"c","toString":"t"}}';
    const { status, text } = await client.put(path, body);
    expect(status).toBe(200);
    expect(text).toContain('{"__proto__":"p","constructor":"c","toString":"t"}');
    call.customer.write(JSON.parse('{"__proto__":"q"}') as Record<string, string>);
    const read = await client.get(path);
    expect(Object.entries(read.json['attributes'] as object)).toEqual([
      ['__proto__', 'q'],
      ['constructor', 'c'],
      ['toString', 't'],
    ]);
    expect(Object.keys(call.agent.attributes)).toEqual([]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect({}.constructor).toBe(Object);
  });
});
