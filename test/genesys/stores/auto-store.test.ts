import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import { AutoStore } from '../../../genesys/stores/auto-store';
import { GenesysClient } from '../../../genesys/client';
import { attributePart } from '../../../genesys/stores/participant-parts';
import { WriteMethods } from '../../../genesys/stores/write-method';
import {
  type Call,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../simulator';
import { storeErrorOf } from '../transport/errors';
import { ManualClock } from '../limits/manual-clock';
import { type Received, sendJson, serve } from '../transport/servers';
import { set, wish } from './wishes';

const LIMITS = { timeoutMs: 5000 };
const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

/** A platform with a client that nobody has used before. */
async function start(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({
    clientId: randomUUID(),
    visibilityLagMs: 0,
    ...options,
  });
  running.push(simulator);
  const { url, clientId, clientSecret } = simulator;
  const storeOf = (
    call: Pick<Call, 'conversationId'> & Partial<Pick<Call, 'customer'>>,
    participantId: string = call.customer?.id ?? randomUUID(),
  ) => {
    const client = new GenesysClient({
      loginUrl: url,
      apiUrl: url,
      clientId,
      clientSecret,
      requestsPerMinute: 1_000_000,
    });
    return new AutoStore(client, call.conversationId, participantId);
  };
  /** How many API requests were sent since the last time, after an action. */
  const requests = async (action: () => Promise<unknown>) => {
    simulator.journal.clear();
    await action();
    return simulator.journal.entries.filter(({ kind }) => kind !== 'token').length;
  };
  return { simulator, storeOf, requests };
}

describe('an auto store', () => {
  it('writes under a version where there are versions, without any extra request', async () => {
    const { simulator, storeOf, requests } = await start();
    const call = simulator.addCall({ attributes: { lang: 'en' } });
    const store = storeOf(call);
    expect(
      await requests(async () => {
        const base = await store.read(LIMITS);
        expect([base.version, base.raw.writeMethod]).toEqual([1, 'versioned']);
        expect(store.versioned).toBe(true);
        await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
      }),
    ).toBe(2);
    expect(simulator.journal.writes()[0]?.method).toBe('PUT');
  });

  it.each([404, 405] as const)(
    'patches where a participant by itself answers %i, and asks only once per client',
    async (missingStatus) => {
      const { simulator, storeOf, requests } = await start({ flavour: 'public', missingStatus });
      const call = simulator.addCall({ attributes: { lang: 'en' } });
      const store = storeOf(call);
      expect(await requests(() => store.read(LIMITS))).toBe(2);
      expect(store.versioned).toBe(false);
      const other = storeOf(simulator.addCall());
      expect(await requests(() => other.read(LIMITS))).toBe(1);
      const base = await store.read(LIMITS);
      expect(base.raw.writeMethod).toBe('patch');
      await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
      expect(simulator.journal.writes()[0]?.method).toBe('PATCH');
      expect(call.customer.attributes).toEqual({ lang: 'de' });
    },
  );

  it.each([403, 501])('patches where the first read answers %i', async (status) => {
    const { simulator, storeOf, requests } = await start({ flavour: 'public' });
    const call = simulator.addCall();
    simulator.fault({ on: 'read', kind: 'reply', status });
    expect(await requests(() => storeOf(call).read(LIMITS))).toBe(2);
    expect(await requests(() => storeOf(call).read(LIMITS))).toBe(1);
  });

  it.each([
    ['503', { on: 'read', kind: 'reply', status: 503 }],
    ['429', { on: 'read', kind: 'reply', status: 429, retryAfter: '0' }],
    ['a dropped connection', { on: 'read', kind: 'dropBefore' }],
  ] as const)('has decided nothing after %s', async (what, fault) => {
    for (const flavour of ['versioned', 'public'] as const) {
      const { simulator, storeOf, requests } = await start({ flavour });
      const store = storeOf(simulator.addCall());
      simulator.fault(fault);
      const error = await storeErrorOf(store.read(LIMITS));
      expect(error.failure.kind).toBe(what === '429' ? 'throttled' : 'transient');
      expect(await requests(() => store.read(LIMITS))).toBe(flavour === 'public' ? 2 : 1);
      expect(store.versioned).toBe(flavour === 'versioned');
    }
  });

  it('probes once for 50 that read at the same time', async () => {
    const { simulator, storeOf } = await start({ flavour: 'public', latencyMs: 10 });
    const stores = Array.from({ length: 50 }, () => storeOf(simulator.addCall()));
    const read = await Promise.all(stores.map((store) => store.read(LIMITS)));
    expect(read.every(({ raw }) => raw.writeMethod === 'patch')).toBe(true);
    const probes = simulator.journal.entries.filter(({ path }) => path.includes('/participants/'));
    expect(probes).toHaveLength(1);
    expect(simulator.journal.reads()).toHaveLength(51);
  });

  it.each(['versioned', 'public'] as const)(
    'fails only for those whose participant there is not, and says so (%s)',
    async (flavour) => {
      const { simulator, storeOf } = await start({ flavour, latencyMs: 5 });
      const call = simulator.addCall();
      const nobody = storeOf(call, randomUUID());
      const [failed, ...others] = await Promise.all([
        storeErrorOf(nobody.read(LIMITS)),
        ...Array.from({ length: 5 }, () => storeOf(call).read(LIMITS)),
      ]);
      expect(failed.failure).toEqual({ kind: 'permanent', isAbsent: true });
      expect(failed.cause).toMatchObject({ details: { kind: 'notFound' } });
      expect(others.map(({ raw }) => raw.participantId)).toEqual(
        Array.from({ length: 5 }, () => call.customer.id),
      );
      const known = await storeErrorOf(storeOf(call, randomUUID()).read(LIMITS));
      expect(known.cause).toMatchObject({ details: { kind: 'notFound' } });
    },
  );

  it('lets one that gives up go without disturbing the others', async () => {
    const { storeOf, simulator } = await start({ latencyMs: 60 });
    const there = simulator.addCall();
    const leaving = storeErrorOf(
      storeOf(there).read({ ...LIMITS, signal: AbortSignal.timeout(20) }),
    );
    const staying = storeOf(there).read(LIMITS);
    expect((await leaving).cause).toMatchObject({ details: { kind: 'aborted', sent: false } });
    expect((await staying).version).toBe(1);
  });
});

/** A platform whose versioned participant the test answers. */
async function platform(
  answer: (request: Received, response: ServerResponse, id: string) => boolean,
) {
  const id = randomUUID();
  const server = await serve((request, response) => {
    if (request.url === '/oauth/token') {
      sendJson(response, 200, { access_token: 't', expires_in: 100 });
    } else if (!answer(request, response, id)) {
      sendJson(response, 200, { participants: [{ id, attributes: { from: 'conversation' } }] });
    }
  });
  const { url } = server;
  const client = new GenesysClient({
    loginUrl: url,
    apiUrl: url,
    clientId: randomUUID(),
    clientSecret: 's',
    requestsPerMinute: 1_000_000,
  });
  return { server, storeOf: () => new AutoStore(client, randomUUID(), id) };
}

const byItself = ({ url }: Received) => url.includes('/participants/');

describe('an organisation', () => {
  it('whose participants come without a version is patched', async () => {
    const { server, storeOf } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, 200, { attributes: { from: 'participant' } });
      return true;
    });
    const { parts, raw, version } = await storeOf().read(LIMITS);
    expect([version, raw.writeMethod]).toEqual([null, 'patch']);
    expect(parts.get(attributePart('from'))).toBe('conversation');
    await storeOf().read(LIMITS);
    expect(server.received.filter(byItself)).toHaveLength(1);
  });

  it('that stops offering versions is found out anew by the read after, but not for a 403', async () => {
    let status = 200;
    const { server, storeOf } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, status, { version: 1, attributes: {} });
      return true;
    });
    expect((await storeOf().read(LIMITS)).version).toBe(1);
    status = 403;
    expect((await storeErrorOf(storeOf().read(LIMITS))).failure).toEqual({ kind: 'permanent' });
    status = 405;
    expect((await storeOf().read(LIMITS)).raw.writeMethod).toBe('patch');
    // One participant alone does not decide for all, so the next read asks once more, and then no more.
    for (const requests of [2, 1]) {
      const before = server.received.length;
      expect((await storeOf().read(LIMITS)).raw.writeMethod).toBe('patch');
      expect(server.received.length - before).toBe(requests);
    }
  });

  it('that has versions after all is not patched for one participant that could not be read', async () => {
    let status = 200;
    const { storeOf } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, status, { version: 1, attributes: {} });
      return true;
    });
    await storeOf().read(LIMITS);
    status = 404;
    expect((await storeOf().read(LIMITS)).raw.writeMethod).toBe('patch');
    status = 200;
    expect((await storeOf().read(LIMITS)).raw.writeMethod).toBe('versioned');
  });

  it('that does not take a PATCH any more is asked again', async () => {
    let versioned = false;
    const { storeOf } = await platform((request, response) => {
      if (!byItself(request)) return false;
      sendJson(response, versioned && request.method === 'GET' ? 200 : 404, {
        version: 1,
        attributes: {},
      });
      return true;
    });
    const store = storeOf();
    const base = await store.read(LIMITS);
    expect(base.raw.writeMethod).toBe('patch');
    versioned = true;
    expect((await store.read(LIMITS)).raw.writeMethod).toBe('patch');
    await storeErrorOf(store.write(wish(base, set({ a: '1' })), base, LIMITS));
    expect((await store.read(LIMITS)).raw.writeMethod).toBe('versioned');
  });
});

describe('the write method of a client', () => {
  it('is remembered for an hour, for that client alone', () => {
    const clock = new ManualClock();
    const methods = new WriteMethods(clock);
    methods.learn('one', 'patch');
    clock.advance(3_599_999);
    expect([methods.of('one'), methods.of('other')]).toEqual(['patch', undefined]);
    clock.advance(1);
    expect(methods.of('one')).toBeUndefined();
  });

  it('is the latest that was learned, until it is forgotten', () => {
    const methods = new WriteMethods(new ManualClock());
    methods.learn('one', 'patch');
    methods.learn('one', 'versioned');
    methods.learn('other', 'patch');
    methods.forget('one');
    expect([methods.of('one'), methods.of('other')]).toEqual([undefined, 'patch']);
    methods.learn('one', 'versioned');
    expect(methods.of('one')).toBe('versioned');
  });
});
