import { describe, expect, it } from '@jest/globals';

import { activeConversations } from '../../../genesys/conversations/active-conversations';
import {
  type ConversationQuery,
  findConversations,
} from '../../../genesys/conversations/found-conversation';
import { pastConversations } from '../../../genesys/conversations/past-conversations';
import type { ApiRequest } from '../../../genesys/client';

/** Runs a query against these replies, one for each page. */
async function find<Reply>(
  query: ConversationQuery<Reply>,
  replies: readonly unknown[],
  limit = Infinity,
) {
  const asked: ApiRequest[] = [];
  const result = await findConversations(query, limit, (request, schema) => {
    asked.push(request);
    return Promise.resolve(schema.parse(replies[asked.length - 1] ?? {}));
  });
  return { ...result, asked, ids: result.conversations.map((one) => one.conversationId) };
}

const numbered = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ conversationId: `c${from + index}` }));

describe('The query for active conversations', () => {
  it('asks for whoever waits, rings or talks in these queues', async () => {
    const { asked } = await find(activeConversations(['q1', 'q2']), []);
    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/api/v2/analytics/conversations/activity/query?pageSize=100&pageNumber=1',
        body: {
          metrics: [
            { metric: 'oWaiting', details: true },
            { metric: 'oAlerting', details: true },
            { metric: 'oInteracting', details: true },
          ],
          groupBy: ['queueId'],
          filter: {
            type: 'or',
            predicates: [
              { type: 'dimension', dimension: 'queueId', operator: 'matches', value: 'q1' },
              { type: 'dimension', dimension: 'queueId', operator: 'matches', value: 'q2' },
            ],
          },
          order: 'asc',
        },
      },
    ]);
  });

  it('asks for all queues where none is named', async () => {
    const { asked } = await find(activeConversations([]), []);
    expect(asked[0]?.body).not.toHaveProperty('filter');
  });

  it('has each conversation once, with all that its entries tell', async () => {
    const waits = {
      conversationId: 'c1',
      activityDate: '2026-11-26T10:00:05.000Z',
      mediaType: 'voice',
      direction: 'inbound',
    };
    const rings = {
      conversationId: 'c1',
      activityDate: '2026-11-26T10:00:03.000Z',
      mediaType: 'message',
      queueId: 'q2',
      userId: 'u',
    };
    const { conversations, isCut } = await find(activeConversations([]), [
      {
        results: [
          { group: { queueId: 'q1' }, data: [], entities: [waits, {}] },
          { group: { queueId: 'q2' }, entities: [rings] },
          { group: { queueId: 'q3' } },
        ],
      },
    ]);
    expect(conversations).toEqual([
      {
        conversationId: 'c1',
        startTime: '2026-11-26T10:00:03.000Z',
        endTime: null,
        direction: 'inbound',
        mediaTypes: ['call', 'message'],
        queueIds: ['q1', 'q2'],
        userIds: ['u'],
      },
    ]);
    expect(isCut).toBe(false);
  });

  it('goes on to the next page where one is full, be it of entries or of queues', async () => {
    const full = { results: [{ entities: numbered(1, 100) }] };
    const queues = {
      results: Array.from({ length: 100 }, (_, index) => ({ entities: numbered(200 + index, 1) })),
    };
    const { asked, ids } = await find(activeConversations([]), [
      full,
      queues,
      { results: [{ entities: numbered(500, 1) }] },
    ]);
    expect(asked.map(({ path }) => path.split('=').at(-1))).toEqual(['1', '2', '3']);
    expect(new Set(ids).size).toBe(201);
  });

  it('ends where a server answers each page with the same', async () => {
    const full = { results: [{ entities: numbered(1, 100) }] };
    const { asked, ids } = await find(activeConversations([]), [full, full, full]);
    expect(asked).toHaveLength(2);
    expect(ids).toHaveLength(100);
  });

  it('asks for no more than is wanted', async () => {
    const full = { results: [{ entities: numbered(1, 100) }] };
    const { asked, ids } = await find(activeConversations([]), [full], 3);
    expect(asked).toHaveLength(1);
    expect(ids).toEqual(['c1', 'c2', 'c3']);
  });

  it('tells where the server has left some out', async () => {
    const { isCut } = await find(activeConversations([]), [{ results: [{ truncated: true }] }]);
    expect(isCut).toBe(true);
  });
});

