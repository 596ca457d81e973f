import { describe, expect, it } from '@jest/globals';

import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
  type IExecuteFunctions,
  type INodeExecutionData,
  type INodeType,
  NodeOperationError,
} from 'n8n-workflow';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { singleNode } from '../../engine/single-node';
import { GenesysCloud } from '../../nodes/GenesysCloud/GenesysCloud.node';
import type { Fault } from '../../simulator';
import {
  byId,
  byPurpose,
  detailsOf,
  processFor,
  rows,
  run,
  simulatorForEachTest,
  start,
} from './set-up';

const simulator = simulatorForEachTest();

/** Sets `priority` on the customer of a new call that suffers these faults. */
async function setPriority(faults: Fault[], retry = {}) {
  const call = simulator.current.addCall({ attributes: { lang: 'de' } });
  for (const fault of faults) simulator.current.fault(fault);
  const { items, run: workflowRun } = await run(simulator.current, {
    parameters: {
      conversationId: call.conversationId,
      participant: byId(call.customer.id),
      attributes: rows({ priority: 'high' }),
      retry,
    },
    onError: 'continueRegularOutput',
  });
  const applied = call.customer.commits.filter(({ by }) => by === 'api').length;
  return { call, json: items[0]?.json ?? {}, applied, workflowRun };
}

