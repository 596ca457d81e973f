import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';

import type { Fault, Simulator } from '../../simulator';
import { byId, byPurpose, rows, run, simulatorForEachTest, start } from '../engine/set-up';

const simulator = simulatorForEachTest();
const publicSimulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 0 });

const attributes = rows({ priority: 'high' });
const MISSING: Fault = { on: 'read', kind: 'missing', forMs: 100 };
const QUICK = { patience: 300 };

/** The requests for a conversation or participant, without the sign-in, as "method what". */
function requests({ journal }: Simulator): string[] {
  return journal.entries
    .filter(({ kind }) => kind !== 'token')
    .map(
      ({ method, path }) =>
        `${method} ${path.includes('/participants/') ? 'participant' : 'conversation'}`,
    );
}

async function runOne(parameters: IDataObject, on: Simulator = simulator.current) {
  const startedAt = performance.now();
  const { items } = await run(on, {
    parameters: { attributes, ...parameters },
    onError: 'continueRegularOutput',
  });
  return { item: items[0]?.json ?? {}, took: performance.now() - startedAt };
}

const details = (item: IDataObject) => item['details'] as IDataObject;

describe('Who is not there at first', () => {
  it.each<[string, IDataObject]>([
    ['by purpose', {}],
    ['by ID', { participant: 'id' }],
    ['by ID, versioned', { participant: 'id', options: { writeMethod: 'versioned' } }],
  ])('is looked for once more, %s, and that is no attempt', async (_, { participant, ...more }) => {
    const call = simulator.current.addCall();
    simulator.current.fault(MISSING);
    const { item } = await runOne({
      conversationId: call.conversationId,
      participant: participant ? byId(call.customer.id) : byPurpose('customer'),
      retry: QUICK,
      ...more,
    });
    expect(item).toMatchObject({ outcome: 'written', details: { attempts: 1, conflicts: 0 } });
    expect(details(item)['waitedMs']).toBeGreaterThanOrEqual(290);
    expect(details(item)['elapsedMs']).toBeGreaterThanOrEqual(details(item)['waitedMs'] as number);
    expect(call.customer.attributes).toEqual({ priority: 'high' });
  });

  it('is looked for once more where attributes are patched', async () => {
    const call = publicSimulator.current.addCall();
    publicSimulator.current.fault(MISSING);
    const { item } = await runOne(
      {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        retry: QUICK,
        options: { writeMethod: 'patch', waitUntilVisible: false },
      },
      publicSimulator.current,
    );
    expect(item).toMatchObject({ outcome: 'accepted', details: { attempts: 1 } });
  });

  it('may be somebody with a purpose that nobody had yet', async () => {
    const call = simulator.current.addCall();
    setTimeout(() => call.addParticipant({ purpose: 'supervisor' }), 100);
    const { item } = await runOne({
      conversationId: call.conversationId,
      participant: byPurpose('supervisor'),
      retry: QUICK,
    });
    expect(item).toMatchObject({ outcome: 'written', details: { attempts: 1 } });
  });

  it('is looked for after a second, if nothing else is said', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ ...MISSING, forMs: 800 });
    const { item } = await runOne({ conversationId: call.conversationId });
    expect(item).toMatchObject({ outcome: 'written', details: { attempts: 1 } });
  });

  it('is looked for exactly once more', async () => {
    const call = simulator.current.addCall();
    const { item, took } = await runOne({
      conversationId: call.conversationId,
      participant: byPurpose('supervisor'),
      retry: QUICK,
    });
    expect(details(item)).toMatchObject({ code: 'notFound', attempts: 1 });
    expect(item['error']).toContain('Nobody in this call has the purpose "supervisor"');
    expect(took).toBeGreaterThan(290);
    expect(requests(simulator.current)).toEqual(['GET conversation', 'GET conversation']);
  });

  it('meets what happens to any other update after that', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault(MISSING);
    setTimeout(() => {
      simulator.current.fault({ on: 'write', kind: 'conflict', times: 1 });
    }, 150);
    const { item } = await runOne({ conversationId: call.conversationId, retry: QUICK });
    expect(item).toMatchObject({ outcome: 'written', details: { attempts: 2, conflicts: 1 } });
  });

  it('is looked for once for all of its items', async () => {
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: randomUUID(),
        participant: byId(randomUUID()),
        attributes,
        retry: QUICK,
        options: { writeMethod: 'versioned' },
      },
      items: [{}, {}, {}],
      onError: 'continueRegularOutput',
    });
    expect(items.map(({ json }) => details(json)['code'])).toEqual(Array(3).fill('notFound'));
    expect(requests(simulator.current)).toEqual(['GET participant', 'GET participant']);
  });
});