describe('The query for conversations of an interval', () => {
  const from = new Date('2026-11-25T10:00:00Z');
  const to = new Date('2026-11-26T10:00:00Z');
  const all = { from, to, queueIds: [], stillActive: false };

  it('asks for the whole interval, the earliest first', async () => {
    const { asked } = await find(pastConversations(all, Infinity), []);
    expect(asked).toEqual([
      {
        method: 'POST',
        path: '/api/v2/analytics/conversations/details/query',
        body: {
          interval: '2026-11-25T10:00:00.000Z/2026-11-26T10:00:00.000Z',
          order: 'asc',
          orderBy: 'conversationStart',
          paging: { pageSize: 100, pageNumber: 1 },
        },
      },
    ]);
  });

  it('filters as it is told', async () => {
    const { asked } = await find(
      pastConversations(
        {
          ...all,
          queueIds: ['q1', 'q2'],
          userId: 'u',
          mediaType: 'call',
          direction: 'inbound',
          stillActive: true,
        },
        Infinity,
      ),
      [],
    );
    expect(asked[0]?.body).toMatchObject({
      conversationFilters: [
        {
          type: 'and',
          predicates: [
            { dimension: 'originatingDirection', operator: 'matches', value: 'inbound' },
            { dimension: 'conversationEnd', operator: 'notExists' },
          ],
        },
      ],
      segmentFilters: [
        {
          type: 'and',
          predicates: [
            { dimension: 'mediaType', operator: 'matches', value: 'voice' },
            { dimension: 'userId', operator: 'matches', value: 'u' },
          ],
        },
        {
          type: 'or',
          predicates: [
            { dimension: 'queueId', operator: 'matches', value: 'q1' },
            { dimension: 'queueId', operator: 'matches', value: 'q2' },
          ],
        },
      ],
    });
  });

  it('gets all pages, as many as the server tells', async () => {
    const { asked, ids } = await find(pastConversations(all, Infinity), [
      { conversations: numbered(1, 100), totalHits: 250 },
      { conversations: numbered(100, 100), totalHits: 250 },
      { conversations: numbered(200, 50), totalHits: 250 },
    ]);
    expect(asked).toHaveLength(3);
    // One was on two pages.
    expect(ids).toHaveLength(249);
  });

  it('gets pages until one is not full where the server does not tell how many there are', async () => {
    const { asked } = await find(pastConversations(all, Infinity), [
      { conversations: numbered(1, 100) },
      { conversations: numbered(101, 99) },
    ]);
    expect(asked).toHaveLength(2);
  });

  it('asks for no larger page than is wanted, and for no other', async () => {
    const page = { conversations: numbered(1, 2), totalHits: 250 };
    const { asked, ids } = await find(pastConversations(all, 2), [page], 2);
    expect(asked.map(({ body }) => body)).toEqual([
      expect.objectContaining({ paging: { pageSize: 2, pageNumber: 1 } }),
    ]);
    expect(ids).toEqual(['c1', 'c2']);
  });

  it('tells what there is to tell of each', async () => {
    const { conversations } = await find(pastConversations(all, 1), [
      {
        conversations: [
          {
            conversationId: 'c1',
            conversationStart: '2026-11-25T11:00:00.000Z',
            conversationEnd: '2026-11-25T11:05:00.000Z',
            originatingDirection: 'inbound',
            participants: [
              { sessions: [{ mediaType: 'voice', segments: [{ queueId: 'q1' }, {}] }] },
              { userId: 'u', sessions: [{ mediaType: 'voice', segments: [{ queueId: 'q1' }] }] },
            ],
          },
        ],
      },
    ]);
    expect(conversations).toEqual([
      {
        conversationId: 'c1',
        startTime: '2026-11-25T11:00:00.000Z',
        endTime: '2026-11-25T11:05:00.000Z',
        direction: 'inbound',
        mediaTypes: ['call'],
        queueIds: ['q1'],
        userIds: ['u'],
      },
    ]);
  });
});
