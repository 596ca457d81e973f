import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';

import { type Call, type Simulator, startSimulator } from '../../simulator';
import type { WebhookReply } from '../tests/stage';
import { busiestMinute, losses, sentInSpiteOf429, type Share, sharesByToken } from './ledger';
import { manyCalls, type WantedUpdate } from './many-calls';
import { RUN_AND_NUMBER, runMarks } from './run-marks';
import { openQueueStage, type QueueStage, type Worker } from './queue-stage';

const UPDATES = 200;
const WORKERS = 3;
/** So many requests in a minute, for all workers together. */
const ALLOWED = 300;
const LATENCY_MS = 40;

/** What every participant has from the beginning. */
const FIRST = { lang: 'de' };
const NAMES = Array.from({ length: UPDATES }, (_, index) => `a${index}`);

/** A reply may take so long from the simulator to a busy worker, beside the simulated latency. */
const ON_THE_WAY_MS = 500;

/** What the node says of one update. */
interface Result {
  readonly outcome?: string;
  readonly error?: string;
  readonly details?: { readonly code: string };
}

describe(`${WORKERS} workers of n8n's queue mode`, () => {
  let stage: QueueStage;
  /** Counts the requests of all of them together. */
  let limited: Simulator;
  const opened = new AsyncDisposableStack();
  const closeAtEnd = <One extends { close(): Promise<void> }>(one: One): One =>
    opened.adopt(one, async () => {
      await one.close();
    });
  beforeAll(async () => {
    limited = closeAtEnd(
      await startSimulator({ clientRequestsPerMinute: ALLOWED, latencyMs: LATENCY_MS }),
    );
    stage = closeAtEnd(await openQueueStage(WORKERS, { latencyMs: LATENCY_MS }));
  });
  afterAll(async () => {
    await opened.disposeAsync();
  });

  /** Reports one fact, as one webhook call. */
  const report = async ({ conversationId }: Call, name: string) => {
    const facts = [{ name, value: 'yes' }];
    return await stage.post('genesys-facts', { conversationId, facts });
  };

  it(`bring a burst of ${UPDATES} webhook calls for one participant, and none gives up`, async () => {
    await stage.useCredential(stage.simulator, ALLOWED / WORKERS);
    const call = stage.simulator.addCall({ attributes: FIRST });
    const stopChanging = call.keepChanging(1000);
    const seconds = stopwatch();
    const replies = await Promise.all(NAMES.map(async (name) => await report(call, name)));
    const took = seconds();
    stopChanging();

    expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
    const results = replies.flatMap(resultsOf);
    expect(results.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(results.map(({ outcome }) => outcome)).toEqual(NAMES.map(() => 'written'));
    expect(call.customer.attributes).toEqual({
      ...FIRST,
      ...Object.fromEntries(NAMES.map((name) => [name, 'yes'])),
    });
    expect(losses(call, FIRST)).toEqual([]);
    expect(call.connected).toBe(true);

    const { entries } = stage.simulator.journal;
    expect(busiestMinute(entries)).toBeLessThanOrEqual(ALLOWED);
    const shares = sharesByToken(entries, call, FIRST);
    const brought = [...shares.values()].flatMap((share) => share.brought);
    expect(brought.toSorted()).toEqual(NAMES.toSorted());
    const all = [...shares.values()];
    const requests = all.reduce((sum, share) => sum + share.requests, 0);
    // Each update alone would be three: it looks its participant up, reads and writes.
    expect(requests / UPDATES).toBeLessThan(1.5);
    tell(`Burst: ${summary(all)}, ${took}`);
    for (const { authorization, name } of stage.workers) {
      const share = shares.get(authorization);
      if (share === undefined) throw new Error(`${name} had no part in it.`);
      tell(`  ${name}: ${summary([share])}`);
    }
  });

  it('lose nothing where each of them thinks that it has the whole budget of a minute', async () => {
    await stage.useCredential(limited, ALLOWED);
    await stage.publishNew(manyCalls('mark-calls'));
    const calls = Array.from({ length: 150 }, () => limited.addCall({ attributes: FIRST }));
    const seconds = stopwatch();
    const results = await markAll(calls, 30_000);
    const tookDefault = seconds();
    const without = calls.filter((_call, index) => results[index]?.outcome !== 'written');
    const codes = new Set(results.map(({ details }) => details?.code));
    expect([undefined, 'throttled', 'deadline']).toEqual(expect.arrayContaining([...codes]));
    expect(without.filter(({ customer }) => customer.commits.length > 0)).toEqual([]);

    const again = await markAll(without, 180_000);
    expect(again.map(({ outcome }) => outcome)).toEqual(without.map(() => 'written'));
    for (const { customer } of calls) {
      expect(customer.attributes).toEqual({ ...FIRST, marked: 'yes' });
      expect(customer.commits).toHaveLength(1);
    }
    const { entries } = limited.journal;
    const refused = entries.filter(({ status }) => status === 429);
    const requests = entries.filter(({ kind }) => kind !== 'token');
    // Ten updates at a time in each worker: those may be on the way when the first is refused.
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length / requests.length).toBeLessThan(0.2);
    expect(sentInSpiteOf429(entries, LATENCY_MS + ON_THE_WAY_MS)).toEqual([]);
    tell(
      `Budget not divided: ${calls.length} participants, ${requests.length} requests, ` +
        `${refused.length} of them refused (429); ${without.length} gave up within 30 s, ` +
        `having written nothing (${tookDefault}), and were written when sent again (${seconds()})`,
    );
  });

  /** Marks the customers of many calls, in some executions of many items each. */
  async function markAll(calls: readonly Call[], totalTimeout: number): Promise<Result[]> {
    const executions = 6;
    const size = Math.ceil(calls.length / executions);
    const parts = Array.from({ length: executions }, (_, index) =>
      calls.slice(index * size, (index + 1) * size),
    ).filter((part) => part.length > 0);
    const replies = await Promise.all(
      parts.map(async (part) => {
        const wanted = part.map(({ conversationId }): WantedUpdate => ({
          conversationId,
          totalTimeout,
        }));
        return await stage.post('mark-calls', { calls: wanted });
      }),
    );
    return replies.flatMap(({ body }) => body as Result[]);
  }

  it('lose nothing that was answered when one of them is killed, and write nothing twice', async () => {
    const { simulator, workers } = stage;
    await stage.useCredential(simulator, ALLOWED / WORKERS);
    const workflowId = await stage.publishNew(runMarks('mark-run'));
    const victim = workers[0];
    if (victim === undefined) throw new Error('There is no worker.');
    simulator.latencyMs = 200;
    const call = simulator.addCall({ attributes: FIRST });
    const stopChanging = call.keepChanging(1000);
    const seconds = stopwatch();
    const replies = new Map<string, WebhookReply>();
    const posts = Promise.allSettled(
      NAMES.map(async (name) => {
        replies.set(name, await markRun(call, name));
      }),
    );
    while (!isInTheMiddle(victim, call)) await sleep(5);
    await victim.process.kill();
    const killedAt = seconds();
    await untilAnswered(posts);
    const took = seconds();
    stopChanging();

    const answers = [...replies.values()];
    const results = answers.flatMap(({ body, status }) => (status === 200 ? [body as Result] : []));
    expect(results.map(({ outcome }) => outcome)).toEqual(results.map(() => 'written'));
    const written = NAMES.filter((name) => replies.get(name)?.status === 200);
    const there = NAMES.filter((name) => name in call.customer.attributes);
    expect(there).toEqual(expect.arrayContaining(written));
    // What it was doing when it was killed was not answered as written, and n8n says so in the end.
    expect(written.length).toBeLessThan(UPDATES);
    const others = answers.filter(({ status }) => status !== 200);
    expect(others.map(({ status }) => status)).toEqual(others.map(() => 500));
    const ended = await executions({ workflowId, status: ['error', 'crashed'] });
    expect(ended).toHaveLength(UPDATES - written.length);
    // Each execution has a value of its own: one that ran twice would have replaced its first.
    expect(Object.values(call.customer.attributes).slice(1)).toEqual(
      there.map(() => expect.stringMatching(RUN_AND_NUMBER)),
    );
    expect(call.customer.attributes['lang']).toBe('de');
    expect(losses(call, FIRST)).toEqual([]);
    expect(call.connected).toBe(true);
    const shares = sharesByToken(simulator.journal.entries, call, FIRST);
    const brought = [...shares.values()].flatMap((share) => share.brought);
    expect(brought.toSorted()).toEqual(there.toSorted());
    tell(
      `${victim.name} killed after ${killedAt}: ${written.length} of ${UPDATES} answered as written, ` +
        `and there; ${others.length} answered with n8n's error, ${UPDATES - answers.length} not at all; ` +
        `of these ${there.length - written.length} are there; ${took}`,
    );
    for (const { authorization, name } of workers) {
      const share = shares.get(authorization);
      if (share) tell(`  ${name}: ${summary([share])}`);
    }

    // That a second run would have been noticed.
    const [again = ''] = there;
    await markRun(call, again);
    expect(losses(call, FIRST)).toEqual([expect.stringContaining(`${again} at version`)]);
  });

  /** Sets one attribute to a value that no other execution would set it to, as one webhook call. */
  async function markRun({ conversationId }: Call, name: string): Promise<WebhookReply> {
    return await stage.post('mark-run', { conversationId, name });
  }

  /** Whether it has written some and has a write on the way. */
  function isInTheMiddle({ authorization }: Worker, { conversationId }: Call): boolean {
    const writes = stage.simulator.journal
      .writes()
      .filter(
        (write) => write.authorization === authorization && write.path.includes(conversationId),
      );
    return (
      writes.filter(({ applied }) => applied).length >= 2 &&
      writes.some(({ status }) => status === undefined)
    );
  }

  async function executions(wanted: {
    readonly status: readonly string[];
    readonly workflowId?: string;
  }): Promise<unknown[]> {
    const filter = encodeURIComponent(JSON.stringify(wanted));
    const answer = await stage.editor.call('GET', `/executions?filter=${filter}&limit=100`);
    return (answer as { data: { results: { status: string }[] } }).data.results;
  }

  /** Waits until all calls are answered, or n8n has nothing under way that could still answer one. */
  async function untilAnswered(calls: Promise<unknown>): Promise<void> {
    const answered = new AbortController();
    void calls.then(() => {
      answered.abort();
    });
    // While n8n is busy it may answer that its database is not ready.
    const underWay = async () =>
      await executions({ status: ['new', 'running'] }).catch(() => ['not known']);
    while (!answered.signal.aborted && (await underWay()).length > 0) await sleep(1000);
    // Webhooks are answered some seconds after their executions have ended.
    await Promise.race([calls, sleep(15_000, undefined, { ref: false })]);
  }
});

function resultsOf({ body }: WebhookReply): readonly Result[] {
  return (body as { results: Result[] }).results;
}

function summary(shares: readonly Share[]): string {
  const total = (countOf: (share: Share) => number) =>
    shares.reduce((sum, share) => sum + countOf(share), 0);
  const each = (countOf: (share: Share) => number) =>
    (total(countOf) / total(({ brought }) => brought.length)).toFixed(2);
  return (
    `${total(({ brought }) => brought.length)} updates, ` +
    `${total(({ conflicts }) => conflicts)} conflicts, ${total(({ requests }) => requests)} requests ` +
    `(${each(({ conflicts }) => conflicts)} and ${each(({ requests }) => requests)} an update)`
  );
}

function stopwatch(): () => string {
  const startedAt = performance.now();
  return () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
}

function tell(line: string): void {
  process.stdout.write(`${line}\n`);
}
