import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { GenesysClient } from '../../genesys/client';
import { ParticipantAttributesStore } from '../../genesys/participant-attributes-store';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator';
import { storeErrorOf } from './errors';
import { sendJson, serve } from './servers';
import { remove, set, wanting, wish } from './wishes';

const LIMITS = { timeoutMs: 5000 };
let simulator: Simulator;

beforeEach(async () => {
  await start();
});
afterEach(async () => {
  await simulator.close();
});

async function start(options: SimulatorOptions = {}) {
  simulator = await startSimulator({ flavour: 'public', ...options });
}

async function restart(options: SimulatorOptions) {
  await simulator.close();
  await start(options);
}

function storeOf(conversationId: string, participantId: string) {
  const { url, clientId, clientSecret } = simulator;
  const client = new GenesysClient({
    loginUrl: url,
    apiUrl: url,
    clientId,
    clientSecret,
    requestsPerMinute: 1_000_000,
  });
  return new ParticipantAttributesStore(client, conversationId, participantId);
}

/** A store for the customer of a new call, and what it read. */
async function opened(attributes: Record<string, string> = { lang: 'en', tier: 'gold' }) {
  const call = simulator.addCall({ attributes });
  const store = storeOf(call.conversationId, call.customer.id);
  const base = await store.read(LIMITS);
  simulator.journal.clear();
  return { call, store, base };
}

const requests = () =>
  simulator.journal.entries.map(({ method, path, body }) => ({ method, path, body }));

describe('a participant attributes store', () => {
  it('reads the conversation with one request and shows no version', async () => {
    const { call, store, base } = await opened();
    expect(base.version).toBeNull();
    expect(base.state).toMatchObject({ participantId: call.customer.id, writeMethod: 'patch' });
    expect(Object.fromEntries(base.state.attributes)).toEqual({ lang: 'en', tier: 'gold' });
    expect(base.state.externalContactId).toBeNull();
    await store.read(LIMITS);
    expect(requests()).toMatchObject([
      { method: 'GET', path: `/api/v2/conversations/${call.conversationId}` },
    ]);
  });

  it('sends one PATCH with nothing but what changes, a removed one as an empty string', async () => {
    const { call, store, base } = await opened({ lang: 'en', tier: 'gold', old: 'x', gone: '' });
    const wanted = wanting({
      set: new Map([
        ['lang', 'de'],
        ['tier', 'gold'],
        ['__proto__', 'p'],
      ]),
      remove: new Set(['old', 'gone', 'never']),
    });
    await store.write(wish(base, wanted), base, LIMITS);
    expect(requests()).toEqual([
      {
        method: 'PATCH',
        path: `/api/v2/conversations/${call.conversationId}/participants/${call.customer.id}/attributes`,
        body: JSON.parse('{"attributes":{"lang":"de","__proto__":"p","old":""}}') as unknown,
      },
    ]);
    expect(call.customer.attributes['old']).toBe('');
    expect(call.customer.attributes['tier']).toBe('gold');
  });

  it('sends a new attribute even when it is empty', async () => {
    const { store, base } = await opened();
    await store.write(wish(base, set({ note: '' })), base, LIMITS);
    expect(requests()[0]?.body).toEqual({ attributes: { note: '' } });
  });

  it('takes 202 without a body for accepted, and tells when it can be seen', async () => {
    await restart({ visibilityLagMs: 80 });
    const { store, base } = await opened();
    const { snapshot, visibility } = await store.write(
      wish(base, set({ lang: 'de' })),
      base,
      LIMITS,
    );
    expect(simulator.journal.writes()[0]?.status).toBe(202);
    expect(snapshot).toBeUndefined();
    const soon = await store.read(LIMITS);
    expect(soon.state.wire.get('lang')).toBe('en');
    expect(soon.state.attributes.get('lang')).toBe('de');
    expect(visibility?.(soon)).toBe('notYet');
    await sleep(90);
    expect(visibility?.(await store.read(LIMITS))).toBe('there');
  });

  it('lays what was accepted over the reads of other stores of the same client', async () => {
    await restart({ visibilityLagMs: 1000 });
    const { call, store, base } = await opened();
    await store.write(wish(base, remove('tier')), base, LIMITS);
    const other = storeOf(call.conversationId, call.customer.id);
    const seen = await other.read(LIMITS);
    expect(seen.state.wire.get('tier')).toBe('gold');
    expect(seen.state.attributes.get('tier')).toBe('');
  });

  it('tells that somebody else wrote after it', async () => {
    const { call, store, base } = await opened();
    const { visibility } = await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
    call.customer.write({ lang: 'fr' });
    const after = await store.read(LIMITS);
    expect(visibility?.(after)).toBe('overtaken');
    expect(after.state.attributes.get('lang')).toBe('fr');
  });

  it('does not take its own later write for that of somebody else', async () => {
    await restart({ visibilityLagMs: 40 });
    const { store, base } = await opened();
    const first = await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
    const between = await store.read(LIMITS);
    await store.write(wish(between, set({ lang: 'fr' })), between, LIMITS);
    await sleep(60);
    expect(first.visibility?.(await store.read(LIMITS))).toBe('there');
  });

  it('knows its own later write even before that is answered', async () => {
    const { store, base } = await opened();
    const first = await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
    const between = await store.read(LIMITS);
    simulator.fault({ on: 'write', kind: 'delayAfter', ms: 200 });
    const writing = store.write(wish(between, set({ lang: 'fr' })), between, LIMITS);
    await sleep(100);
    const meanwhile = await store.read(LIMITS);
    expect(meanwhile.state.wire.get('lang')).toBe('fr');
    expect(first.visibility?.(meanwhile)).toBe('there');
    await writing;
  });

  it('learns nothing from the late reply to a read that was sent before', async () => {
    const { store, base } = await opened();
    simulator.fault({ on: 'read', kind: 'delayAfter', ms: 200 });
    const late = store.read(LIMITS);
    await sleep(100);
    await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
    const seen = await store.read(LIMITS);
    expect(seen.state.wire.get('lang')).toBe('de');
    const { state } = await late;
    expect([state.wire.get('lang'), state.attributes.get('lang')]).toEqual(['en', 'de']);
  });

  it('finds nobody for good where there is no such participant', async () => {
    const { conversationId } = simulator.addCall();
    const error = await storeErrorOf(storeOf(conversationId, randomUUID()).read(LIMITS));
    expect(error.failure).toEqual({ kind: 'permanent' });
    expect(error.cause).toMatchObject({ details: { kind: 'notFound' } });
  });

  it.each(['dropBefore', 'dropAfter'] as const)(
    'cannot tell after %s, and lays nothing over what it reads then',
    async (kind) => {
      const { call, store, base } = await opened();
      simulator.fault({ on: 'write', kind });
      const error = await storeErrorOf(store.write(wish(base, set({ lang: 'de' })), base, LIMITS));
      expect(error.failure).toEqual({ kind: 'ambiguous' });
      const { state } = await store.read(LIMITS);
      expect(state.attributes.get('lang')).toBe(call.customer.attributes['lang']);
    },
  );
});