describe('Nobody waits', () => {
  it.each<[string, IDataObject]>([
    ['without patience', { patience: 0 }],
    ['where one attempt is all', { maxAttempts: 1 }],
    ['longer than the total timeout allows', { patience: 5000, totalTimeout: 4000 }],
  ])('%s', async (_, retry) => {
    const { item, took } = await runOne({ conversationId: randomUUID(), retry });
    expect(details(item)).toMatchObject({ code: 'notFound', attempts: 1 });
    expect(took).toBeLessThan(900);
    expect(requests(simulator.current)).toEqual(['GET conversation']);
  });

  it.each<[string, IDataObject]>([
    ['by ID', { participant: 'id' }],
    ['by purpose', {}],
  ])('where only the versioned way is not there, %s', async (_, { participant }) => {
    const call = publicSimulator.current.addCall();
    const { item } = await runOne(
      {
        conversationId: call.conversationId,
        ...(participant && { participant: byId(call.customer.id) }),
        options: { waitUntilVisible: false },
      },
      publicSimulator.current,
    );
    expect(item).toMatchObject({ outcome: 'accepted', details: { writeMethod: 'patch' } });
    expect(details(item)['elapsedMs']).toBeLessThan(900);
  });

  it('for somebody whom the conversation shows already', async () => {
    const call = publicSimulator.current.addCall();
    const { item, took } = await runOne(
      { conversationId: call.conversationId, options: { writeMethod: 'versioned' } },
      publicSimulator.current,
    );
    expect(details(item)).toMatchObject({ code: 'notFound' });
    expect(took).toBeLessThan(900);
  });

  it('for somebody who was there, and is gone', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'write', kind: 'missing', times: 5 });
    const { item, took } = await runOne({
      conversationId: call.conversationId,
      participant: byId(call.customer.id),
      options: { writeMethod: 'versioned' },
    });
    expect(details(item)).toMatchObject({ code: 'notFound' });
    expect(took).toBeLessThan(900);
  });
});

describe('While somebody is waited for', () => {
  const versioned = { writeMethod: 'versioned' };

  it('others have the place', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.id }}',
        participant: byPurpose('customer'),
        attributes,
        retry: QUICK,
        options: { ...versioned, concurrency: 1 },
      },
      items: [{ id: randomUUID() }, { id: call.conversationId }],
      onError: 'continueRegularOutput',
    });
    expect(items.map(({ json }) => json['outcome'])).toEqual(['failed', 'written']);
    expect(requests(simulator.current)).toEqual([
      'GET conversation',
      'GET conversation',
      'GET participant',
      'PUT participant',
      'GET conversation',
    ]);
  });

  it('no more than the others are worked on with them', async () => {
    const calls = Array.from({ length: 3 }, () => simulator.current.addCall());
    simulator.current.latencyMs = 150;
    simulator.current.fault({ on: 'read', kind: 'missing', times: 1 });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.id }}',
        participant: byPurpose('customer'),
        attributes,
        retry: { patience: 100 },
        options: { ...versioned, concurrency: 1 },
      },
      items: calls.map(({ conversationId }) => ({ id: conversationId })),
    });
    expect(items.map(({ json }) => json['outcome'])).toEqual(Array(3).fill('written'));
    // One record after the other, with the second look between two others.
    const paths = simulator.current.journal.entries
      .filter(({ kind }) => kind !== 'token')
      .map(({ path }) => calls.findIndex(({ conversationId }) => path.includes(conversationId)));
    expect(paths).toEqual([0, 1, 1, 1, 0, 0, 0, 2, 2, 2]);
  });

  it('cancelling ends it at once', async () => {
    const running = start(simulator.current, {
      parameters: { conversationId: randomUUID(), attributes, retry: { patience: 20_000 } },
      onError: 'continueRegularOutput',
    });
    setTimeout(() => {
      running.cancel();
    }, 300);
    const startedAt = performance.now();
    await running.done;
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(requests(simulator.current)).toEqual(['GET conversation']);
  });

  it('an item that stops the workflow stops that as well', async () => {
    const call = simulator.current.addCall();
    const startedAt = performance.now();
    const { run: workflowRun } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.id }}',
        attributes,
        retry: { patience: 20_000 },
        options: {
          concurrency: 1,
          condition: 'onlyIfEquals',
          expectedAttributes: '{ "status": "waiting" }',
        },
      },
      items: [{ id: randomUUID() }, { id: call.conversationId }],
    });
    expect(workflowRun.error?.message).toContain('The condition is not met');
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });

  it('its own failure stops the workflow, and the waiting for others', async () => {
    const startedAt = performance.now();
    const { run: workflowRun } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.id }}',
        attributes,
        retry: { patience: '={{ $json.patience }}' },
      },
      items: [
        { id: randomUUID(), patience: 300 },
        { id: randomUUID(), patience: 20_000 },
      ],
    });
    expect(workflowRun.error?.description).toContain('answered 404');
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(requests(simulator.current)).toHaveLength(3);
  });
});

describe('After ten that stayed absent', () => {
  it('the rest of the run get no second look', async () => {
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.id }}',
        attributes,
        retry: QUICK,
        options: { concurrency: 1 },
      },
      items: Array.from({ length: 15 }, () => ({ id: randomUUID() })),
      onError: 'continueRegularOutput',
    });
    expect(items.map(({ json }) => details(json)['code'])).toEqual(Array(15).fill('notFound'));
    expect(requests(simulator.current)).toHaveLength(15 + 10);
  });

  it('another run has patience again', async () => {
    const { item, took } = await runOne({ conversationId: randomUUID(), retry: QUICK });
    expect(details(item)['code']).toBe('notFound');
    expect(took).toBeGreaterThan(290);
  });
});
