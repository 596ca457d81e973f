import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { StoreError } from '../../../core';
import { GenesysClient } from '../../../genesys/client';
import type { ParticipantChoice } from '../../../genesys/conversations/conversation';
import { locateParticipant } from '../../../genesys/stores/participant-record';
import { attributePart } from '../../../genesys/stores/participant-parts';
import type { WriteMethod } from '../../../genesys/stores/write-method';
import {
  type Call,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../../simulator';
import { storeErrorOf } from '../transport/errors';
import { Shared } from '../../../genesys/shared';

const shared = new Shared();

const LIMITS = { timeoutMs: 5000, patienceMs: 5000 };
const CUSTOMER = { purpose: 'customer' };
const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({
    clientId: randomUUID(),
    visibilityLagMs: 0,
    ...options,
  });
  running.push(simulator);
  const { url, clientId, clientSecret } = simulator;
  const account = { loginUrl: url, apiUrl: url, clientId, clientSecret };
  const clientOf = (more: Partial<ConstructorParameters<typeof GenesysClient>[0]> = {}) =>
    new GenesysClient({ ...account, requestsPerMinute: 1_000_000, ...more }, shared);
  const locate = async (
    { conversationId }: Pick<Call, 'conversationId'>,
    choice: ParticipantChoice,
    {
      client = clientOf(),
      limits = LIMITS,
      method = 'versioned',
    }: {
      client?: GenesysClient;
      limits?: Parameters<ReturnType<typeof locateParticipant>>[0];
      method?: WriteMethod | 'auto';
    } = {},
  ) =>
    await locateParticipant(client, shared, {
      conversationId,
      participant: choice,
      writeMethod: method,
    })(limits);
  return { simulator, clientOf, locate, call: simulator.addCall({ attributes: { lang: 'en' } }) };
}

describe('A participant chosen by its ID', () => {
  it('is located without a request', async () => {
    const { simulator, locate, call } = await start();
    const { seen, store } = await locate(call, { id: call.customer.id });
    expect(seen).toBeUndefined();
    expect(simulator.journal.entries).toEqual([]);
    expect((await store.read(LIMITS)).raw.participantId).toBe(call.customer.id);
  });

  it('has the same key however its ID and that of the conversation are spelt', async () => {
    const { locate, call } = await start();
    const { key } = await locate(call, { id: call.customer.id });
    const conversationId = call.conversationId.toUpperCase();
    const id = call.customer.id.toUpperCase();
    expect((await locate({ conversationId }, { id })).key).toBe(key);
  });

  it('is the same record by whatever method it is written, however its ID is spelt', async () => {
    const { clientOf, locate, call } = await start();
    const { id } = call.customer;
    const { conversationId } = call;
    const located = await Promise.all([
      locate(call, { id }),
      locate(call, { id }, { method: 'patch' }),
      locate(call, { id }, { method: 'auto' }),
      locate(call, CUSTOMER),
      locateParticipant(clientOf(), shared, {
        conversationId,
        participant: { id },
        writeMethod: 'versioned',
        linksContact: true,
      })(LIMITS),
      locate({ conversationId: conversationId.toUpperCase() }, { id: id.toUpperCase() }),
    ]);
    const [{ record: expected }] = located;
    expect(expected).toEqual(expect.any(String));
    expect(located.map(({ record }) => record)).toEqual(located.map(() => expected));
  });

  it('is another record for another participant, conversation, client, secret or host', async () => {
    const { clientOf, locate, call } = await start();
    const { id } = call.customer;
    const located = await Promise.all([
      locate(call, { id }),
      locate(call, { id: randomUUID() }),
      locate({ conversationId: randomUUID() }, { id }),
      locate(call, { id }, { client: clientOf({ clientId: 'other' }) }),
      locate(call, { id }, { client: clientOf({ clientSecret: 'other' }) }),
      locate(call, { id }, { client: clientOf({ apiUrl: 'https://api.example.com' }) }),
      locate(call, { id }, { client: clientOf({ loginUrl: 'https://login.example.com' }) }),
    ]);
    expect(new Set(located.map(({ record }) => record)).size).toBe(located.length);
    expect(JSON.stringify(located.map(({ record }) => record))).not.toContain('demo-secret');
  });

  it('has another key for another participant, conversation, method, client, secret or host', async () => {
    const { clientOf, locate, call } = await start();
    const id = call.customer.id;
    const keys = await Promise.all([
      locate(call, { id }),
      locate(call, { id: randomUUID() }),
      locate({ conversationId: randomUUID() }, { id }),
      locate(call, { id }, { method: 'patch' }),
      locate(call, { id }, { method: 'auto' }),
      locateParticipant(clientOf(), shared, {
        conversationId: call.conversationId,
        participant: { id },
        writeMethod: 'versioned',
        linksContact: true,
      })(LIMITS),
      locate(call, { id }, { client: clientOf({ clientId: 'other' }) }),
      locate(call, { id }, { client: clientOf({ clientSecret: 'other' }) }),
      locate(call, { id }, { client: clientOf({ apiUrl: 'https://api.example.com' }) }),
      locate(call, { id }, { client: clientOf({ loginUrl: 'https://login.example.com' }) }),
    ]);
    expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
    expect(JSON.stringify(keys.map(({ key }) => key))).not.toContain('demo-secret');
  });
});

