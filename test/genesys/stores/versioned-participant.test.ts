import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import nock from 'nock';
import { setTimeout as sleep } from 'node:timers/promises';

import { difference, sameParts } from '../../../core/parts';
import { GenesysClient } from '../../../genesys/client';
import {
  attributePart,
  byAttribute,
  CONTACT_PART,
  partsOf,
} from '../../../genesys/stores/participant-parts';
import { versionedParticipant } from '../../../genesys/stores/versioned-participant';
import { VersionedStore } from '../../../genesys/stores/versioned-store';
import { type Call, type CallOptions, type Simulator, startSimulator } from '../../../simulator';
import { storeErrorOf } from '../transport/errors';
import { remove, set, wanting, wish } from './wishes';
import { Shared } from '../../../genesys/shared';
import { clientOf } from '../client-of';

const shared = new Shared();

function participantStore(client: GenesysClient, conversationId: string, participantId: string) {
  const resource = versionedParticipant(conversationId, participantId);
  return new VersionedStore(client, resource, shared.merging);
}

const LIMITS = { timeoutMs: 5000 };

describe('the requests of a participant store', () => {
  const CONVERSATION = '6f1d3c2e-9a4b-4c6d-8e2f-0123456789ab';
  const PARTICIPANT = '11111111-2222-4333-8444-555555555555';
  const PATH = `/api/v2/conversations/${CONVERSATION}/participants/${PARTICIPANT}`;
  const API = 'https://api.mypurecloud.de';

  function storeFor(participantId = PARTICIPANT) {
    const clientId = randomUUID();
    nock('https://login.mypurecloud.de')
      .post('/oauth/token')
      .reply(200, { access_token: `token of ${clientId}`, expires_in: 86_400 });
    const client = new GenesysClient(
      {
        loginUrl: 'https://login.mypurecloud.de',
        apiUrl: API,
        clientId,
        clientSecret: 'secret',
        requestsPerMinute: 1_000_000,
      },
      shared,
    );
    return participantStore(client, CONVERSATION, participantId);
  }

  /** Serves one read. */
  const serveRead = (body: object) => nock(API).get(PATH).reply(200, body);

  /** Serves one write and remembers its body, as text. */
  function serveWrite(reply: object = { id: PARTICIPANT, version: 4, attributes: {} }) {
    const sent: { body: string } = { body: '' };
    nock(API)
      .put(PATH, (body) => {
        sent.body = JSON.stringify(body);
        return true;
      })
      .matchHeader('content-type', 'application/json')
      .reply(200, reply);
    return sent;
  }

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

  it('read the participant', async () => {
    serveRead({
      id: PARTICIPANT,
      version: 3,
      attributes: { a: '1', b: { value: '2' } },
      externalContactId: 'contact',
      state: 'connected',
    });
    const { version, parts, raw } = await storeFor().read(LIMITS);
    expect(version).toBe(3);
    expect(raw).toEqual({
      participantId: PARTICIPANT,
      writeMethod: 'versioned',
      standing: {},
      wire: { a: '1', b: { value: '2' } },
    });
    expect([...byAttribute(parts)]).toEqual([
      ['a', '1'],
      ['b', '2'],
    ]);
    expect(parts.get(CONTACT_PART)).toBe('contact');
    expect(parts.size).toBe(3);
  });

  it('read an attribute with the name of the external contact as an attribute', async () => {
    serveRead({
      version: 1,
      attributes: { [CONTACT_PART]: 'attribute' },
      externalContactId: 'Contact',
    });
    const { parts } = await storeFor().read(LIMITS);
    expect([...byAttribute(parts)]).toEqual([[CONTACT_PART, 'attribute']]);
    expect(parts.get(CONTACT_PART)).toBe('Contact');
  });

  it.each([{}, { version: null, externalContactId: null }])(
    'read a participant without version and contact: %j',
    async (more) => {
      serveRead({ attributes: {}, ...more });
      const { version, parts } = await storeFor().read(LIMITS);
      expect(version).toBeNull();
      expect([...parts]).toEqual([]);
    },
  );

  it.each<[string, object, boolean]>([
    ['the same content at another version', { version: 4 }, true],
    [
      'the ID of the contact in capitals',
      { externalContactId: 'ABCDEF01-0000-4000-8000-000000000000' },
      true,
    ],
    ['an empty attribute more', { attributes: { a: '1', b: '' } }, true],
    ['another shape', { attributes: { a: { value: '1' } } }, true],
    ['another attribute', { attributes: { a: '2' } }, false],
    ['an attribute more', { attributes: { a: '1', b: '1' } }, false],
    ['no attribute any more', { attributes: {} }, false],
    ['another contact', { externalContactId: 'other' }, false],
    ['no contact any more', { externalContactId: null }, false],
  ])('tell other content from the same content: %s', async (_, change, isSame) => {
    const body = {
      version: 3,
      attributes: { a: '1' },
      externalContactId: 'abcdef01-0000-4000-8000-000000000000',
    };
    serveRead(body);
    serveRead({ ...body, ...change });
    const store = storeFor();
    const [one, other] = [await store.read(LIMITS), await store.read(LIMITS)];
    expect(sameParts(one.parts, other.parts)).toBe(isSame);
  });

  it('write all attributes with the version of the base, and nothing else', async () => {
    serveRead({
      id: PARTICIPANT,
      version: 3,
      attributes: { a: '1', other: 'kept' },
      externalContactId: 'contact',
      name: 'Somebody',
    });
    const sent = serveWrite({ version: 4, attributes: { a: '2', other: 'kept', new: 'x' } });
    const store = storeFor();
    const base = await store.read(LIMITS);
    const { snapshot } = await store.write(wish(base, set({ a: '2', new: 'x' })), base, LIMITS);
    expect(sent.body).toBe('{"attributes":{"a":"2","other":"kept","new":"x"},"version":3}');
    expect(snapshot?.version).toBe(4);
    expect([...(snapshot?.parts ?? [])]).toEqual([
      [attributePart('a'), '2'],
      [attributePart('other'), 'kept'],
      [attributePart('new'), 'x'],
    ]);
    expect(snapshot?.raw.participantId).toBe(PARTICIPANT);
  });

  it('write the external contact when that is asked for', async () => {
    serveRead({ version: 0, attributes: { a: '1' }, externalContactId: 'old' });
    const sent = serveWrite();
    const store = storeFor();
    const base = await store.read(LIMITS);
    await store.write(wish(base, wanting({ externalContactId: 'new' })), base, LIMITS);
    expect(JSON.parse(sent.body)).toEqual({
      attributes: { a: '1' },
      version: 0,
      externalContactId: 'new',
    });
  });

  it('write in the shape that was read, names such as __proto__ included', async () => {
    const attributes =
      '{"__proto__":{"value":"p","type":"t"},"plain":"1","constructor":{"value":"c"}}';
    serveRead(JSON.parse(`{"version":3,"attributes":${attributes}}`) as object);
    const sent = serveWrite();
    const store = storeFor();
    const base = await store.read(LIMITS);
    await store.write(wish(base, set({ plain: '2', constructor: 'd' })), base, LIMITS);
    expect(sent.body).toBe(
      '{"attributes":{"__proto__":{"value":"p","type":"t"},"plain":"2","constructor":{"value":"d"}},"version":3}',
    );
  });

  it('write under the version and shape of the base that is given, not of the latest read', async () => {
    serveRead({ version: 3, attributes: { a: { value: '1' } } });
    serveRead({ version: 5, attributes: { a: '1' } });
    const sent = serveWrite();
    const store = storeFor();
    const base = await store.read(LIMITS);
    const latest = await store.read(LIMITS);
    await store.write(wish(latest, set({ a: '2' })), base, LIMITS);
    expect(sent.body).toBe('{"attributes":{"a":{"value":"2"}},"version":3}');
  });

  it('encode ids, so that none can lead to another path', async () => {
    const scope = nock(API)
      .get(`/api/v2/conversations/${CONVERSATION}/participants/a%2F..%2Fb%3Fc`)
      .reply(200, { version: 1, attributes: {} });
    await storeFor('a/../b?c').read(LIMITS);
    scope.done();
  });

  const unreadable: [string, object, string][] = [
    ['no attributes', { version: 3 }, '"attributes": expected an object of attributes'],
    ['null for attributes', { version: 3, attributes: null }, '"attributes": '],
    ['a list of attributes', { version: 3, attributes: [] }, '"attributes": '],
    ['a version that is text', { version: '3', attributes: {} }, '"version": '],
    ['a version that is no integer', { version: 3.5, attributes: {} }, '"version": '],
    ['a version below zero', { version: -1, attributes: {} }, '"version": '],
    ['a contact that is no text', { attributes: {}, externalContactId: 7 }, '"externalContactId"'],
  ];

  it.each(unreadable)('refuse to read %s', async (_, body, why) => {
    serveRead(body);
    const error = await storeErrorOf(storeFor().read(LIMITS));
    expect(error.failure).toEqual({ kind: 'permanent' });
    expect(error.message).toContain(why);
  });

  it.each(unreadable)(
    'leave it open whether a write was applied that answers %s',
    async (_, body) => {
      serveRead({ version: 3, attributes: {} });
      serveWrite(body);
      const store = storeFor();
      const base = await store.read(LIMITS);
      const error = await storeErrorOf(store.write(wish(base, set({ a: '1' })), base, LIMITS));
      expect(error.failure).toEqual({ kind: 'ambiguous' });
    },
  );
});

