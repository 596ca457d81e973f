import { describe, expect, it } from '@jest/globals';

import { findQueues, findUsers } from '../../../genesys/conversations/queues-and-users';
import { sendJson, serve } from '../transport/servers';
import { clientOf } from '../client-of';

const LIMITS = { timeoutMs: 5000 };

async function setUp(reply: object) {
  const { received, url } = await serve(({ url }, response) => {
    if (url !== '/oauth/token') sendJson(response, 200, reply);
    else sendJson(response, 200, { access_token: 'token', expires_in: 1000 });
  });
  const client = clientOf({ url });
  return { client, last: () => received.at(-1) };
}

describe('Queues and users by name', () => {
  it('are asked for with what was typed, encoded', async () => {
    const { client, last } = await setUp({ entities: [] });
    await findQueues(client, 'Sales & Co', 2, LIMITS);
    const asked = new URL(last()?.url ?? '', 'http://host');
    expect(asked.pathname).toBe('/api/v2/routing/queues');
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      pageSize: '100',
      pageNumber: '2',
      sortOrder: 'asc',
      name: '*Sales & Co*',
    });
    await findQueues(client, '', 1, LIMITS);
    expect(last()?.url).not.toContain('name=');
  });

  it('are users that are searched, or listed where nothing was typed', async () => {
    const { client, last } = await setUp({ results: [] });
    await findUsers(client, 'ada', 3, LIMITS);
    expect(last()).toMatchObject({ method: 'POST', url: '/api/v2/users/search' });
    expect(JSON.parse(last()?.body ?? '')).toEqual({
      pageSize: 100,
      pageNumber: 3,
      query: [{ type: 'CONTAINS', fields: ['name', 'email'], value: 'ada' }],
    });
    await findUsers(client, '', 1, LIMITS);
    expect(last()).toMatchObject({
      method: 'GET',
      url: '/api/v2/users?pageSize=100&pageNumber=1&sortOrder=asc',
    });
  });

  it.each([
    ['a list', { entities: [{ id: '1', name: 'One' }], pageCount: 2 }, true],
    ['a list with a link', { entities: [{ id: '1', name: 'One' }], nextUri: '/next' }, true],
    ['the last page', { entities: [{ id: '1', name: 'One' }], pageCount: 1 }, false],
    ['a search', { results: [{ id: '1', name: 'One' }], nextPage: '/next' }, true],
  ])('come from %s', async (_, reply, hasMore) => {
    const { client } = await setUp(reply);
    expect(await findQueues(client, '', 1, LIMITS)).toEqual({
      found: [{ id: '1', name: 'One' }],
      hasMore,
    });
  });

  it('are called by their ID where they have no name', async () => {
    const { client } = await setUp({ entities: [{ id: '1' }] });
    expect((await findQueues(client, '', 1, LIMITS)).found).toEqual([{ id: '1', name: '1' }]);
  });
});
