import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Lanes, strategies, systemClock, type UpdatePolicy } from '../../../core';
import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import { locateParticipant } from '../../../genesys/stores/participant-record';
import { ParticipantAttributesStore } from '../../../genesys/stores/participant-attributes-store';
import {
  attributePart,
  byAttribute,
  type ParticipantRaw,
} from '../../../genesys/stores/participant-parts';
import { acceptance, parseReply } from '../../../genesys/transport/reply';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator';
import { storeErrorOf } from '../transport/errors';
import { sendJson, serve } from '../transport/servers';
import { told } from './told';
import { remove, set, wanting, wish } from './wishes';
import { Shared } from '../../../genesys/shared';
import { clientOf } from '../client-of';

const shared = new Shared();

const LIMITS = { timeoutMs: 5000 };
let simulator: Simulator;

beforeEach(async () => {
  await start();
});
afterEach(async () => {
  await simulator.close();
});

async function start(options: SimulatorOptions = {}) {
  simulator = await startSimulator({ flavour: 'public', visibilityLagMs: 0, ...options });
}

async function restart(options: SimulatorOptions) {
  await simulator.close();
  await start(options);
}

function storeOf(conversationId: string, participantId: string) {
  return new ParticipantAttributesStore(
    clientOf(simulator, shared),
    shared.conversations,
    conversationId,
    participantId,
  );
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
    expect(base.raw).toEqual({
      participantId: call.customer.id,
      writeMethod: 'patch',
      standing: { purpose: 'customer', presence: 'connected' },
      wire: { lang: 'en', tier: 'gold' },
    });
    expect([...base.parts]).toEqual([
      [attributePart('lang'), 'en'],
      [attributePart('tier'), 'gold'],
    ]);
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

  it.each(['page', 'error', 'errors'] as const)(
    'takes a 2xx that carries a web page or an error for no answer: %s',
    async (body) => {
      const { call, store, base } = await opened();
      for (const status of [200, 202] as const) {
        simulator.fault({ on: 'write', kind: 'falseAcceptance', body, status });
        const error = await storeErrorOf(
          store.write(wish(base, set({ lang: 'de' })), base, LIMITS),
        );
        expect(error.failure).toEqual({ kind: 'ambiguous' });
      }
      expect(call.customer.attributes).toEqual({ lang: 'en', tier: 'gold' });
    },
  );

  it.each(['', '{}', 'null', '"done"', '{"status":200}', '{"errors":[]}', '{"code":"x"}', 'OK'])(
    'takes every other body of a 2xx for acceptance: %j',
    (text) => {
      const reply = { status: 202, text, header: () => undefined };
      expect(() => parseReply(reply, acceptance, { who: 'api.test', signIn: false })).not.toThrow();
    },
  );

  it('takes 202 without a body for accepted, and shows it as soon as the API does', async () => {
    await restart({ visibilityLagMs: 300 });
    const { store, base } = await opened();
    const receipt = await store.write(wish(base, set({ lang: 'de' })), base, LIMITS);
    expect(simulator.journal.writes()[0]?.status).toBe(202);
    expect(receipt).toEqual({ accepted: true });
    const soon = await store.read(LIMITS);
    expect(soon.parts.get(attributePart('lang'))).toBe('en');
    await sleep(310);
    const later = await store.read(LIMITS);
    expect(later.parts.get(attributePart('lang'))).toBe('de');
    expect(later.raw.wire['lang']).toBe('de');
  });

  it('finds nobody for good where there is no such participant', async () => {
    const { conversationId } = simulator.addCall();
    const error = await storeErrorOf(storeOf(conversationId, randomUUID()).read(LIMITS));
    expect(error.failure).toEqual({ kind: 'permanent', isAbsent: true });
    expect(error.cause).toMatchObject({ details: { kind: 'notFound' } });
  });

  it.each(['dropBefore', 'dropAfter'] as const)(
    'cannot tell after %s, and shows what it reads then',
    async (kind) => {
      const { call, store, base } = await opened();
      simulator.fault({ on: 'write', kind });
      const error = await storeErrorOf(store.write(wish(base, set({ lang: 'de' })), base, LIMITS));
      expect(error.failure).toEqual({ kind: 'ambiguous' });
      const { parts } = await store.read(LIMITS);
      expect(parts.get(attributePart('lang'))).toBe(call.customer.attributes['lang']);
    },
  );
});

