import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Call, Simulator } from '../../simulator/index';
import { startSimulator } from '../../simulator/index';
import { replyTo, sdkFor } from './sdk';

const HOUR_MS = 3_600_000;

describe('The query for conversation details, asked by the official SDK', () => {
  let simulator: Simulator;
  let waiting: Call;
  let answered: Call;
  beforeEach(async () => {
    simulator = await startSimulator();
    answered = simulator.addCall();
    waiting = simulator.addCall({ waitingForMs: 600_000 });
    simulator.addCall({ waitingForMs: 600_000 }).end();
  });
  afterEach(() => simulator.close());

  async function query(parts: object): Promise<{ status: number; body: unknown }> {
    const { conversations, signIn } = sdkFor(simulator.url);
    await signIn(simulator.clientId, simulator.clientSecret);
    const now = Date.now();
    return await replyTo(() =>
      conversations.postAnalyticsConversationsDetailsQuery({
        interval: `${new Date(now - HOUR_MS).toISOString()}/${new Date(now).toISOString()}`,
        paging: { pageSize: 100, pageNumber: 1 },
        order: 'asc',
        orderBy: 'conversationStart',
        ...parts,
      }),
    );
  }

  const inQueue = {
    conversationFilters: [
      { type: 'and', predicates: [{ dimension: 'conversationEnd', operator: 'notExists' }] },
    ],
    segmentFilters: [
      {
        type: 'and',
        predicates: [
          { dimension: 'purpose', operator: 'matches', value: 'acd' },
          { dimension: 'segmentEnd', operator: 'notExists' },
        ],
      },
    ],
  };

  it('finds who waits in a queue, since when, and nobody else', async () => {
    const { body } = await query(inQueue);
    const { conversations } = body as {
      conversations: {
        conversationId: string;
        participants: { purpose: string; sessions: { segments: { segmentStart: string }[] }[] }[];
      }[];
    };
    expect(conversations.map(({ conversationId }) => conversationId)).toEqual([
      waiting.conversationId,
    ]);
    const queue = conversations[0]?.participants.find(({ purpose }) => purpose === 'acd');
    const since = Date.parse(queue?.sessions[0]?.segments[0]?.segmentStart ?? '');
    expect(Date.now() - since).toBeGreaterThanOrEqual(600_000);
    expect(Date.now() - since).toBeLessThan(660_000);
  });

  it('finds all that live, the oldest first, a page at a time', async () => {
    const { conversationFilters } = inQueue;
    const page = async (pageNumber: number) => {
      const { body } = await query({ conversationFilters, paging: { pageSize: 1, pageNumber } });
      return body;
    };
    expect(await page(1)).toMatchObject({
      totalHits: 2,
      conversations: [{ conversationId: waiting.conversationId }],
    });
    expect(await page(2)).toMatchObject({
      conversations: [{ conversationId: answered.conversationId }],
    });
  });

  it('refuses what it does not understand', async () => {
    expect(await query({ interval: 'yesterday' })).toMatchObject({ status: 400 });
    const predicates = [{ dimension: 'flowId', operator: 'matches', value: 'x' }];
    expect(await query({ segmentFilters: [{ type: 'and', predicates }] })).toMatchObject({
      status: 400,
    });
  });
});

describe('A call that waits in the queue', () => {
  it('is live, and nobody has answered it', async () => {
    const simulator = await startSimulator();
    const call = simulator.addCall({ waitingForMs: 60_000 });
    await simulator.close();
    expect(call.connected).toBe(true);
    expect(call.participants.map(({ purpose, connected }) => [purpose, connected])).toEqual([
      ['customer', true],
      ['ivr', false],
      ['acd', true],
    ]);
  });
});
