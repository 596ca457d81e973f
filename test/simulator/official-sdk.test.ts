import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { documentedConversation, documentedError } from './documented-shape';
import { replyTo, sdkFor } from './sdk';

describe('the official SDK', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator({ flavour: 'public', visibilityLagMs: 0, ...options });
    const call = simulator.addCall({ attributes: { priority: 'low', lang: 'en' } });
    const sdk = sdkFor(simulator.url);
    const { conversations } = sdk;
    const { conversationId, customer } = call;
    return {
      call,
      sdk,
      conversations,
      signIn: () => sdk.signIn(simulator.clientId, simulator.clientSecret),
      read: (id = conversationId) => conversations.getConversation(id),
      patch: (attributes: Record<string, string>, participantId = customer.id) =>
        conversations.patchConversationParticipantAttributes(conversationId, participantId, {
          attributes,
        }),
      /** The customer's attributes as the SDK reads them. */
      visible: async () => {
        const { participants } = await conversations.getConversation(conversationId);
        return participants.find(({ id }) => id === customer.id)?.attributes;
      },
    };
  }

  /** The reply was an error of the documented shape, whose id for support is in the headers too. */
  async function errorOf(call: () => Promise<unknown>) {
    const { status, headers, body } = await replyTo(call);
    const error = documentedError.parse(body);
    expect(error.status).toBe(status);
    expect(headers['inin-correlation-id']).toBe(error.contextId);
    return { status, code: error.code, headers };
  }

  describe('signs in', () => {
    it('and keeps the token', async () => {
      const { signIn, read } = await start({ tokenLifetimeSeconds: 600 });
      const before = Date.now();
      const { accessToken, tokenExpiryTime } = await signIn();
      expect(accessToken).toEqual(expect.any(String));
      expect(tokenExpiryTime - before).toBeGreaterThanOrEqual(600_000);
      expect(tokenExpiryTime - before).toBeLessThan(610_000);
      await read();
      expect(simulator.journal.reads()[0]).toMatchObject({
        authorization: `Bearer ${accessToken}`,
        status: 200,
      });
    });

    it('and is refused with a wrong secret', async () => {
      const { sdk } = await start();
      await expect(sdk.signIn(simulator.clientId, 'wrong')).rejects.toMatchObject({
        response: { status: 401, data: { error: 'invalid_client' } },
      });
    });
  });

  it('reads a conversation of the documented shape, during and after the call', async () => {
    const { call, signIn, read } = await start();
    await signIn();
    const during = documentedConversation.parse(await read());
    expect(during.id).toBe(call.conversationId);
    expect(during.participants.map(({ id }) => id)).toEqual(call.participants.map(({ id }) => id));
    expect(during.endTime).toBeUndefined();
    call.end();
    const after = documentedConversation.parse(await read());
    expect(after.endTime).toEqual(expect.any(String));
    expect(after.participants.every(({ calls }) => calls[0]?.state === 'terminated')).toBe(true);
  });

  it('patches attributes and reads its own patch after the lag', async () => {
    const { signIn, patch, visible } = await start({ visibilityLagMs: 300 });
    await signIn();
    const reply = await replyTo(() => patch({ priority: 'high', queue: 'vip' }));
    expect([reply.status, reply.body]).toEqual([202, '']);
    expect(await visible()).toEqual({ priority: 'low', lang: 'en' });
    await sleep(310);
    expect(await visible()).toEqual({ priority: 'high', lang: 'en', queue: 'vip' });
  });

  it('patches the state of a participant: 202 without a body', async () => {
    const { call, conversations, signIn } = await start();
    await signIn();
    const disconnect = (participantId: string) =>
      replyTo(() =>
        conversations.patchConversationParticipant(call.conversationId, participantId, {
          state: 'disconnected',
        }),
      );
    const { status, body } = await disconnect(call.customer.id);
    expect([status, body]).toEqual([202, '']);
    expect(call.customer.connected).toBe(false);
    expect(documentedError.parse((await disconnect(randomUUID())).body).code).toBe(
      'conversation.error.not.conversation.participant',
    );
  });

  describe('gets an error of the documented shape', () => {
    it('401 without a token and with one that has ended', async () => {
      const { signIn, read } = await start();
      expect(await errorOf(() => read())).toMatchObject({
        status: 401,
        code: 'authentication.required',
      });
      await signIn();
      simulator.expireTokens();
      expect(await errorOf(() => read())).toMatchObject({ status: 401, code: 'bad.credentials' });
    });

    it('404 for an unknown conversation and an unknown participant', async () => {
      const { signIn, read, patch } = await start();
      await signIn();
      expect(await errorOf(() => read(randomUUID()))).toMatchObject({
        status: 404,
        code: 'not.found',
      });
      expect(await errorOf(() => patch({ a: 'b' }, randomUUID()))).toMatchObject({
        status: 404,
        code: 'conversation.error.participant.not.found',
      });
    });

    it('409 for an ordered conflict, nothing applied', async () => {
      const { call, signIn, patch } = await start();
      await signIn();
      simulator.fault({ on: 'write', kind: 'conflict' });
      expect(await errorOf(() => patch({ priority: 'high' }))).toMatchObject({
        status: 409,
        code: 'request.conflict',
      });
      expect(call.customer.attributes).toEqual({ priority: 'low', lang: 'en' });
      expect((await replyTo(() => patch({ priority: 'high' }))).status).toBe(202);
    });

    it('413 for a body that is too large', async () => {
      const { signIn, patch } = await start();
      await signIn();
      expect(await errorOf(() => patch({ a: 'x'.repeat(512_000) }))).toMatchObject({
        status: 413,
        code: 'request.entity.too.large',
      });
    });

    it('429 with Retry-After in whole seconds', async () => {
      const { signIn, read } = await start({ requestsPerMinute: 1 });
      await signIn();
      await read();
      const { status, code, headers } = await errorOf(() => read());
      expect([status, code]).toEqual([429, 'too.many.requests.retry.after']);
      expect(headers['retry-after']).toMatch(/^[1-9]\d?$/);
    });

    it('429 for one token, and none for another, until the client has none left', async () => {
      const { signIn, read } = await start({ requestsPerMinute: 1, clientRequestsPerMinute: 2 });
      for (let token = 0; token < 2; token++) {
        await signIn();
        await read();
        expect((await errorOf(() => read())).status).toBe(429);
      }
      await signIn();
      const { status, body } = await replyTo(() => read());
      expect(status).toBe(429);
      expect(documentedError.parse(body).limit).toEqual({
        key: 'org.app.user.rate.per.minute',
        namespace: 'platform.api',
        value: 2,
      });
    });

    it.each([400, 401, 403, 404, 408, 409, 413, 415, 429, 500, 503, 504])(
      '%i for an ordered failure',
      async (status) => {
        const { signIn, read } = await start();
        await signIn();
        simulator.fault({ on: 'read', kind: 'reply', status });
        expect((await errorOf(() => read())).status).toBe(status);
      },
    );
  });
});

describe('what the SDK cannot send', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  it.each([
    ['GET', '', undefined, 404],
    ['PUT', '', {}, 404],
    ['PATCH', '', { state: 'no such state' }, 400],
    ['PATCH', '/attributes', { priority: 'high' }, 400],
    ['PATCH', '/attributes', { attributes: { priority: null } }, 400],
    ['PUT', '/attributes', { attributes: {} }, 404],
  ] as const)(
    'meets an error of the documented shape: %s %s',
    async (method, end, body, status) => {
      simulator = await startSimulator({ flavour: 'public', visibilityLagMs: 0 });
      const { conversationId, customer } = simulator.addCall();
      const sdk = sdkFor(simulator.url);
      const { accessToken } = await sdk.signIn(simulator.clientId, simulator.clientSecret);
      const response = await fetch(
        `${simulator.url}/api/v2/conversations/${conversationId}/participants/${customer.id}${end}`,
        {
          method,
          headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
          ...(body && { body: JSON.stringify(body) }),
        },
      );
      expect(response.status).toBe(status);
      expect(documentedError.parse(await response.json()).status).toBe(status);
    },
  );
});
