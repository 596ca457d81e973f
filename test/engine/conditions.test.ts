import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { complaints } from '../world/refused';
import { rows, run, simulatorForEachTest } from './set-up';

describe.each(['versioned', 'public'] as const)('On the %s API', (flavour) => {
  const simulator = simulatorForEachTest({ flavour });

  async function update(
    before: Record<string, string>,
    options: IDataObject,
    attributes: Record<string, string> = { owner: 'me' },
  ) {
    const call = simulator.current.addCall({ attributes: before });
    const { items, run: workflowRun } = await run(simulator.current, {
      parameters: { conversationId: call.conversationId, attributes: rows(attributes), options },
      onError: 'continueRegularOutput',
    });
    return { json: items[0]?.json ?? {}, after: call.customer.attributes, workflowRun };
  }

  const onlyIf = (expectedAttributes: unknown, ifNotMet?: string): IDataObject => ({
    condition: 'onlyIfEquals',
    expectedAttributes: expectedAttributes as IDataObject,
    ...(ifNotMet && { ifNotMet }),
  });

  it.each([
    ['rows', rows({ status: 'waiting', gone: '' })],
    ['JSON', '{ "status": "waiting", "gone": "" }'],
  ])('what is expected may be given as %s', async (_, expected) => {
    expect((await update({ status: 'waiting' }, onlyIf(expected))).after).toMatchObject({
      owner: 'me',
    });
    expect((await update({ status: 'done' }, onlyIf(expected))).json).toMatchObject({
      details: { code: 'refused' },
      error: expect.stringContaining('"status" is "done", not "waiting"'),
    });
  });

  it('If Not Met: Skip leaves everything alone, and shows what was found', async () => {
    const before = { status: 'done', owner: 'she', same: 'x' };
    const { json, after } = await update(
      before,
      onlyIf(rows({ status: 'waiting', same: 'x' }), 'skip'),
      { owner: 'me', same: 'x' },
    );
    expect(json).toMatchObject({ outcome: 'unchanged', changed: {} });
    expect(json['kept']).toEqual({
      status: { wanted: 'waiting', found: 'done' },
      owner: { wanted: 'me', found: 'she' },
    });
    expect(after).toEqual(before);
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it('If Not Met: Skip writes where the condition is met', async () => {
    const { json } = await update(
      { status: 'waiting' },
      onlyIf(rows({ status: 'waiting' }), 'skip'),
    );
    expect(json).toMatchObject({ outcome: 'written' });
  });
});

describe('On a conflict', () => {
  const simulator = simulatorForEachTest();

  it('If Not Met: Skip goes by what is there then', async () => {
    const call = simulator.current.addCall({ attributes: { owner: '' } });
    simulator.current.fault({ on: 'write', kind: 'foreignWrite', attributes: { owner: 'she' } });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: rows({ owner: 'me' }),
        options: {
          condition: 'onlyIfEquals',
          expectedAttributes: '{ "owner": "" }',
          ifNotMet: 'skip',
        },
      },
    });
    expect(items[0]?.json).toMatchObject({
      outcome: 'unchanged',
      kept: { owner: { wanted: 'me', found: 'she' } },
    });
    expect(call.customer.attributes).toEqual({ owner: 'she' });
  });
});

describe('What a hand-written workflow expects', () => {
  const simulator = simulatorForEachTest();

  it.each<[string, IDataObject]>([
    ['without a condition', {}],
    ['with another one', { condition: 'onlyIfMissing' }],
    ['with Always', { condition: 'always' }],
    ['with another one by expression', { condition: '={{ "always" }}' }],
  ])('is refused %s', async (_, condition) => {
    for (const expectedAttributes of ['{ "status": "waiting" }', rows({ status: 'waiting' })]) {
      const [said] = await complaints(simulator.current, {
        attributes: rows({ a: '1' }),
        options: { ...condition, expectedAttributes },
      });
      expect(said).toMatch(/"Expected Attributes" of item 0: .*"Only If Equals"/);
    }
  });

  it.each(['{}', '', {}, rows({})])('means nothing where it is blank: %j', async (blank) => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: rows({ a: '1' }),
        options: { expectedAttributes: blank },
      },
    });
    expect(items[0]?.json).toMatchObject({ outcome: 'written' });
  });
});
