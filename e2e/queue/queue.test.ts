import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Call, startSimulator } from '../../simulator';
import type { WebhookReply } from '../tests/stage';
import { losses, type Share, sharesByToken } from './ledger';
import { manyCalls, type WantedUpdate } from './many-calls';
import { openQueueStage, type QueueStage } from './queue-stage';

const UPDATES = 200;
const WORKERS = 3;
/** What Genesys Cloud commonly allows in a minute, for all workers together. */
const ALLOWED = 300;
const LATENCY_MS = 40;

const NAMES = Array.from({ length: UPDATES }, (_, index) => `a${index}`);

/** What the node says of one update. */
interface Result {
  readonly outcome?: string;
  readonly error?: string;
  readonly details?: { readonly code: string };
}

describe(`${WORKERS} workers of n8n's queue mode`, () => {
  let stage: QueueStage;
  beforeAll(async () => {
    stage = await openQueueStage(WORKERS, { latencyMs: LATENCY_MS });
  });
  afterAll(async () => {
    await stage.close();
  });

  /** Reports one fact, as one webhook call. */
  const report = async ({ conversationId }: Call, name: string) => {
    const facts = [{ name, value: 'yes' }];
    return await stage.post('genesys-facts', { conversationId, facts });
  };

  it(`bring a burst of ${UPDATES} webhook calls for one participant, and none gives up`, async () => {
    await stage.useCredential(stage.simulator, ALLOWED / WORKERS);
    const call = stage.simulator.addCall({ attributes: { lang: 'de' } });
    const stopChanging = call.keepChanging(1000);
    const seconds = stopwatch();
    const replies = await Promise.all(NAMES.map(async (name) => await report(call, name)));
    const took = seconds();
    stopChanging();

    expect(replies.map(({ status }) => status)).toEqual(NAMES.map(() => 200));
    const results = replies.flatMap(resultsOf);
    expect(results.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(results.map(({ outcome }) => outcome)).toEqual(NAMES.map(() => 'written'));
    expect(call.customer.attributes).toEqual({
      lang: 'de',
      ...Object.fromEntries(NAMES.map((name) => [name, 'yes'])),
    });
    expect(losses(call)).toEqual([]);
    expect(call.connected).toBe(true);

    const shares = sharesByToken(stage.simulator.journal.entries, call);
    const brought = [...shares.values()].flatMap((share) => share.brought);
    expect(brought.toSorted()).toEqual(NAMES.toSorted());
    tell(`Burst: ${summary([...shares.values()])}, ${took}`);
    for (const { authorization, name } of stage.workers) {
      const share = shares.get(authorization);
      if (share === undefined) throw new Error(`${name} had no part in it.`);
      tell(`  ${name}: ${summary([share])}`);
    }
  });

  it('lose nothing where each of them has the whole budget of a minute to itself', async () => {
    await using simulator = await closing(
      startSimulator({ requestsPerMinute: ALLOWED, latencyMs: LATENCY_MS }),
    );
    await stage.useCredential(simulator, ALLOWED);
    await stage.publishNew(manyCalls('mark-calls'));
    const calls = Array.from({ length: 150 }, () => simulator.addCall({ attributes: { a: '1' } }));
    const mark = async (some: readonly Call[], totalTimeout: number): Promise<Result[]> => {
      const wanted = some.map(({ conversationId }): WantedUpdate => ({
        conversationId,
        totalTimeout,
      }));
      const parts = Array.from({ length: 6 }, (_, part) =>
        wanted.filter((_one, index) => index % 6 === part),
      );
      const replies = await Promise.all(
        parts.map(async (part) => await stage.post('mark-calls', { calls: part })),
      );
      return wanted.map((_one, index) => {
        const { body } = replies[index % 6] ?? {};
        return (body as Result[])[Math.floor(index / 6)] ?? {};
      });
    };
    const seconds = stopwatch();
    const results = await mark(calls, 30_000);
    tell(`${JSON.stringify(results.slice(-3))} ${seconds()}`);
    const refused = simulator.journal.entries.filter(({ status }) => status === 429);
    tell(`${refused.length}`);
  });
});

function resultsOf({ body }: WebhookReply): readonly Result[] {
  return (body as { results: Result[] }).results;
}

function summary(shares: readonly Share[]): string {
  const total = (countOf: (share: Share) => number) =>
    shares.reduce((sum, share) => sum + countOf(share), 0);
  return (
    `${total(({ brought }) => brought.length)} updates, ` +
    `${total(({ conflicts }) => conflicts)} conflicts, ${total(({ requests }) => requests)} requests`
  );
}

function stopwatch(): () => string {
  const startedAt = performance.now();
  return () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
