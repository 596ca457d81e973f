import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { byId, byPurpose, detailsOf, rows, run, simulatorForEachTest, start } from './set-up';

const LAG_MS = 700;
const simulator = simulatorForEachTest({ flavour: 'public', visibilityLagMs: LAG_MS });

function set(conversationId: string, attributes: Record<string, unknown>, more: IDataObject = {}) {
  return { parameters: { conversationId, attributes: rows(attributes), ...more } };
}

const requests = () =>
  simulator.current.journal.entries
    .filter(({ kind }) => kind !== 'token')
    .map(({ method, path }) => `${method} ${path.replace(/^\/api\/v2\/conversations\/[^/]+/, '')}`);

describe('On the public API', () => {
  it('one PATCH with only the changed names is sent, and answered when it can be seen', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de', priority: 'low' } });
    const { items } = await run(
      simulator.current,
      set(
        call.conversationId,
        { lang: 'de', priority: 'high' },
        { participant: byId(call.customer.id) },
      ),
    );
    expect(items[0]?.json).toMatchObject({
      outcome: 'written',
      attributes: { lang: 'de', priority: 'high' },
      changed: { priority: { from: 'low', to: 'high' } },
      details: { writeMethod: 'patch', version: null, attempts: 1, conflicts: 0 },
    });
    expect(detailsOf(items[0]?.json)['waitedMs']).toBeGreaterThanOrEqual(LAG_MS - 50);
    const { journal } = simulator.current;
    expect(journal.writes().map(({ method, path, body }) => [method, path, body])).toEqual([
      [
        'PATCH',
        `/api/v2/conversations/${call.conversationId}/participants/${call.customer.id}/attributes`,
        { attributes: { priority: 'high' } },
      ],
    ]);
    expect(journal.entries.filter(({ kind }) => kind === 'other')).toEqual([]);
    const lastRead = journal.reads().at(-1)?.at ?? 0;
    expect(lastRead - (journal.writes()[0]?.at ?? 0)).toBeGreaterThanOrEqual(LAG_MS);
  });

  it('an earlier update does not take a later one, answered late, for somebody else', async () => {
    const call = simulator.current.addCall();
    const { journal } = simulator.current;
    const first = run(simulator.current, set(call.conversationId, { priority: 'low' }));
    while (!journal.writes()[0]?.applied) await new Promise((resolve) => setTimeout(resolve, 2));
    simulator.current.fault({ on: 'write', kind: 'delayAfter', ms: 1500 });
    const second = run(simulator.current, set(call.conversationId, { priority: 'high' }));
    const told = (await Promise.all([first, second])).map(({ items }) => items[0]?.json);
    expect(told).toMatchObject([
      {
        outcome: 'written',
        changed: { priority: { from: null, to: 'low' } },
        details: { conflicts: 0 },
      },
      {
        outcome: 'written',
        changed: { priority: { from: 'low', to: 'high' } },
        details: { conflicts: 0 },
      },
    ]);
    expect(call.customer.attributes).toEqual({ priority: 'high' });
    expect(journal.writes()).toHaveLength(2);
  });

  it('nothing is written where everything is as wanted', async () => {
    const call = simulator.current.addCall({ attributes: { priority: 'high' } });
    const { items } = await run(simulator.current, set(call.conversationId, { priority: 'high' }));
    expect(items[0]?.json).toMatchObject({
      outcome: 'unchanged',
      details: { writeMethod: 'patch' },
    });
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it('finding out costs one request more, once for the client', async () => {
    const calls = [simulator.current.addCall(), simulator.current.addCall()];
    for (const { conversationId, customer } of calls) {
      await run(
        simulator.current,
        set(
          conversationId,
          { a: '1' },
          {
            participant: byId(customer.id),
            options: { waitUntilVisible: false },
          },
        ),
      );
    }
    const [first, second] = calls.map(({ customer }) => customer.id);
    expect(requests()).toEqual([
      `GET /participants/${first}`,
      'GET ',
      `PATCH /participants/${first}/attributes`,
      'GET ',
      `PATCH /participants/${second}/attributes`,
    ]);
  });

  it('a write that is not waited for is answered as accepted', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(
      simulator.current,
      set(call.conversationId, { a: '1' }, { options: { waitUntilVisible: false } }),
    );
    expect(items[0]?.json).toMatchObject({ outcome: 'accepted', attributes: { a: '1' } });
    expect(detailsOf(items[0]?.json)['waitedMs']).toBe(0);
  });

  it('a write that cannot be seen in time ends as accepted, not yet seen', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      ...set(call.conversationId, { a: '1' }, { retry: { totalTimeout: 500 } }),
      onError: 'continueRegularOutput',
    });
    expect(items[0]?.json).toMatchObject({
      error: expect.stringMatching(
        /accepted, not yet seen.*By the last read, "a" is missing\..*Reads may be behind, or somebody else has written there since: read the participant /s,
      ),
      details: { code: 'deadline' },
    });
  });

  it('an update that comes while reads lag is not taken for unchanged', async () => {
    const call = simulator.current.addCall({ attributes: { a: '1' } });
    const options = { waitUntilVisible: false };
    await run(simulator.current, set(call.conversationId, { a: '2' }, { options }));
    const { items } = await run(
      simulator.current,
      set(call.conversationId, { a: '1' }, { options }),
    );
    expect(items[0]?.json).toMatchObject({
      outcome: 'accepted',
      changed: { a: { from: '2', to: '1' } },
    });
    expect(call.customer.attributes).toEqual({ a: '1' });
  });

  it('a foreign write right after ours stands, whatever the policy says, and ours is told as superseded', async () => {
    const policies = ['overwrite', 'keepTheirs', 'fail'];
    const calls = policies.map(() => simulator.current.addCall({ attributes: { a: 'first' } }));
    const whenWritten = setInterval(() => {
      for (const { customer } of calls) {
        if (customer.attributes['a'] === 'ours') customer.write({ a: 'theirs' });
      }
    }, 1);
    const runs = await Promise.all(
      calls.map(({ conversationId }, index) =>
        run(
          simulator.current,
          set(
            conversationId,
            { a: 'ours', b: 'ours' },
            { options: { conflictPolicy: policies[index] ?? '' } },
          ),
        ),
      ),
    );
    clearInterval(whenWritten);
    for (const { items, run: workflowRun } of runs) {
      expect(items[0]?.json).toMatchObject({
        outcome: 'superseded',
        superseded: { a: { written: 'ours', found: 'theirs' } },
        changed: { b: { from: null, to: 'ours' } },
        attributes: { a: 'theirs', b: 'ours' },
        details: { attempts: 1, conflicts: 0 },
      });
      expect(items[0]?.json['changed']).not.toHaveProperty('a');
      expect(workflowRun.hints('Node')).toEqual([
        { location: 'outputPane', message: expect.stringContaining('what they wrote stands') },
      ]);
    }
    expect(simulator.current.journal.writes()).toHaveLength(policies.length);
  });

  it('a value that Genesys Cloud stores in another form is told as what it stores, and a hint says so', async () => {
    const call = simulator.current.addCall();
    const whenWritten = setInterval(() => {
      if (call.customer.attributes['note'] === 'hello ') call.customer.write({ note: 'hello' });
    }, 1);
    const { items, run: workflowRun } = await run(
      simulator.current,
      set(call.conversationId, { note: 'hello ' }),
    );
    clearInterval(whenWritten);
    expect(items[0]?.json).toMatchObject({
      outcome: 'written',
      changed: { note: { from: null, to: 'hello' } },
      altered: { note: { wanted: 'hello ', stored: 'hello' } },
    });
    expect(items[0]?.json).not.toHaveProperty('superseded');
    expect(workflowRun.hints('Node')).toEqual([
      { location: 'outputPane', message: expect.stringContaining('otherwise than they were sent') },
    ]);
  });

  it('what was accepted but is not there yet is not called unchanged: it is waited for', async () => {
    const call = simulator.current.addCall({ attributes: { a: '1' } });
    const first = await run(simulator.current, {
      ...set(call.conversationId, { a: '2' }, { retry: { totalTimeout: 500 } }),
      onError: 'continueRegularOutput',
    });
    expect(first.items[0]?.json).toMatchObject({ details: { code: 'deadline' } });
    const writtenAt = simulator.current.journal.writes()[0]?.at ?? 0;
    const { items } = await run(simulator.current, set(call.conversationId, { a: '2' }));
    expect(items[0]?.json).toMatchObject({ outcome: 'unchanged', attributes: { a: '2' } });
    expect((simulator.current.journal.reads().at(-1)?.at ?? 0) - writtenAt).toBeGreaterThanOrEqual(
      LAG_MS,
    );
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });

  it('of two updates of one name right after each other the later one wins', async () => {
    const call = simulator.current.addCall({ attributes: { a: 'low' } });
    const earlier = run(simulator.current, set(call.conversationId, { a: 'high' }));
    while (simulator.current.journal.writes()[0]?.status === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const later = await run(simulator.current, set(call.conversationId, { a: 'mid' }));
    expect((await earlier).items[0]?.json).toMatchObject({ outcome: 'written' });
    expect(later.items[0]?.json).toMatchObject({ outcome: 'written', attributes: { a: 'mid' } });
    expect(simulator.current.journal.writes().map(({ body }) => body)).toEqual([
      { attributes: { a: 'high' } },
      { attributes: { a: 'mid' } },
    ]);
    expect(call.customer.attributes).toEqual({ a: 'mid' });
  });

  it('conflicts are retried', async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'write', kind: 'conflict', times: 2 });
    const { items } = await run(simulator.current, set(call.conversationId, { a: '1' }));
    expect(items[0]?.json).toMatchObject({
      outcome: 'written',
      details: { attempts: 3, conflicts: 2 },
    });
  });

  it('an unknown participant is not found, an unknown conversation neither', async () => {
    const call = simulator.current.addCall();
    const nobody = byId('00000000-0000-4000-8000-000000000000');
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: '={{ $json.id }}',
        participant: nobody,
        attributes: rows({ a: '1' }),
      },
      items: [{ id: call.conversationId }, { id: '00000000-0000-4000-8000-000000000001' }],
      onError: 'continueRegularOutput',
    });
    expect(items.map(({ json }) => json['details'])).toMatchObject([
      { code: 'notFound' },
      { code: 'notFound', status: 404 },
    ]);
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it.each([503, 429])('a %i on the first read does not decide for one method', async (status) => {
    const call = simulator.current.addCall();
    simulator.current.fault({ on: 'read', kind: 'reply', status, retryAfter: '0' });
    const participant = byId(call.customer.id);
    const { items } = await run(
      simulator.current,
      set(call.conversationId, { a: '1' }, { participant }),
    );
    expect(items[0]?.json).toMatchObject({ outcome: 'written', details: { writeMethod: 'patch' } });
  });

  it('an attribute is removed by an empty text, and an empty one is removed already', async () => {
    const call = simulator.current.addCall({ attributes: { a: '1', b: '', c: '3' } });
    const { items } = await run(
      simulator.current,
      set(call.conversationId, {}, { options: { attributesToRemove: ['a', 'b', 'missing'] } }),
    );
    expect(items[0]?.json).toMatchObject({
      outcome: 'written',
      changed: { a: { from: '1', to: null } },
    });
    expect(simulator.current.journal.writes().map(({ body }) => body)).toEqual([
      { attributes: { a: '' } },
    ]);
  });

  it('a versioned write says that there is no such participant here', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      ...set(call.conversationId, { a: '1' }, { options: { writeMethod: 'versioned' } }),
      onError: 'continueRegularOutput',
    });
    expect(items[0]?.json).toMatchObject({ details: { code: 'notFound' } });
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it('cancelling while the value cannot be seen yet stops reading, and claims nothing', async () => {
    const call = simulator.current.addCall();
    const execution = start(simulator.current, {
      ...set(call.conversationId, { a: '1' }),
      onError: 'continueRegularOutput',
    });
    while (simulator.current.journal.writes()[0]?.status === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    const before = simulator.current.journal.entries.length;
    execution.cancel();
    const workflowRun = await execution.done;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(simulator.current.journal.entries).toHaveLength(before);
    expect(JSON.stringify(workflowRun.data)).not.toContain('"cancelled"');
  });

  it('the participant is found by purpose, with no request more than by ID', async () => {
    const call = simulator.current.addCall();
    await run(
      simulator.current,
      set(
        call.conversationId,
        { a: '1' },
        {
          participant: byPurpose('agent'),
          options: { waitUntilVisible: false },
        },
      ),
    );
    expect(requests()).toEqual([
      'GET ',
      `GET /participants/${call.agent.id}`,
      `PATCH /participants/${call.agent.id}/attributes`,
    ]);
    expect(call.agent.attributes).toEqual({ a: '1' });
  });
});
