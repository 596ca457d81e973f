import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { runListSearch } from '../../engine/run-list-search';
import { runLoadOptions } from '../../engine/run-load-options';
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node';
import { Shared } from '../../genesys/shared';
import { complaints } from '../world/refused';
import { byId, run, simulatorForEachTest, start } from './set-up';

const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 0 });

const asked = (part: string) =>
  simulator.current.journal.entries.filter(({ path }) => path.includes(part));

const getAll = { resource: 'conversation', operation: 'getAll' };

async function find(parameters: IDataObject, credential: IDataObject = {}) {
  const done = await run(simulator.current, {
    parameters: { ...getAll, ...parameters },
    onError: 'continueErrorOutput',
    credential,
  });
  return { ...done, ids: done.items.map(({ json }) => json['conversationId']) };
}

describe('Get Many of conversations that are going on', () => {
  it('returns each once, with what is known of it', async () => {
    const [queue] = simulator.current.queues;
    const [user] = simulator.current.users;
    const rings = simulator.current.addCall({ waitingForMs: 60_000 });
    rings.addParticipant({ purpose: 'agent', ringing: true, userId: user?.id });
    const talks = simulator.current.addCall();
    simulator.current.addCall().end();
    const { ids, items } = await find({});
    expect(ids.toSorted()).toEqual([rings.conversationId, talks.conversationId].toSorted());
    expect(items.find(({ json }) => json['conversationId'] === rings.conversationId)?.json).toEqual(
      {
        conversationId: rings.conversationId,
        startTime: expect.any(String),
        endTime: null,
        direction: 'inbound',
        mediaTypes: ['call'],
        queueIds: [queue?.id],
        userIds: [user?.id],
      },
    );
    expect(asked('activity')).toHaveLength(1);
  });

  it('shows that one waits by its having no users', async () => {
    simulator.current.addCall({ waitingForMs: 60_000 });
    expect((await find({})).items[0]?.json).toMatchObject({ userIds: [] });
  });

  it('of some queues, no more than the limit', async () => {
    const [first, second] = simulator.current.queues;
    const inSecond = [1, 2, 3].map(() => simulator.current.addCall({ queueId: second?.id }));
    simulator.current.addCall({ queueId: first?.id });
    const { ids } = await find({ queueIds: [second?.id ?? ''], limit: 2 });
    expect(ids).toHaveLength(2);
    const known: unknown[] = inSecond.map(({ conversationId }) => conversationId);
    expect(ids.every((id) => known.includes(id))).toBe(true);
    // Text with commas in between, as a tool may give it.
    expect((await find({ queueIds: `${second?.id ?? ''}, ` })).ids).toHaveLength(3);
  });

  it('returns nothing where nothing is going on', async () => {
    expect((await find({})).ids).toEqual([]);
  });

  it('says above the output where Genesys Cloud has left some out', async () => {
    simulator.current.fault({
      on: 'any',
      kind: 'reply',
      status: 200,
      body: JSON.stringify({ access_token: 'x', expires_in: 1000 }),
    });
    simulator.current.fault({
      on: 'any',
      kind: 'reply',
      status: 200,
      body: JSON.stringify({ results: [{ truncated: true, entities: [{ conversationId: 'c' }] }] }),
    });
    const { ids, run: done } = await find({});
    expect(ids).toEqual(['c']);
    expect(JSON.stringify(done.hints('Node'))).toContain('only a part of the conversations');
  });
});

describe('Get Many of conversations of a time', () => {
  const lastHour = { source: 'history', from: '={{ $now.minus(1, "hour") }}', returnAll: true };

  it('returns all pages, each conversation once, the earliest first', async () => {
    for (let index = 0; index < 120; index++) {
      simulator.current.addCall({ waitingForMs: 1000 * index });
    }
    const { ids, items } = await find(lastHour);
    expect(new Set(ids).size).toBe(120);
    const starts = items.map(({ json }) => json['startTime'] as string);
    expect(starts).toEqual(starts.toSorted());
    expect(asked('details')).toHaveLength(2);
  });

  it('returns no more than the limit, with one request', async () => {
    for (let index = 0; index < 5; index++) simulator.current.addCall();
    expect((await find({ ...lastHour, returnAll: false, limit: 3 })).ids).toHaveLength(3);
    expect(asked('details')).toHaveLength(1);
  });

  it('filters by queue, user, medium, direction and whether it goes on', async () => {
    const [first, second] = simulator.current.queues;
    const [, user] = simulator.current.users;
    const wanted = simulator.current.addCall({ queueId: second?.id, userId: user?.id });
    simulator.current.addCall({ queueId: first?.id, userId: user?.id });
    simulator.current.addCall({ queueId: second?.id });
    simulator.current.addCall({ queueId: second?.id, userId: user?.id }).end();
    const { ids } = await find({
      ...lastHour,
      filters: {
        mediaType: 'call',
        direction: 'inbound',
        queueId: byId(second?.id ?? ''),
        userId: byId(user?.id ?? ''),
        stillActive: true,
      },
    });
    expect(ids).toEqual([wanted.conversationId]);
    expect((await find({ ...lastHour, filters: { mediaType: 'email' } })).ids).toEqual([]);
  });

  it('says in the words of Genesys Cloud that an interval is too long', async () => {
    const { errors } = await find({ ...lastHour, from: '2020-01-01T00:00:00Z' });
    expect(errors[0]?.json).toMatchObject({
      error: expect.stringContaining('The interval must be of 31 days at most'),
      details: { code: 'invalid', status: 400 },
    });
  });

  it('takes a time without a zone for one of the workflow', async () => {
    await find({ ...lastHour, from: '2026-03-01T12:00:00', to: '2026-03-02' });
    const body = asked('details')[0]?.body as { interval: string };
    const [from = '', to = ''] = body.interval.split('/');
    // Where the workflow says nothing else, it is in New York.
    expect([from, to]).toEqual(['2026-03-01T17:00:00.000Z', '2026-03-02T05:00:00.000Z']);
  });
});

