import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call } from '../../simulator';
import { byId, byPurpose, rows, run, simulatorForEachTest, start } from './set-up';

describe.each(['versioned', 'public'] as const)('On the %s API', (flavour) => {
  const simulator = simulatorForEachTest({ flavour, visibilityLagMs: 0 });

  async function update(call: Call, attributes: Record<string, string>, options: IDataObject) {
    const { items } = await run(simulator.current, {
      parameters: { conversationId: call.conversationId, attributes: rows(attributes), options },
      onError: 'continueRegularOutput',
    });
    return items[0]?.json ?? {};
  }

  /** Somebody else sets the same attribute, and another one, between our first read and our write. */
  async function contested(conflictPolicy: string) {
    const call = simulator.current.addCall({ attributes: { a: 'first' } });
    if (flavour === 'versioned') {
      const attributes = { a: 'theirs', b: 'theirs' };
      simulator.current.fault({ on: 'write', kind: 'foreignWrite', attributes });
    } else {
      // Without a version only a refused write leads to a second look.
      simulator.current.fault({ on: 'write', kind: 'conflict' });
      const whenRefused = setInterval(() => {
        if (simulator.current.journal.writes()[0]?.status !== 409) return;
        clearInterval(whenRefused);
        call.customer.write({ a: 'theirs', b: 'theirs' });
      }, 1);
    }
    const json = await update(call, { a: 'ours', c: 'ours' }, { conflictPolicy });
    return { call, json };
  }

  it('Overwrite sets the attribute that somebody else changed, and keeps what else they set', async () => {
    const { call, json } = await contested('overwrite');
    expect(json['outcome']).toBe('written');
    expect(json).not.toHaveProperty('kept');
    expect(call.customer.attributes).toEqual({ a: 'ours', b: 'theirs', c: 'ours' });
  });

  it('Keep Theirs leaves that attribute to them, and says so', async () => {
    const { call, json } = await contested('keepTheirs');
    expect(json).toMatchObject({
      outcome: 'written',
      kept: { a: { wanted: 'ours', found: 'theirs' } },
      changed: { c: { from: null, to: 'ours' } },
    });
    expect(call.customer.attributes).toEqual({ a: 'theirs', b: 'theirs', c: 'ours' });
  });

  it('Fail writes nothing, and says what somebody else set', async () => {
    const { call, json } = await contested('fail');
    expect(json).toMatchObject({
      error: expect.stringMatching(/"a".*"theirs"/),
      details: { code: 'refused' },
    });
    expect(call.customer.attributes).toEqual({ a: 'theirs', b: 'theirs' });
  });

  it('Only If Missing sets each attribute only where it is missing or empty', async () => {
    const call = simulator.current.addCall({ attributes: { there: 'x', empty: '', same: 'y' } });
    const json = await update(
      call,
      { there: 'new', empty: 'new', missing: 'new', same: 'y' },
      { condition: 'onlyIfMissing' },
    );
    expect(json).toMatchObject({
      outcome: 'written',
      kept: { there: { wanted: 'new', found: 'x' } },
    });
    expect(call.customer.attributes).toEqual({
      there: 'x',
      empty: 'new',
      missing: 'new',
      same: 'y',
    });
  });

  it('with every attribute kept, nothing is written', async () => {
    const call = simulator.current.addCall({ attributes: { a: 'x' } });
    const json = await update(call, { a: 'new' }, { condition: 'onlyIfMissing' });
    expect(json).toMatchObject({ outcome: 'unchanged', changed: {} });
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it('Only If Equals writes the whole item or nothing', async () => {
    const call = simulator.current.addCall({ attributes: { status: 'waiting' } });
    const condition = (expectedAttributes: string) => ({
      condition: 'onlyIfEquals',
      expectedAttributes,
    });
    expect(
      await update(call, { a: '1' }, condition('{ "status": "done", "gone": "" }')),
    ).toMatchObject({
      error: expect.stringContaining('"status" is "waiting", not "done"'),
      details: { code: 'refused' },
    });
    expect(simulator.current.journal.writes()).toEqual([]);
    expect(
      await update(call, { a: '1' }, condition('{ "status": "waiting", "gone": "" }')),
    ).toMatchObject({ outcome: 'written' });
  });

  it('Only If Equals does not refuse its own write whose reply was lost', async () => {
    const call = simulator.current.addCall({ attributes: { status: 'waiting' } });
    simulator.current.fault({ on: 'write', kind: 'dropAfter' });
    const json = await update(
      call,
      { status: 'taken' },
      { condition: 'onlyIfEquals', expectedAttributes: '{ "status": "waiting" }' },
    );
    if (flavour === 'versioned') {
      // Somebody else may have set the same.
      expect(json).toMatchObject({
        error: expect.stringContaining(
          'Now "status" is "taken". If that is what it was to be, and nobody else sets the same, this item has written it.',
        ),
        details: { code: 'indeterminate' },
      });
      return;
    }
    expect(json).toMatchObject({
      outcome: 'written',
      changed: { status: { from: 'waiting', to: 'taken' } },
    });
  });

  const superseded = {
    outcome: 'superseded',
    changed: { status: { from: 'waiting', to: 'taken' } },
    superseded: { x: { written: 'ours', found: 'theirs' } },
  };

  it.each<[string, IDataObject, IDataObject, string]>([
    [
      'Only If Equals',
      { condition: 'onlyIfEquals', expectedAttributes: '{ "status": "waiting" }' },
      // With a lost reply it may be a coincidence.
      { details: expect.objectContaining({ code: 'indeterminate' }) },
      'theirs',
    ],
    [
      'Keep Theirs',
      { conflictPolicy: 'keepTheirs' },
      {
        outcome: 'written',
        changed: { status: { from: 'waiting', to: 'taken' } },
        kept: { x: { wanted: 'ours', found: 'theirs' } },
      },
      'theirs',
    ],
    [
      'Fail',
      { conflictPolicy: 'fail' },
      { details: expect.objectContaining({ code: 'indeterminate' }) },
      'theirs',
    ],
    [
      'Overwrite',
      {},
      {
        outcome: 'written',
        changed: { status: { from: 'waiting', to: 'taken' }, x: { from: 'first', to: 'ours' } },
      },
      'ours',
    ],
  ])(
    '%s knows its own write, of which somebody else has overwritten a part',
    async (_, options, expected, leftUnderVersion) => {
      const call = simulator.current.addCall({ attributes: { status: 'waiting', x: 'first' } });
      // The reply is lost on the versioned API, so that the write is found again by reading.
      if (flavour === 'versioned') simulator.current.fault({ on: 'write', kind: 'dropAfter' });
      const whenWritten = setInterval(() => {
        if (call.customer.attributes['x'] !== 'ours') return;
        clearInterval(whenWritten);
        call.customer.write({ x: 'theirs' });
      }, 1);
      const { items } = await run(simulator.current, {
        parameters: {
          conversationId: call.conversationId,
          attributes: rows({ status: 'taken', x: 'ours' }),
          options,
          retry: { strategy: 'fixed', baseDelay: 150 },
        },
        onError: 'continueRegularOutput',
      });
      clearInterval(whenWritten);
      expect(items[0]?.json).toMatchObject(flavour === 'versioned' ? expected : superseded);
      const left = flavour === 'versioned' ? leftUnderVersion : 'theirs';
      expect(call.customer.attributes).toEqual({ status: 'taken', x: left });
    },
  );

  it.each([
    ['rows', ['a', 'b']],
    ['an array that an expression gives', '={{ ["a", "b"] }}'],
    ['text with commas', '={{ "a, b" }}'],
  ])('attributes are removed by %s', async (_, attributesToRemove) => {
    const call = simulator.current.addCall({ attributes: { a: '1', b: '2', c: '3' } });
    const json = await update(call, { d: '4' }, { attributesToRemove });
    expect(json).toMatchObject({
      changed: {
        a: { from: '1', to: null },
        b: { from: '2', to: null },
        d: { from: null, to: '4' },
      },
    });
    const left = Object.entries(call.customer.attributes).filter(([, value]) => value !== '');
    expect(Object.fromEntries(left)).toEqual({ c: '3', d: '4' });
  });
});

describe('Removing on a server that merges', () => {
  const simulator = simulatorForEachTest({ putMerges: true });

  it.each<[string, IDataObject]>([
    ['always', {}],
    [
      'on a condition that its own first half undoes',
      { condition: 'onlyIfEquals', expectedAttributes: '{ "status": "waiting" }' },
    ],
    ['with the policy to fail', { conflictPolicy: 'fail' }],
  ])(
    'goes on after a conflict in the middle, and tells all that it changed: %s',
    async (_, more) => {
      const call = simulator.current.addCall({ attributes: { status: 'waiting', old: '1' } });
      simulator.current.fault({ on: 'write', kind: 'delayAfter', ms: 0 });
      simulator.current.fault({ on: 'write', kind: 'conflict' });
      const { items } = await run(simulator.current, {
        parameters: {
          conversationId: call.conversationId,
          attributes: rows({ status: 'done' }),
          options: { attributesToRemove: ['old'], ...more },
        },
        onError: 'continueRegularOutput',
      });
      expect(items[0]?.json).toMatchObject({
        outcome: 'written',
        details: { conflicts: 1 },
        changed: { status: { from: 'waiting', to: 'done' }, old: { from: '1', to: null } },
      });
      expect(call.customer.attributes).toEqual({ status: 'done', old: '' });
    },
  );

  it('that is cancelled in the middle is not reported as nothing written', async () => {
    const call = simulator.current.addCall({ attributes: { status: 'waiting', old: '1' } });
    simulator.current.fault({ on: 'write', kind: 'delayAfter', ms: 0 });
    simulator.current.fault({ on: 'write', kind: 'conflict' });
    const execution = start(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: rows({ status: 'done' }),
        options: { attributesToRemove: ['old'] },
        retry: { strategy: 'fixed', baseDelay: 20_000, maxDelay: 20_000 },
      },
      onError: 'continueRegularOutput',
    });
    while (simulator.current.journal.writes()[1]?.status !== 409) {
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
    execution.cancel();
    const workflowRun = await execution.done;
    expect(call.customer.attributes['status']).toBe('done');
    expect(JSON.stringify(workflowRun.data)).not.toContain('"cancelled"');
  });

  it('takes an empty text', async () => {
    const call = simulator.current.addCall({ attributes: { a: '1', b: '2' } });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: {},
        options: { attributesToRemove: ['a'] },
      },
    });
    expect(items[0]?.json).toMatchObject({ outcome: 'written', changed: { a: { to: null } } });
    expect(items[0]?.json['attributes']).toEqual({ b: '2' });
    expect(call.customer.attributes).toEqual({ a: '', b: '2' });
  });
});