describe('A participant chosen by its purpose', () => {
  it.each(['customer', 'AGENT'])('is looked up in the conversation (%s)', async (purpose) => {
    const { simulator, locate, call } = await start();
    const expected = purpose === 'customer' ? call.customer : call.agent;
    const { key } = await locate(call, { purpose });
    expect(key).toBe((await locate(call, { id: expected.id })).key);
    expect(simulator.journal.reads().map(({ path }) => path)).toEqual([
      `/api/v2/conversations/${call.conversationId}`,
    ]);
  });

  it('is looked up once for a hundred that ask at the same time', async () => {
    const { simulator, locate, call } = await start({ latencyMs: 20 });
    const located = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        locate(call, index % 2 ? CUSTOMER : { purpose: 'agent' }),
      ),
    );
    expect(new Set(located.map(({ key }) => key)).size).toBe(2);
    expect(simulator.journal.reads()).toHaveLength(1);
  });

  it('is looked up by each client in its own name', async () => {
    const { simulator, clientOf, locate, call } = await start({ latencyMs: 20 });
    const stranger = clientOf({ clientSecret: 'wrong' });
    const [ours, theirs] = await Promise.all([
      locate(call, CUSTOMER),
      storeErrorOf(locate(call, CUSTOMER, { client: stranger })),
    ]);
    expect(ours.key).toContain(call.customer.id);
    expect(theirs.cause).toMatchObject({ details: { signIn: true } });
    expect(simulator.journal.reads()).toHaveLength(1);
  });

  it('may be somebody else the next time', async () => {
    const { locate, call } = await start();
    const before = await locate(call, { purpose: 'agent' });
    call.addParticipant({ purpose: 'agent' });
    const after = await locate(call, { purpose: 'agent' });
    expect(before.key).toContain(call.agent.id);
    expect(after.key).not.toBe(before.key);
  });

  it('comes with what the conversation showed where that is how attributes are read', async () => {
    const { locate, call } = await start({ flavour: 'public' });
    const before = performance.now();
    const { seen } = await locate(call, CUSTOMER, { method: 'patch' });
    expect(seen?.snapshot).toMatchObject({
      version: null,
      parts: new Map([[attributePart('lang'), 'en']]),
      raw: { participantId: call.customer.id, writeMethod: 'patch' },
    });
    expect(seen?.sentAt).toBeGreaterThanOrEqual(before);
    expect(seen?.answeredAt).toBeGreaterThan(seen?.sentAt ?? Infinity);
    expect(await locate(call, CUSTOMER, { method: 'versioned' })).not.toHaveProperty('seen');
  });

  it.each(['versioned', 'public'] as const)(
    'comes with what was seen while finding out the write method (%s)',
    async (flavour) => {
      const { simulator, locate, call } = await start({ flavour });
      const { seen, store } = await locate(call, CUSTOMER, { method: 'auto' });
      expect(seen?.snapshot.raw).toMatchObject({
        participantId: call.customer.id,
        writeMethod: flavour === 'public' ? 'patch' : 'versioned',
      });
      expect(store.versioned).toBe(flavour === 'versioned');
      expect(simulator.journal.reads()).toHaveLength(2);
      const again = await locate(call, CUSTOMER, { method: 'auto' });
      expect(again.seen !== undefined).toBe(flavour === 'public');
      expect(simulator.journal.reads()).toHaveLength(3);
    },
  );

  it('is looked up anew for who comes after the request was sent', async () => {
    const { simulator, locate, call } = await start({ latencyMs: 80 });
    await locate(call, CUSTOMER);
    const before = storeErrorOf(locate(call, { purpose: 'supervisor' }));
    await sleep(60);
    call.addParticipant({ purpose: 'supervisor' });
    const after = locate(call, { purpose: 'supervisor' });
    expect((await before).message).toContain('Nobody in this call');
    await after;
    expect(simulator.journal.reads()).toHaveLength(3);
  });

  it('that waits for the budget until its patience is over says that this was why', async () => {
    const { clientOf, locate, call } = await start();
    const client = clientOf({ requestsPerMinute: 1 });
    await client.limits.permit(1, new AbortController().signal);
    const limits = { timeoutMs: 5000, patienceMs: 50 };
    const error = await storeErrorOf(locate(call, CUSTOMER, { client, limits }));
    expect(error.failure.kind).toBe('throttled');
    expect(error.message).toContain('requests a minute');
  });

  it('that nobody has fails for good', async () => {
    const { locate, call } = await start();
    const error = await storeErrorOf(locate(call, { purpose: 'supervisor' }));
    expect(error.failure).toEqual({ kind: 'permanent', isAbsent: true });
    expect(error.message).toMatch(/It has: .*customer/);
    expect(error.cause).toMatchObject({ details: { kind: 'notFound' } });
  });

  it('whose conversation cannot be read now may be found later', async () => {
    const { simulator, locate, call } = await start();
    simulator.fault({ on: 'read', kind: 'reply', status: 503 });
    expect((await storeErrorOf(locate(call, CUSTOMER))).failure).toEqual({ kind: 'transient' });
    expect((await locate(call, CUSTOMER)).key).toContain(call.customer.id);
  });

  it('is given up by who is cancelled, and by nobody else', async () => {
    const { locate, call } = await start({ latencyMs: 60 });
    const limits = { ...LIMITS, signal: AbortSignal.timeout(20) };
    const leaving = storeErrorOf(locate(call, CUSTOMER, { limits }));
    const staying = locate(call, CUSTOMER);
    expect((await leaving).cause).toMatchObject({ details: { kind: 'aborted' } });
    expect((await staying).key).toContain(call.customer.id);
  });

  it('is not looked up while the server asks to wait', async () => {
    const { simulator, clientOf, locate, call } = await start();
    clientOf().limits.close(60_000);
    const error = await storeErrorOf(locate(call, CUSTOMER));
    expect(error).toBeInstanceOf(StoreError);
    expect(error.failure).toMatchObject({ kind: 'throttled' });
    expect(simulator.journal.entries).toEqual([]);
  });

  it('has waited for nothing where it got leave at once, however slow the process is', async () => {
    const { clientOf, locate, call } = await start();
    const client = clientOf();
    const { limits } = client;
    const about = limits.about.bind(limits);
    limits.about = (key) => {
      const admission = about(key);
      return {
        ...admission,
        permit: async (...wanted) => {
          const permit = await admission.permit(...wanted);
          await sleep(20);
          return permit;
        },
      };
    };
    expect((await locate(call, CUSTOMER, { client })).waitedMs).toBe(0);
  });

  it('waits for the budget of the client, and says for how long', async () => {
    const { clientOf, locate, call } = await start();
    const client = clientOf({ requestsPerMinute: 1 });
    const permit = await client.limits.permit(1, new AbortController().signal);
    const located = locate(call, CUSTOMER, { client });
    await sleep(60);
    permit.giveBack();
    expect((await located).waitedMs).toBeGreaterThanOrEqual(55);
  });
});