describe('An update by PATCH', () => {
  /** Updates of the customer of a new call, all in one process. */
  function process(attributes: Record<string, string> = { lang: 'en', tier: 'gold' }) {
    const call = simulator.addCall({ attributes });
    const lanes = new Lanes<ParticipantRaw, AttributeNote>({
      clock: systemClock,
      random: Math.random,
    });
    const start = async (
      wanted: WantedAttributes,
      { lane = 1, ...policy }: Partial<UpdatePolicy> & { lane?: 1 | 2 } = {},
    ) =>
      told(
        await lanes.update(
          // Two lanes of one participant do not wait for each other.
          locateParticipant(clientOf(simulator, shared), shared, {
            conversationId: call.conversationId,
            participant: { id: call.customer.id },
            writeMethod: 'patch',
            linksContact: lane === 2,
          }),
          attributeChange(wanted),
          {
            maxAttempts: 5,
            totalTimeoutMs: 10_000,
            requestTimeoutMs: 5000,
            backoff: strategies.fixed({ baseMs: 20, maxMs: 20 }),
            ...policy,
          },
        ),
      );
    return { call, start };
  }

  it('whose PATCH a proxy answers with a page is sent again, and told as written when a read shows it', async () => {
    const { call, start } = process({ lang: 'en' });
    simulator.fault({ on: 'write', kind: 'falseAcceptance', body: 'page' });
    const result = await start(set({ lang: 'de' }));
    expect(result.outcome).toBe('written');
    expect(call.customer.attributes).toEqual({ lang: 'de' });
  });

  const when = async (condition: () => boolean) => {
    while (!condition()) await sleep(2);
  };
  /** Whether so many writes have been sent, and the first of them answered. */
  const hasWritten = (count: number) => {
    const writes = simulator.journal.writes();
    return writes.length >= count && writes[0]?.status !== undefined;
  };

  it('ends when what was accepted can be seen', async () => {
    await restart({ visibilityLagMs: 400 });
    const { start } = process();
    const { conflicts, outcome, snapshot } = await start(set({ lang: 'de' }));
    expect([outcome, conflicts]).toEqual(['written', 0]);
    expect(Object.fromEntries(byAttribute(snapshot.parts))).toEqual({ lang: 'de', tier: 'gold' });
    expect(snapshot.raw.wire['lang']).toBe('de');
    const [first, ...looks] = simulator.journal.reads();
    const writtenAt = simulator.journal.writes()[0]?.at ?? Infinity;
    expect(first?.at).toBeLessThan(writtenAt);
    expect(looks.length).toBeGreaterThan(1);
    expect((looks.at(-1)?.at ?? 0) - writtenAt).toBeGreaterThanOrEqual(400);
  });

  it.each([1, 2] as const)(
    'has what was accepted laid over its reads, whoever wrote it (lane %i)',
    async (lane) => {
      await restart({ visibilityLagMs: 10_000 });
      const { call, start } = process();
      const policy = { waitUntilVisible: false };
      expect((await start(remove('tier'), policy)).outcome).toBe('accepted');
      const onlyIfMissing = wanting({
        set: new Map([['tier', 'new']]),
        condition: { kind: 'onlyIfMissing' },
      });
      const store = storeOf(call.conversationId, call.customer.id);
      expect((await store.read(LIMITS)).raw.wire['tier']).toBe('gold');
      const { outcome, report } = await start(onlyIfMissing, { ...policy, lane });
      expect(outcome).toBe('accepted');
      expect([...report.changed]).toEqual([['tier', { from: '', to: 'new' }]]);
      expect(report.kept.size).toBe(0);
    },
  );

  it('is superseded where somebody else wrote after it, whatever the policy says, and not sent again', async () => {
    const policies = ['overwrite', 'keepTheirs', 'fail'] as const;
    const processes = policies.map((conflictPolicy) => ({ conflictPolicy, ...process() }));
    const updating = processes.map(({ conflictPolicy, start }) =>
      start({ ...set({ lang: 'de' }), conflictPolicy }, { totalTimeoutMs: 20_000 }),
    );
    await when(() => hasWritten(3));
    for (const { call } of processes) call.customer.write({ lang: 'fr' });
    for (const { conflicts, outcome, report, snapshot, superseded } of await Promise.all(
      updating,
    )) {
      expect([outcome, conflicts]).toEqual(['superseded', 0]);
      expect([...(superseded ?? [])]).toEqual([
        [attributePart('lang'), { written: 'de', found: 'fr' }],
      ]);
      expect([report.changed.size, report.kept.size]).toEqual([0, 0]);
      expect(snapshot.parts.get(attributePart('lang'))).toBe('fr');
    }
    expect(simulator.journal.writes()).toHaveLength(3);
    expect(processes.map(({ call }) => call.customer.attributes['lang'])).toEqual(
      policies.map(() => 'fr'),
    );
  });

  it.each([1, 2] as const)(
    'does not take a later write of its own process for that of somebody else (lane %i)',
    async (lane) => {
      await restart({ visibilityLagMs: 100 });
      const { call, start } = process();
      const first = start(set({ lang: 'de' }));
      await when(() => hasWritten(1));
      const second = start(set({ lang: 'fr' }), { lane });
      const results = await Promise.all([first, second]);
      expect(results.map(({ conflicts, outcome }) => [outcome, conflicts])).toEqual([
        ['written', 0],
        ['written', 0],
      ]);
      expect(simulator.journal.writes()).toHaveLength(2);
      expect(call.customer.attributes['lang']).toBe('fr');
    },
  );

  it('knows a later write of its own process even before that is answered', async () => {
    // The third look, more than a second after the write, is the first that can show anything.
    await restart({ visibilityLagMs: 750 });
    const { start } = process();
    const first = start(set({ lang: 'de' }));
    await when(() => hasWritten(1));
    simulator.fault({ on: 'write', kind: 'delayAfter', ms: 2500 });
    const second = start(set({ lang: 'fr' }), { lane: 2 });
    const { conflicts, outcome, snapshot } = await first;
    expect([outcome, conflicts]).toEqual(['written', 0]);
    expect(snapshot.raw.wire['lang']).toBe('fr');
    // Applied, but not answered.
    expect(simulator.journal.writes().map(({ status }) => status)).toEqual([202, undefined]);
    expect(await second).toMatchObject({ outcome: 'written', conflicts: 0 });
  });

  it('learns nothing from the late reply to a read that was sent before', async () => {
    const { start } = process();
    simulator.fault({ on: 'read', kind: 'delayAfter', ms: 1500 });
    const late = start(
      wanting({
        set: new Map([['tier', 'silver']]),
        condition: { kind: 'onlyIfEquals', expected: new Map([['lang', 'de']]) },
      }),
      { lane: 2 },
    );
    await when(() => simulator.journal.reads().length === 1);
    const { outcome, snapshot } = await start(set({ lang: 'de' }));
    expect([outcome, snapshot.raw.wire['lang']]).toEqual(['written', 'de']);
    expect(simulator.journal.writes()).toHaveLength(1);
    expect((await late).outcome).toBe('written');
  });

  it.each(['dropBefore', 'dropAfter'] as const)(
    'lays nothing over what it reads after %s',
    async (kind) => {
      const { call, start } = process();
      simulator.fault({ on: 'write', kind });
      const lost = start(set({ lang: 'de' }), { maxAttempts: 1 }).catch(() => undefined);
      await when(() => simulator.journal.writes().length === 1);
      await lost;
      const { report } = await start(set({ tier: 'x' }), { lane: 2 });
      expect(report.changed.get('tier')).toEqual({ from: 'gold', to: 'x' });
      const { snapshot } = await start(set({ tier: 'y' }), { lane: 2, waitUntilVisible: false });
      expect(snapshot.parts.get(attributePart('lang'))).toBe(call.customer.attributes['lang']);
      expect(call.customer.attributes['lang']).toBe(kind === 'dropAfter' ? 'de' : 'en');
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
    const client = clientOf(server, shared);
    const store = new ParticipantAttributesStore(
      client,
      shared.conversations,
      randomUUID(),
      CHOSEN,
    );
    return await store.read(LIMITS);
  }

  const wrong = [{ attributes: [] }, { attributes: 'none' }, { attributes: 7 }];

  it.each([{}, { attributes: null }])('has none where it comes with %j', async (attributes) => {
    expect([...(await read(attributes, {})).parts]).toEqual([]);
  });

  it.each(wrong)('cannot be used for the chosen participant: %j', async (attributes) => {
    const error = await storeErrorOf(read(attributes, { attributes: {} }));
    expect(error.failure).toEqual({ kind: 'permanent' });
    expect(error.cause).toMatchObject({ details: { kind: 'shape', sent: true } });
    expect(error.message).toContain(CHOSEN);
  });

  it.each(wrong)('does not matter for the others: %j', async (attributes) => {
    const { parts } = await read({ attributes: { a: { value: '1' } } }, attributes);
    expect([...parts]).toEqual([[attributePart('a'), '1']]);
  });
});