describe('Removing on a server that replaces', () => {
  const simulator = simulatorForEachTest();

  it('leaves the name out', async () => {
    const call = simulator.current.addCall({ attributes: { a: '1', b: '2' } });
    await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: {},
        options: { attributesToRemove: ['a'] },
      },
    });
    expect(call.customer.attributes).toEqual({ b: '2' });
    expect(simulator.current.journal.writes()).toHaveLength(1);
  });
});

describe('What comes out', () => {
  const simulator = simulatorForEachTest();

  it('with Return at "changed" has no attribute that the step was not about', async () => {
    const call = simulator.current.addCall({ attributes: { iban: 'DE02', lang: 'de' } });
    const { items, run: workflowRun } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: rows({ lang: 'en' }),
        options: { return: 'changed' },
      },
    });
    expect(items[0]?.json).toMatchObject({
      outcome: 'written',
      changed: { lang: { from: 'de', to: 'en' } },
    });
    expect(items[0]?.json).not.toHaveProperty('attributes');
    expect(JSON.stringify(workflowRun.data)).not.toContain('DE02');
    expect(call.customer.attributes).toEqual({ iban: 'DE02', lang: 'en' });
  });

  it('tells of an agent who has left that they are not connected', async () => {
    const call = simulator.current.addCall();
    const left = call.addParticipant({ purpose: 'supervisor', connected: false });
    for (const participant of [byId(left.id), byPurpose('supervisor')]) {
      const { items } = await run(simulator.current, {
        parameters: {
          conversationId: call.conversationId,
          participant,
          attributes: rows({ a: '1' }),
        },
      });
      expect(items[0]?.json).toMatchObject({ purpose: 'supervisor', connected: false });
    }
  });
});