describe('a conversation whose participants come with attributes of the wrong shape', () => {
  const CHOSEN = '11111111-2222-4333-8444-555555555555';

  async function read(chosen: object, other: object) {
    const server = await serve(({ url }, response) => {
      if (url === '/oauth/token') sendJson(response, 200, { access_token: 't', expires_in: 100 });
      else {
        sendJson(response, 200, {
          participants: [
            { id: CHOSEN, purpose: 'customer', ...chosen },
            { id: randomUUID(), purpose: 'agent', ...other },
          ],
        });
      }
    });
    const { url } = server;
    const client = new GenesysClient({
      loginUrl: url,
      apiUrl: url,
      clientId: 'c',
      clientSecret: 's',
      requestsPerMinute: 1_000_000,
    });
    const store = new ParticipantAttributesStore(client, randomUUID(), CHOSEN);
    return await store.read(LIMITS);
  }

  const wrong = [{}, { attributes: null }, { attributes: [] }, { attributes: { n: 7 } }];

  it.each(wrong)('cannot be used for the chosen participant: %j', async (attributes) => {
    const error = await storeErrorOf(read(attributes, { attributes: {} }));
    expect(error.failure).toEqual({ kind: 'permanent' });
    expect(error.cause).toMatchObject({ details: { kind: 'shape', sent: true } });
    expect(error.message).toContain(CHOSEN);
  });

  it.each(wrong)('does not matter for the others: %j', async (attributes) => {
    const { state } = await read({ attributes: { a: { value: '1' } } }, attributes);
    expect([...state.attributes]).toEqual([['a', '1']]);
  });
});