describe('a participant store', () => {
  let simulator: Simulator;

  beforeEach(async () => {
    simulator = await startSimulator();
  });
  afterEach(async () => {
    await simulator.close();
  });

  /** A store for the customer of a new call, and what it read; the requests up to here are forgotten. */
  async function opened(options: CallOptions = { attributes: { lang: 'en', tier: 'gold' } }) {
    const call = simulator.addCall(options);
    const store = storeOf(call, call.customer.id);
    const base = await store.read(LIMITS);
    simulator.journal.clear();
    return { call, store, base };
  }

  function storeOf(call: Pick<Call, 'conversationId'>, participantId: string) {
    const client = clientOf(simulator, shared);
    return participantStore(client, call.conversationId, participantId);
  }

  it('reads, writes and reads what it has written', async () => {
    const { call, store, base } = await opened();
    const { snapshot } = await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
    expect(call.customer.attributes).toEqual({ lang: 'de', tier: 'gold' });
    expect(snapshot).toEqual(await store.read(LIMITS));
  });

  it('keeps wrapped attributes wrapped', async () => {
    const { store, base } = await opened({ wrapped: true, attributes: { lang: 'en' } });
    await store.write(wish(base, set({ lang: 'de', new: 'x' })), base, LIMITS);
    expect(simulator.journal.writes()[0]?.body).toEqual({
      attributes: { lang: { value: 'de' }, new: { value: 'x' } },
      version: base.version,
    });
  });

  it('sends the external contact only when it is asked for', async () => {
    const { store, base } = await opened({ externalContactId: 'old' });
    const { snapshot } = await store.write(wish(base, set({ a: '1' })), base, LIMITS);
    if (!snapshot) throw new Error('no snapshot');
    await store.write(wish(snapshot, wanting({ externalContactId: 'new' })), snapshot, LIMITS);
    expect(simulator.journal.writes().map(({ body }) => body)).toEqual([
      { attributes: { a: '1' }, version: 1 },
      { attributes: { a: '1' }, version: 2, externalContactId: 'new' },
    ]);
    expect((await store.read(LIMITS)).parts.get(CONTACT_PART)).toBe('new');
  });

  /** Writes after a fault was ordered. */
  async function writeMeeting(order: (call: Call) => void, limits = LIMITS) {
    const { call, store, base } = await opened();
    order(call);
    const error = await storeErrorOf(store.write(wish(base, set({ lang: 'de' })), base, limits));
    return { call, store, base, error };
  }

  it('meets a conflict when the call has moved on, and has written nothing', async () => {
    const { call, error } = await writeMeeting(() => {
      simulator.fault({ on: 'write', kind: 'conflict' });
    });
    expect(error.failure).toEqual({ kind: 'conflict', namesVersion: true });
    expect(error.message).toContain('at version 2');
    expect(call.customer.attributes).toEqual({ lang: 'en', tier: 'gold' });
    expect(simulator.journal.writes()).toHaveLength(1);
  });

  it('never overwrites what somebody else has written since its base was read', async () => {
    const { call, store, base, error } = await writeMeeting(() => {
      simulator.fault({ on: 'write', kind: 'foreignWrite', attributes: { tier: 'platinum' } });
    });
    expect(error.failure.kind).toBe('conflict');
    const again = await store.read(LIMITS);
    expect(sameParts(again.parts, base.parts)).toBe(false);
    await store.write(wish(again, set({ lang: 'de' })), again, LIMITS);
    expect(call.customer.attributes).toEqual({ lang: 'de', tier: 'platinum' });
  });

  it.each([
    ['dropBefore', false],
    ['dropAfter', true],
    ['truncate', true],
  ] as const)('cannot tell after %s, and sends the write once', async (kind, applied) => {
    const { call, error } = await writeMeeting(() => {
      simulator.fault({ on: 'write', kind });
    });
    expect(error.failure).toEqual({ kind: 'ambiguous' });
    expect(call.customer.attributes['lang']).toBe(applied ? 'de' : 'en');
    await sleep(30);
    expect(simulator.journal.writes()).toHaveLength(1);
  });

  it.each(['dropBefore', 'dropAfter', 'truncate'] as const)(
    'may read again after %s on a read',
    async (kind) => {
      const { store, base } = await opened();
      simulator.fault({ on: 'read', kind });
      expect((await storeErrorOf(store.read(LIMITS))).failure).toEqual({ kind: 'transient' });
      expect(await store.read(LIMITS)).toEqual(base);
    },
  );

  it('cannot tell after 503, and hands its Retry-After on', async () => {
    const { error } = await writeMeeting(() => {
      simulator.fault({ on: 'write', kind: 'reply', status: 503, retryAfter: '2' });
    });
    expect(error.failure).toEqual({ kind: 'ambiguous', retryAfterMs: 2000 });
  });

  it.each([
    ['applied late', 'delayBefore'],
    ['answered late', 'delayAfter'],
  ] as const)('cannot tell when a write %s runs out of time', async (_, kind) => {
    const { call, error } = await writeMeeting(
      () => {
        simulator.fault({ on: 'write', kind, ms: 150 });
      },
      { timeoutMs: 50 },
    );
    expect(error.failure).toEqual({ kind: 'ambiguous' });
    expect(call.customer.attributes['lang']).toBe(kind === 'delayBefore' ? 'en' : 'de');
    await sleep(150);
    expect(call.customer.attributes['lang']).toBe('de');
    expect(simulator.journal.writes()).toHaveLength(1);
  });

  it('gives up a read at once when it is aborted', async () => {
    const { store } = await opened();
    simulator.fault({ on: 'read', kind: 'delayBefore', ms: 2000 });
    const begun = performance.now();
    const limits = { timeoutMs: 5000, signal: AbortSignal.timeout(40) };
    const error = await storeErrorOf(store.read(limits));
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(error.failure).toEqual({ kind: 'transient' });
    expect(error.cause).toMatchObject({ details: { kind: 'aborted' } });
  });

  it('writes nothing with a token that has ended in between, and has a new one for the next write', async () => {
    const { call, store, base } = await opened();
    simulator.fault({ on: 'write', kind: 'expireTokens' });
    const write = async () => await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
    expect((await storeErrorOf(write())).failure).toEqual({ kind: 'expired' });
    await write();
    expect(simulator.journal.writes().map(({ status }) => status)).toEqual([401, 200]);
    expect(call.customer.commits).toHaveLength(1);
  });

  it('fails for good where there is no such conversation', async () => {
    const store = storeOf({ conversationId: randomUUID() }, randomUUID());
    const error = await storeErrorOf(store.read(LIMITS));
    expect(error.failure).toEqual({ kind: 'permanent', isAbsent: true });
    expect(error.cause).toMatchObject({ details: { status: 404, code: 'not.found' } });
  });

  it('fails for good where there is no such participant', async () => {
    const store = storeOf(simulator.addCall(), randomUUID());
    const error = await storeErrorOf(store.read(LIMITS));
    expect(error.failure).toEqual({ kind: 'permanent', isAbsent: true });
    expect(error.cause).toMatchObject({
      details: { status: 404, code: 'conversation.error.participant.not.found' },
    });
  });

  it('goes on reading and writing after the call has ended', async () => {
    const { call, store, base } = await opened();
    call.end();
    const error = await storeErrorOf(store.write(wish(base, set({ a: '1' })), base, LIMITS));
    expect(error.failure.kind).toBe('conflict');
    const again = await store.read(LIMITS);
    expect(sameParts(again.parts, base.parts)).toBe(true);
    await store.write(wish(again, set({ a: '1' })), again, LIMITS);
    expect(call.customer.attributes).toEqual({ lang: 'en', tier: 'gold', a: '1' });
  });

  it('leaves a removed attribute out', async () => {
    const { call, store, base } = await opened();
    const { snapshot } = await store.write(wish(base, remove('lang', 'never')), base, LIMITS);
    expect(simulator.journal.writes().map(({ body }) => body)).toEqual([
      { attributes: { tier: 'gold' }, version: 1 },
    ]);
    expect(call.customer.attributes).toEqual({ tier: 'gold' });
    expect([...(snapshot?.parts ?? [])]).toEqual([[attributePart('tier'), 'gold']]);
  });

  describe('on a server that merges', () => {
    beforeEach(async () => {
      await simulator.close();
      simulator = await startSimulator({ putMerges: true });
    });

    it('says that it is not done, and then empties what was left out in vain', async () => {
      const { call, store, base } = await opened();
      const first = await store.write(wish(base, remove('lang')), base, LIMITS);
      if (!first.snapshot) throw new Error('no snapshot');
      expect(store.leftUndone(wish(base, remove('lang')), first.snapshot)).toBe(true);
      const second = await store.write(
        wish(first.snapshot, remove('lang')),
        first.snapshot,
        LIMITS,
      );
      expect(simulator.journal.writes().map(({ body }) => body)).toEqual([
        { attributes: { tier: 'gold' }, version: 1 },
        { attributes: { lang: '', tier: 'gold' }, version: 2 },
      ]);
      expect(call.customer.attributes).toEqual({ lang: '', tier: 'gold' });
      expect(second).toEqual({ snapshot: await store.read(LIMITS) });
    });

    it('empties a wrapped attribute in its wrapper', async () => {
      const { store, base } = await opened({ wrapped: true, attributes: { lang: 'en' } });
      const delta = wish(base, remove('lang'));
      const { snapshot = base } = await store.write(delta, base, LIMITS);
      expect(store.leftUndone(delta, snapshot)).toBe(true);
      await store.write(wish(snapshot, remove('lang')), snapshot, LIMITS);
      expect(simulator.journal.writes()[1]?.body).toEqual({
        attributes: { lang: { value: '' } },
        version: 2,
      });
    });

    it('counts an empty attribute as removed, and sends one request', async () => {
      const { store, base } = await opened({ attributes: { lang: '', tier: 'gold' } });
      expect(() => wish(base, remove('lang'))).toThrow('unchanged');
      const delta = difference(base.parts, partsOf({ tier: 'silver' }));
      expect([...byAttribute(delta)].map(([name]) => name)).toEqual(['lang', 'tier']);
      const { snapshot = base } = await store.write(delta, base, LIMITS);
      expect(store.leftUndone(delta, snapshot)).toBe(false);
      expect(simulator.journal.writes()).toHaveLength(1);
    });
  });
});