describe('A write without a clear answer', () => {
  it('is written once where only its reply was lost', async () => {
    const { json, applied } = await setPriority([{ on: 'write', kind: 'dropAfter' }]);
    expect(json).toMatchObject({
      outcome: 'written',
      changed: { priority: { from: null, to: 'high' } },
      details: { attempts: 2 },
    });
    expect(applied).toBe(1);
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });

  it('is sent again, and applied once, where it got lost on the way', async () => {
    const { json, applied } = await setPriority([{ on: 'write', kind: 'dropBefore' }]);
    expect(json).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
    expect(applied).toBe(1);
    expect(simulator.current.journal.writes()).toHaveLength(2);
  });

  it.each([
    ['before it is sent again', 150],
    ['long after', 600],
  ])('is applied once where it is applied late: %s', async (_, ms) => {
    const { json, applied, call } = await setPriority([{ on: 'write', kind: 'delayBefore', ms }], {
      requestTimeout: 100,
      baseDelay: 100,
      strategy: 'fixed',
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(json).toMatchObject({
      outcome: 'written',
      changed: { priority: { from: null, to: 'high' } },
    });
    expect(applied).toBe(1);
    expect(call.customer.attributes).toEqual({ lang: 'de', priority: 'high' });
  });

  it.each<[string, Fault]>([
    ['is cut short', { on: 'write', kind: 'truncate' }],
    ['is a 503', { on: 'write', kind: 'reply', status: 503 }],
    [
      'is a web page',
      { on: 'write', kind: 'reply', status: 200, body: '<html>', contentType: 'text/html' },
    ],
  ])('is cleared up by reading where the answer %s', async (_, fault) => {
    const { json, applied } = await setPriority([fault]);
    expect(json).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
    expect(applied).toBe(1);
  });

  it('is indeterminate where there is no attempt left to clear it up', async () => {
    const { json } = await setPriority([{ on: 'write', kind: 'dropAfter' }], { maxAttempts: 1 });
    expect(json).toMatchObject({
      error: expect.stringContaining('may or may not have been written'),
      details: { code: 'indeterminate', attempts: 1 },
    });
  });
});

describe('A conflict', () => {
  it('that never ends says how often, how long, what the server said and what to change', async () => {
    const { json, call } = await setPriority([{ on: 'write', kind: 'conflict', times: 3 }], {
      maxAttempts: 3,
    });
    expect(json).toEqual({
      outcome: 'failed',
      error: expect.stringMatching(
        /^The attributes were not written after 3 attempts in .*s: the last one met a conflict\. [\d.:]+ answered 409: .*version.*met 3 conflicts.*Raise "Max Attempts"/s,
      ),
      details: {
        code: 'conflict',
        status: 409,
        attempts: 3,
        conflicts: 3,
        contextId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        retryAfterMs: null,
        method: 'PUT',
        path: `/api/v2/conversations/${call.conversationId}/participants/${call.customer.id}`,
        correlationId: expect.any(String),
      },
      conversationId: call.conversationId,
      participantId: call.customer.id,
    });
    expect(call.customer.attributes).toEqual({ lang: 'de' });
  });

  it('that is not about the version ends after two tries with the words of the server', async () => {
    const { json } = await setPriority([
      {
        on: 'write',
        kind: 'reply',
        status: 409,
        code: 'participant.wrapping.up',
        message: 'The participant is wrapping up.',
        times: 5,
      },
    ]);
    expect(json).toMatchObject({
      error: expect.stringMatching(/answered 409: The participant is wrapping up.*does not help/),
      details: { code: 'conflict', attempts: 2, conflicts: 2 },
    });
    expect(simulator.current.journal.writes()).toHaveLength(2);
  });
});

describe('A server that asks to wait', () => {
  it('gets no request of this client for at least that long', async () => {
    const { json } = await setPriority([
      { on: 'write', kind: 'reply', status: 429, retryAfter: '1' },
    ]);
    expect(json).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
    const [, , refused, next] = simulator.current.journal.entries;
    expect(refused?.status).toBe(429);
    expect((next?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  it('gets none of other executions of this client either', async () => {
    const other = simulator.current.addCall();
    const first = setPriority([{ on: 'read', kind: 'reply', status: 429, retryAfter: '1' }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await run(simulator.current, {
      parameters: { conversationId: other.conversationId, attributes: rows({ a: '1' }) },
    });
    await first;
    const refusedAt = simulator.current.journal.reads()[0]?.at ?? 0;
    const later = simulator.current.journal.entries.filter(({ at }) => at > refusedAt);
    expect(Math.min(...later.map(({ at }) => at)) - refusedAt).toBeGreaterThanOrEqual(1000);
    expect(other.customer.attributes).toEqual({ a: '1' });
  });

  it('past the total timeout ends the update at once, and says when to come back', async () => {
    const before = performance.now();
    const { json } = await setPriority(
      [{ on: 'read', kind: 'reply', status: 429, retryAfter: '60' }],
      { totalTimeout: 5000 },
    );
    expect(performance.now() - before).toBeLessThan(1000);
    expect(json).toMatchObject({
      details: { code: 'throttled', status: 429, retryAfterMs: 60_000 },
    });
  });
});

describe('A token', () => {
  it('that expires between read and write is renewed once, and all is written', async () => {
    const calls = Array.from({ length: 5 }, () => simulator.current.addCall());
    await run(simulator.current, {
      parameters: { conversationId: calls[0]?.conversationId ?? '', attributes: rows({ a: '1' }) },
    });
    simulator.current.journal.clear();
    simulator.current.fault({ on: 'write', kind: 'expireTokens' });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.conversationId }}',
        attributes: rows({ b: '2' }),
      },
      items: calls.map(({ conversationId }) => ({ conversationId })),
    });
    expect(items.map(({ json }) => json['outcome'])).toEqual(calls.map(() => 'written'));
    expect(simulator.current.journal.tokens()).toHaveLength(1);
  });
});

describe('A failure', () => {
  it.each<[string, Fault, string, number | null]>([
    ['notFound', { on: 'read', kind: 'reply', status: 404, times: 2 }, 'notFound', 404],
    ['forbidden', { on: 'read', kind: 'reply', status: 403, times: 2 }, 'forbidden', 403],
    ['server', { on: 'read', kind: 'reply', status: 500, times: 2 }, 'server', 500],
    ['unreachable', { on: 'read', kind: 'dropBefore', times: 2 }, 'unreachable', null],
    ['unauthorized', { on: 'read', kind: 'reply', status: 401, times: 2 }, 'unauthorized', 401],
    ['sign-in refused', { on: 'token', kind: 'reply', status: 401 }, 'unauthorized', 401],
    ['sign-in malformed', { on: 'token', kind: 'reply', status: 400 }, 'unauthorized', 400],
    ['sign-in forbidden', { on: 'token', kind: 'reply', status: 403 }, 'unauthorized', 403],
    ['refused as malformed', { on: 'write', kind: 'reply', status: 400 }, 'invalid', 400],
    ['too large', { on: 'write', kind: 'reply', status: 413 }, 'invalid', 413],
    [
      'throttled to the last',
      { on: 'read', kind: 'reply', status: 429, retryAfter: '0', times: 2 },
      'throttled',
      429,
    ],
  ])('(%s) carries its code and status', async (_, fault, code, status) => {
    if (fault.on === 'token') simulator.current.expireTokens();
    const { json } = await setPriority([fault], { maxAttempts: 2, patience: 0 });
    expect(json).toMatchObject({ details: { code, status } });
  });

  it('of one read alone does not lead to the wrong method: it is found out anew', async () => {
    const { json } = await setPriority([{ on: 'read', kind: 'reply', status: 403 }]);
    expect(json).toMatchObject({ outcome: 'written', details: { writeMethod: 'versioned' } });
  });

  it('goes to the error branch with nothing but what n8n allows there', async () => {
    const call = simulator.current.addCall();
    const { items, errors } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: '={{ { __rl: true, mode: "purpose", value: $json.purpose } }}',
        attributes: rows({ a: '1' }),
      },
      items: [{ purpose: 'customer' }, { purpose: 'supervisor' }, { purpose: 'agent' }],
      onError: 'continueErrorOutput',
    });
    expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 2 }]);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.json).toEqual({
      purpose: 'supervisor',
      error: expect.stringMatching(
        /^Nobody in this call has the purpose "supervisor"\. It has: customer, ivr, acd, agent\. Choose/,
      ),
      details: {
        code: 'notFound',
        status: null,
        attempts: 1,
        conflicts: 0,
        contextId: null,
        retryAfterMs: null,
        method: 'GET',
        path: `/api/v2/conversations/${call.conversationId}`,
        correlationId: null,
      },
    });
    expect(errors[0]?.pairedItem).toEqual({ item: 1 });
  });

  it('stops the workflow with a short title, with what to do below it, and with the details', async () => {
    const call = simulator.current.addCall();
    const { run: workflowRun } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byPurpose('caller'),
        attributes: rows({ a: '1' }),
        retry: { patience: 0 },
      },
    });
    const details = {
      code: 'notFound',
      status: null,
      attempts: 1,
      conflicts: 0,
      contextId: null,
      retryAfterMs: null,
      method: 'GET',
      path: `/api/v2/conversations/${call.conversationId}`,
      correlationId: null,
    };
    expect(workflowRun.error).toMatchObject({
      message: 'Nobody in this call has the purpose "caller". It has: customer, ivr, acd, agent',
      description: expect.stringMatching(/^Choose somebody else in "Participant"\./),
      // The panel shows what is called data.
      context: { itemIndex: 0, details, data: details },
    });
  });

  it('goes there with its details, too, where the run begins with the node', async () => {
    const nodeType = new GenesysCloud(processFor(simulator.current));
    const { additionalData, node, workflow } = singleNode(
      nodeType,
      { type: new GenesysCloudApi(), data: {} },
      { resource: 'participant', operation: 'setAttributes', conversationId: 'no' },
    );
    node.onError = 'continueErrorOutput';
    const hooks = new ExecutionLifecycleHooks('manual', 'execution', {
      active: false,
      id: 'workflow',
      name: 'Workflow',
      nodes: [node],
      connections: {},
      activeVersionId: null,
      isArchived: false,
      createdAt: new Date(),
      updatedAt: new Date(),
    });
    const execution = new WorkflowExecute({ ...additionalData, hooks }, 'manual');
    const { data } = await execution.run({ workflow, startNode: node });
    const outputs = data.resultData.runData['Node']?.[0]?.data?.['main'] ?? [];
    expect(outputs.map((items) => items?.map(({ json }) => Object.keys(json)))).toEqual([
      [],
      [['error', 'details']],
    ]);
  });

  it('carries the error by which n8n before 2.35.7 knows it, until n8n copies it', async () => {
    const inner = new GenesysCloud(processFor(simulator.current));
    const given: INodeExecutionData[] = [];
    const node = Object.assign(Object.create(inner) as INodeType, {
      async execute(this: IExecuteFunctions) {
        const outputs = await inner.execute.call(this);
        given.push(...outputs.flat());
        return outputs;
      },
    });
    await run(simulator.current, {
      parameters: { conversationId: 'no', attributes: rows({ a: '1' }) },
      onError: 'continueErrorOutput',
      node,
    });
    expect(given.map(({ error }) => error)).toEqual([expect.any(NodeOperationError)]);
    expect(given.map((item) => Object.keys(item))).toEqual([['json', 'pairedItem']]);
  });

  it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
    'comes out with the keys that belong there, in their order (%s)',
    async (onError) => {
      const { items, errors } = await run(simulator.current, {
        parameters: { conversationId: 'no', attributes: rows({ a: '1' }) },
        onError,
      });
      const [item] = onError === 'continueErrorOutput' ? errors : items;
      expect(Object.keys(item?.json ?? {})).toEqual(
        onError === 'continueErrorOutput'
          ? ['error', 'details']
          : ['outcome', 'error', 'conversationId', 'participantId', 'details'],
      );
      expect(Object.keys(detailsOf(item?.json))).toEqual([
        'code',
        'status',
        'attempts',
        'conflicts',
        'contextId',
        'retryAfterMs',
        'method',
        'path',
        'correlationId',
      ]);
    },
  );

  it('of something on the way is not called an answer of Genesys Cloud', async () => {
    for (const fault of [
      { on: 'read', kind: 'dropBefore', times: 2 },
      { on: 'read', kind: 'reply', status: 502, times: 2 },
      { on: 'read', kind: 'reply', status: 200, body: '<html>', times: 2 },
    ] as const) {
      const { json } = await setPriority([fault], { maxAttempts: 2, baseDelay: 1 });
      expect(json['outcome']).toBe('failed');
      expect(json['error']).not.toMatch(/Genesys Cloud (answered|says|asks)/);
      expect(json['error']).toMatch(/127\.0\.0\.1:\d+/);
    }
  });

  it('stops the workflow where it is not told to go on, and starts nothing further', async () => {
    const calls = Array.from({ length: 5 }, () => simulator.current.addCall());
    simulator.current.fault({ on: 'read', kind: 'reply', status: 403, message: 'no permission' });
    const { run: workflowRun } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.conversationId }}',
        attributes: rows({ a: '1' }),
        options: { concurrency: 1, writeMethod: 'versioned' },
      },
      items: calls.map(({ conversationId }) => ({ conversationId })),
    });
    expect(workflowRun.error?.message).toBe(
      'The attributes were not written: the OAuth client lacks a permission or a scope',
    );
    expect(workflowRun.error?.description).toMatch(/answered 403: no permission.*Give a role/);
    expect(workflowRun.error?.context).toMatchObject({
      itemIndex: 0,
      details: { code: 'forbidden', status: 403 },
      data: { code: 'forbidden', status: 403, method: 'GET', path: expect.any(String) },
    });
    expect(simulator.current.journal.reads()).toHaveLength(1);
    expect(simulator.current.journal.writes()).toHaveLength(0);
  });
});

describe('Cancelling the execution', () => {
  it('ends a wait within 100 ms, with no further request', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'write', kind: 'conflict' });
    const execution = start(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: rows({ a: '1' }),
        retry: { strategy: 'fixed', baseDelay: 20_000, maxDelay: 20_000 },
      },
    });
    await simulatorHas(() => simulator.current.journal.writes()[0]?.status === 409);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const requests = simulator.current.journal.entries.length;
    const before = performance.now();
    execution.cancel();
    await execution.done;
    expect(performance.now() - before).toBeLessThan(100);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(simulator.current.journal.entries).toHaveLength(requests);
  });

  it('while a write is under way reports what became of it, never a cancellation', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'write', kind: 'delayAfter', ms: 300 });
    const execution = start(simulator.current, {
      parameters: { conversationId: call.conversationId, attributes: rows({ a: '1' }) },
      onError: 'continueRegularOutput',
    });
    await simulatorHas(() => simulator.current.journal.writes()[0]?.applied === true);
    execution.cancel();
    const workflowRun = await execution.done;
    expect(JSON.stringify(workflowRun.data)).not.toContain('"cancelled"');
    expect(call.customer.attributes).toEqual({ a: '1' });
  });
});

async function simulatorHas(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
