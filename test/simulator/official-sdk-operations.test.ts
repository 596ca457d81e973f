import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Simulator, SimulatorOptions } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import {
  documentedActivity,
  documentedConversation,
  documentedError,
  documentedQueues,
  documentedUsers,
  documentedUserSearch,
} from './documented-shape';
import { replyTo, sdkFor } from './sdk';

describe('The official SDK', () => {
  let simulator: Simulator;
  afterEach(() => simulator.close());

  async function start(options: SimulatorOptions = {}) {
    simulator = await startSimulator({ flavour: 'public', visibilityLagMs: 0, ...options });
    const sdk = sdkFor(simulator.url);
    await sdk.signIn(simulator.clientId, simulator.clientSecret);
    return sdk;
  }

  describe('asks what is going on in queues', () => {
    const metrics = ['oWaiting', 'oAlerting', 'oInteracting'].map((metric) => ({
      metric,
      details: true,
    }));

    async function ask(
      { conversations }: Awaited<ReturnType<typeof start>>,
      more: object = {},
      paging: object = {},
    ) {
      const body = { metrics, groupBy: ['queueId'], ...more };
      return documentedActivity.parse(
        await conversations.postAnalyticsConversationsActivityQuery(body, paging),
      ).results;
    }

    it('and is told who waits, who is rung at and who talks', async () => {
      const sdk = await start();
      const talks = simulator.addCall();
      const waits = simulator.addCall({ waitingForMs: 60_000 });
      const rings = simulator.addCall({ waitingForMs: 60_000 });
      const [user] = simulator.users;
      rings.addParticipant({ purpose: 'agent', ringing: true, userId: user?.id });
      simulator.addCall().end();
      const [group, ...others] = await ask(sdk);
      expect(others).toEqual([]);
      expect(group?.group).toEqual({ queueId: simulator.queues[0]?.id });
      const found = group?.entities.map((one) => [one.metric, one.conversationId, one.userId]);
      expect(found).toHaveLength(4);
      expect(found).toEqual(
        expect.arrayContaining([
          ['oInteracting', talks.conversationId, user?.id],
          ['oWaiting', waits.conversationId, undefined],
          ['oWaiting', rings.conversationId, undefined],
          ['oAlerting', rings.conversationId, user?.id],
        ]),
      );
    });

    it('by queue, a page of queues at a time', async () => {
      const sdk = await start();
      const ids = simulator.queues.map(({ id }) => id);
      for (const queueId of ids) simulator.addCall({ queueId });
      const predicates = ids.slice(1).map((value) => ({ dimension: 'queueId', value }));
      const queuesOf = (results: Awaited<ReturnType<typeof ask>>) =>
        results.map(({ group }) => group['queueId']);
      const filter = { type: 'or', predicates };
      expect(queuesOf(await ask(sdk, { filter }))).toEqual(ids.slice(1));
      const second = await ask(sdk, {}, { pageSize: 2, pageNumber: 2 });
      expect(queuesOf(second)).toEqual(ids.slice(2));
      expect(await ask(sdk, {}, { pageSize: 2, pageNumber: 3 })).toEqual([]);
    });
  });

  describe('links an external contact', () => {
    async function withCall(options: SimulatorOptions = {}) {
      const { conversations, externalContacts } = await start(options);
      const call = simulator.addCall();
      const { conversationId } = call;
      const read = async () =>
        documentedConversation.parse(await conversations.getConversation(conversationId));
      const customer = async () =>
        (await read()).participants.find(({ id }) => id === call.customer.id);
      const communicationId = (await customer())?.calls[0]?.id ?? '';
      const put = (externalContactId?: string, more: object = {}) =>
        replyTo(() =>
          externalContacts.putExternalcontactsConversation(conversationId, {
            conversationId,
            communicationId,
            mediaType: 'CALL',
            ...(externalContactId && { externalContactId }),
            ...more,
          }),
        );
      return { call, put, contact: async () => (await customer())?.externalContactId };
    }

    it('which shows after the lag, and takes it away again', async () => {
      const { contact, put } = await withCall({ visibilityLagMs: 200 });
      const id = randomUUID();
      const { body, status } = await put(id);
      expect([status, body]).toEqual([202, '']);
      expect(await contact()).toBeUndefined();
      await sleep(220);
      expect(await contact()).toBe(id);
      await put();
      await sleep(220);
      expect(await contact()).toBeUndefined();
    });

    it('and is refused without a communication, or with one of nobody', async () => {
      const { call, put } = await withCall();
      const codeOf = async (more: object) =>
        documentedError.parse((await put(randomUUID(), more)).body).code;
      expect(await codeOf({ communicationId: undefined })).toBe(
        'conversation.association.communication.id.required',
      );
      expect(await codeOf({ communicationId: randomUUID() })).toBe('entity.not.found');
      expect(await codeOf({ mediaType: 'call' })).toBe('bad.request');
      expect(call.customer.externalContactId).toBeUndefined();
    });

    it('and meets what is ordered for writes', async () => {
      const { call, put } = await withCall();
      simulator.fault({ on: 'write', kind: 'conflict' });
      expect((await put(randomUUID())).status).toBe(409);
      simulator.fault({ on: 'write', kind: 'dropBefore' });
      await put(randomUUID()).catch(() => undefined);
      expect(call.customer.externalContactId).toBeUndefined();
    });
  });

  describe('lists', () => {
    it('queues whose name has a text in it, page by page', async () => {
      const { routing } = await start({ queues: ['Sales West', 'Support', 'Sales East'] });
      const list = async (options: object) =>
        documentedQueues.parse(await routing.getRoutingQueues(options));
      const first = await list({ name: '*SALES*', pageSize: 1 });
      expect(first).toMatchObject({ total: 2, pageCount: 2, entities: [{ name: 'Sales East' }] });
      expect(first.nextUri).toContain('pageNumber=2');
      const second = await list({ name: '*sales*', pageSize: 1, pageNumber: 2 });
      expect(second.entities).toEqual([expect.objectContaining({ name: 'Sales West' })]);
      expect(second).not.toHaveProperty('nextUri');
      expect((await list({})).total).toBe(3);
    });

    it('users, and finds them by parts of their names', async () => {
      const { users } = await start();
      const all = documentedUsers.parse(await users.getUsers({ pageSize: 2 }));
      expect(all).toMatchObject({ total: 3, pageCount: 2 });
      expect(all.entities.map(({ name }) => name)).toEqual(['Ada Lovelace', 'Grace Hopper']);
      const query = [{ type: 'CONTAINS', fields: ['name', 'email'], value: 'LOVE' }];
      const found = documentedUserSearch.parse(await users.postUsersSearch({ query }));
      expect(found.results.map(({ name }) => name)).toEqual(['Ada Lovelace']);
    });
  });

  it('sees somebody ring, answer and leave in the middle of a call', async () => {
    const { conversations } = await start();
    const call = simulator.addCall();
    const agent = call.addParticipant({ purpose: 'agent', ringing: true });
    const shown = async () => {
      const read = await conversations.getConversation(call.conversationId);
      return documentedConversation.parse(read).participants.at(-1);
    };
    expect(agent.connected).toBe(false);
    const ringing = await shown();
    expect(ringing?.calls[0]?.state).toBe('alerting');
    expect(ringing).not.toHaveProperty('connectedTime');
    agent.answer();
    expect(agent.connected).toBe(true);
    expect(await shown()).toMatchObject({
      connectedTime: expect.any(String),
      calls: [{ state: 'connected' }],
    });
    agent.leave();
    agent.answer();
    expect(agent.connected).toBe(false);
    expect(await shown()).toMatchObject({
      endTime: expect.any(String),
      calls: [{ state: 'terminated' }],
    });
    expect(call.connected).toBe(true);
  });

  it('filters conversations of an interval by queue, user, medium and direction', async () => {
    const { conversations } = await start();
    const [first, second] = simulator.queues;
    const one = simulator.addCall({ queueId: first?.id, userId: simulator.users[0]?.id });
    const other = simulator.addCall({ queueId: second?.id, userId: simulator.users[1]?.id });
    const ask = async (more: object, days = 1) => {
      const to = Date.now() + 1000;
      const from = new Date(to - days * 86_400_000).toISOString();
      const reply = await replyTo(() =>
        conversations.postAnalyticsConversationsDetailsQuery({
          interval: `${from}/${new Date(to).toISOString()}`,
          paging: { pageSize: 100, pageNumber: 1 },
          ...more,
        }),
      );
      const body = reply.body as { conversations?: { conversationId: string }[] };
      return body.conversations?.map(({ conversationId }) => conversationId) ?? reply.status;
    };
    const by = (type: 'and' | 'or', ...values: [string, string | undefined][]) => ({
      type,
      predicates: values.map(([dimension, value]) => ({ dimension, operator: 'matches', value })),
    });
    const both = [one.conversationId, other.conversationId];
    const queues = by('or', ['queueId', first?.id], ['queueId', second?.id]);
    expect(await ask({ segmentFilters: [queues] })).toEqual(both);
    expect(
      await ask({
        conversationFilters: [by('and', ['originatingDirection', 'inbound'])],
        segmentFilters: [
          queues,
          by('and', ['mediaType', 'voice'], ['userId', simulator.users[1]?.id]),
        ],
      }),
    ).toEqual([other.conversationId]);
    expect(await ask({}, 31)).toEqual(both);
    expect(await ask({}, 32)).toBe(400);
  });
});
