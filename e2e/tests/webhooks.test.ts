import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';

import { behindWebhook, setAttributes } from './behind-webhook';
import { openStage, type Stage } from './stage';

const CALLS = 200;

interface Answer {
  readonly results: readonly {
    readonly outcome: string;
    readonly details: { readonly conflicts: number; readonly batchSize: number };
    readonly error?: string;
  }[];
}

describe('Webhooks in production mode', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ latencyMs: 40 });
  });
  afterAll(async () => {
    await stage.close();
  });

  it(`a burst of ${CALLS}, each with an attribute of its own of one participant, is all there`, async () => {
    await stage.publishExample('many-automations-one-participant');
    const warmUp = stage.simulator.addCall();
    const post = async (conversationId: string, name: string) => {
      const facts = [{ name, value: 'yes' }];
      return await stage.post('genesys-facts', { conversationId, facts });
    };
    await post(warmUp.conversationId, 'warm_up');

    const call = stage.simulator.addCall({ attributes: { lang: 'de' } });
    const { conversationId, customer } = call;
    const stopChanging = call.keepChanging(1000);
    const { journal } = stage.simulator;
    journal.clear();
    const startedAt = performance.now();
    const names = Array.from({ length: CALLS }, (_, index) => `a${index}`);
    const replies = await Promise.all(names.map(async (name) => await post(conversationId, name)));
    const seconds = (performance.now() - startedAt) / 1000;
    stopChanging();

    expect(replies.map(({ status }) => status)).toEqual(names.map(() => 200));
    const results = replies.flatMap(({ body }) => (body as Answer).results);
    expect(new Set(results.map(({ error }) => error))).toEqual(new Set([undefined]));
    expect(results.map(({ outcome }) => outcome)).toEqual(names.map(() => 'written'));
    expect(customer.attributes).toEqual({
      lang: 'de',
      ...Object.fromEntries(names.map((name) => [name, 'yes'])),
    });
    expect(customer.connected).toBe(true);

    const writes = journal.writes();
    const conflicts = writes.filter(({ status }) => status === 409).length;
    const requests = journal.reads().length + writes.length;
    expect(requests).toBeLessThan(CALLS);
    process.stdout.write(
      `Burst of webhooks: ${CALLS} updates, ${conflicts} conflicts, ${requests} requests, ` +
        `${seconds.toFixed(1)} s\n`,
    );
  });

  it('an execution that is stopped in n8n sends nothing more', async () => {
    const { conversationId } = stage.simulator.addCall();
    stage.simulator.fault({ on: 'write', kind: 'conflict', times: 10_000 });
    const workflowId = await stage.publishNew(retryingEverySecond('retry-for-long'));
    await stage.post('retry-for-long', { conversationId });
    const { journal } = stage.simulator;
    journal.clear();
    while (journal.writes().length < 2) await sleep(100);

    const execution = await runningExecution(workflowId);
    await stage.editor.call('POST', `/executions/${execution}/stop`);
    journal.clear();
    await sleep(3000);
    expect(journal.entries).toEqual([]);
    expect((await executions(workflowId)).map(({ id, status }) => [id, status])).toEqual([
      [execution, 'canceled'],
    ]);
  });

  it('none of this made n8n complain about this package', async () => {
    expect(await stage.complaints()).toEqual([]);
  });

  async function executions(workflowId: string): Promise<{ id: string; status: string }[]> {
    const filter = encodeURIComponent(JSON.stringify({ workflowId }));
    const answer = await stage.editor.call('GET', `/executions?filter=${filter}`);
    return (answer as { data: { results: { id: string; status: string }[] } }).data.results;
  }

  async function runningExecution(workflowId: string): Promise<string> {
    const running = (await executions(workflowId)).find(({ status }) => status === 'running');
    if (running === undefined) throw new Error('No execution of the workflow is running.');
    return running.id;
  }
});

function retryingEverySecond(path: string): object {
  const node = setAttributes({
    conversationId: '={{ $json.body.conversationId }}',
    attributesJson: '{ "priority": "high" }',
    retry: { strategy: 'fixed', baseDelay: 1000, maxAttempts: 1000, totalTimeout: 600_000 },
  });
  return behindWebhook(path, node, 'onReceived');
}
