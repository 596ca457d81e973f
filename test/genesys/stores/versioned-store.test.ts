import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import nock from 'nock';
import * as z from 'zod/v4';

import type { Delta } from '../../../core';
import { GenesysClient } from '../../../genesys/client';
import { Shared } from '../../../genesys/shared';
import { versionedJson } from '../../../genesys/stores/json/versioned-json';
import { type VersionedResource, VersionedStore } from '../../../genesys/stores/versioned-store';
import { storeErrorOf } from '../transport/errors';

const API = 'https://api.mypurecloud.de';
const READ = '/api/v2/things/1';
const WRITTEN = '/api/v2/things';
const LIMITS = { timeoutMs: 5000 };

const thing = z.looseObject({ name: z.string(), version: z.int() });
type Thing = z.infer<typeof thing>;

/** A resource that differs in everything that one can differ in. */
const things: VersionedResource<Thing, null> = {
  kind: 'thing',
  path: READ,
  written: { method: 'PATCH', path: WRITTEN },
  about: 'thing 1',
  reply: thing,
  receipt: z.unknown().transform(() => undefined),
  snapshotOf: ({ name, version }) => ({ version, parts: new Map([['name', name]]), raw: null }),
  noneYet: ({ code }) =>
    code === 'things.none.yet' ? { version: -1, parts: new Map(), raw: null } : undefined,
  bodyOf: (delta, { version }) => ({
    name: delta.get('name')?.to,
    ...(version === -1 ? {} : { version }),
  }),
  isConflict: () => true,
};

const named: Delta = new Map([['name', { from: null, to: 'x' }]]);

function storeOf<Reply, Raw>(resource: VersionedResource<Reply, Raw>) {
  const shared = new Shared();
  nock('https://login.mypurecloud.de')
    .post('/oauth/token')
    .reply(200, { access_token: 'token', expires_in: 86_400 });
  const client = new GenesysClient(
    {
      loginUrl: 'https://login.mypurecloud.de',
      apiUrl: API,
      clientId: randomUUID(),
      clientSecret: 'secret',
      requestsPerMinute: 1_000_000,
    },
    shared,
  );
  return new VersionedStore(client, resource, shared.merging);
}

describe('The store of a versioned resource', () => {
  beforeEach(() => {
    nock.disableNetConnect();
  });
  afterEach(() => {
    const left = nock.pendingMocks();
    nock.cleanAll();
    nock.enableNetConnect();
    expect(left).toEqual([]);
  });
  afterAll(() => {
    nock.restore();
  });

  it('takes a 404 that says so for a resource that is not there yet, and first writes it without a version', async () => {
    const store = storeOf(things);
    nock(API).get(READ).reply(404, { code: 'things.none.yet' });
    const none = await store.read(LIMITS);
    expect(none).toMatchObject({ version: -1 });
    nock(API).patch(WRITTEN, { name: 'x' }).reply(202, 'Accepted');
    await store.write(named, none, LIMITS);
  });

  it('takes any other 404 for one that is missing', async () => {
    const store = storeOf(things);
    nock(API).get(READ).reply(404, { code: 'not.found' });
    const error = await storeErrorOf(store.read(LIMITS));
    expect(error.failure).toEqual({ kind: 'permanent', isAbsent: true });
  });

  it('gives back the base, which proves nothing, where a reply shows nothing of the resource', async () => {
    const store = storeOf(things);
    nock(API).get(READ).reply(200, { name: 'old', version: 3 });
    const base = await store.read(LIMITS);
    nock(API).patch(WRITTEN, { name: 'x', version: 3 }).reply(204);
    expect(await store.write(named, base, LIMITS)).toEqual({ snapshot: base });
  });

  it('leaves it to the resource which answers are conflicts', async () => {
    const store = storeOf(things);
    const base = { version: 3, parts: new Map(), raw: null };
    nock(API).patch(WRITTEN).reply(400, { code: 'whatever' });
    const error = await storeErrorOf(store.write(named, base, LIMITS));
    expect(error.failure).toEqual({ kind: 'conflict', namesVersion: true });
  });

  describe('of JSON', () => {
    const path = '/api/v2/things/1';
    const changed: Delta = new Map([['/a/b', { from: '1', to: '2' }]]);
    const shown = { id: '1', a: { b: 1, c: 1 }, d: null, version: 3, selfUri: path };

    const bodyBy = async (
      target: Partial<Parameters<typeof versionedJson>[0]>,
      delta = changed,
    ) => {
      const resource = versionedJson({ kind: 'thing', method: 'PUT', path, ...target });
      const store = storeOf(resource);
      nock(API).get(path).reply(200, shown);
      const base = await store.read(LIMITS);
      return resource.bodyOf(delta, base, false);
    };

    it.each<[string, Partial<Parameters<typeof versionedJson>[0]>, object]>([
      ['all of it by PUT, nulls as well', {}, { a: { b: 2, c: 1 }, d: null, version: 3 }],
      [
        'the ID where that is asked for',
        { sendsId: true },
        { id: '1', a: { b: 2, c: 1 }, d: null, version: 3 },
      ],
      ['by PATCH what changes, as a whole', { method: 'PATCH' }, { a: { b: 2, c: 1 }, version: 3 }],
      [
        'by PATCH only what changes, where it is merged in',
        { method: 'PATCH', mergesInside: true },
        { a: { b: 2 }, version: 3 },
      ],
    ])('sends %s', async (_, target, body) => {
      expect(await bodyBy(target)).toEqual(body);
    });

    it.each<[string, unknown]>([
      ['nothing', ''],
      ['a text', '"Accepted"'],
      ['only an ID', '{ "id": "1" }'],
    ])('does not take %s for the resource', async (_, text) => {
      const store = storeOf(versionedJson({ kind: 'thing', method: 'PUT', path }));
      const base = { version: 3, parts: new Map<string, string>(), raw: { document: {} } };
      nock(API).put(path).reply(200, text, { 'content-type': 'application/json' });
      expect(await store.write(changed, base, LIMITS)).toEqual({ snapshot: base });
    });

    it.each(['<html>One moment</html>', '{ "status": 503, "code": "x", "message": "y" }'])(
      'does not take for accepted what a proxy says: %s',
      async (text) => {
        const store = storeOf(versionedJson({ kind: 'thing', method: 'PUT', path }));
        const base = { version: 3, parts: new Map<string, string>(), raw: { document: {} } };
        nock(API).put(path).reply(200, text);
        const error = await storeErrorOf(store.write(changed, base, LIMITS));
        expect(error.failure).toEqual({ kind: 'ambiguous' });
      },
    );
  });
});