describe('The attributes of many conversations', () => {
  it('cost a request more each, and come with who holds them', async () => {
    const calls = [1, 2, 3].map((number) =>
      simulator.current.addCall({ attributes: { number: String(number) } }),
    );
    const { items } = await find({ options: { includeAttributes: true } });
    expect(items.map(({ json }) => json['attributes'])).toEqual([
      { number: '1' },
      { number: '2' },
      { number: '3' },
    ]);
    expect(items[0]?.json).toMatchObject({
      startTime: calls[0] && expect.any(String),
      holders: { number: [{ participantId: calls[0]?.customer.id, value: '1' }] },
    });
    expect(simulator.current.journal.reads()).toHaveLength(3);
  });

  it('come within the requests a minute', async () => {
    for (let index = 0; index < 6; index++) simulator.current.addCall();
    const execution = start(simulator.current, {
      parameters: {
        resource: 'conversation',
        operation: 'getAll',
        options: { includeAttributes: true },
      },
      credential: { requestsPerMinute: 4 },
    });
    await sleep(1500);
    const sent = simulator.current.journal.entries.filter(({ kind }) => kind !== 'token');
    expect(sent).toHaveLength(4);
    execution.cancel();
    await execution.done.catch(() => undefined);
  });

  it('are null where a conversation is not there any more', async () => {
    simulator.current.addCall();
    simulator.current.fault({ on: 'read', kind: 'missing' });
    const { items } = await find({ options: { includeAttributes: true } });
    expect(items[0]?.json).toMatchObject({ attributes: null, holders: null });
  });
});

describe('The lists of queues and users', () => {
  function credential() {
    const { clientId, clientSecret, url } = simulator.current;
    return {
      type: new GenesysCloudApi(),
      data: { region: 'custom', loginUrl: url, apiUrl: url, clientId, clientSecret },
    };
  }

  async function search(method: string, filter?: string, paginationToken?: string) {
    return await runListSearch(new GenesysCloud(new Shared()), method, {
      credential: credential(),
      parameters: {},
      ...(filter !== undefined && { filter }),
      ...(paginationToken !== undefined && { paginationToken }),
    });
  }

  it('have those with what was typed in their names', async () => {
    const { queues, users } = simulator.current;
    expect((await search('searchQueues', ' sal ')).results).toEqual([
      { name: 'Sales', value: queues[1]?.id },
    ]);
    expect((await search('searchUsers', 'hopper')).results).toEqual([
      { name: 'Grace Hopper', value: users[1]?.id },
    ]);
    expect((await search('searchUsers')).results).toHaveLength(3);
    expect(await search('searchQueues')).not.toHaveProperty('paginationToken');
  });

  it('have all queues where several can be chosen', async () => {
    const node = new GenesysCloud(new Shared());
    const options = await runLoadOptions(node, 'getQueues', { credential: credential() });
    expect(options).toEqual(simulator.current.queues.map(({ id, name }) => ({ name, value: id })));
  });

  it('say what to do where the editor asks before the credential is chosen', async () => {
    const options = await runLoadOptions(new GenesysCloud(new Shared()), 'getQueues', {
      credential: credential(),
      isChosen: false,
    });
    expect(options.map(({ name }) => name)).toEqual([expect.stringContaining('"Refresh List"')]);
    const queueIds = options.map(({ value }) => value);
    const [said] = await complaints(simulator.current, { ...getAll, queueIds });
    expect(said).toMatch(/"Queue Names or IDs".*"not loaded" is not an ID/);
  });
});
