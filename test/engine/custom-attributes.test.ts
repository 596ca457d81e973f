import { randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call, CustomContent, Fault } from '../../simulator';
import { bodies } from './bodies';
import { MISHAPS } from './mishaps';
import { run, simulatorForEachTest } from './set-up';
import { expectNothingLost } from './thirty-executions';

const simulator = simulatorForEachTest();

const RECORD = randomUUID();
const SCHEMA = randomUUID();
const DIVISIONS = [randomUUID(), randomUUID()];
const CONTENT: CustomContent = {
  values: { caseNumber: '00123', priority: 2, open: true, owner: { name: 'Ada', team: 'a/b' } },
  divisions: DIVISIONS,
  schemaId: SCHEMA,
};

function callWith(content?: CustomContent): Call {
  return simulator.current.addCall(content && { customAttributes: { [RECORD]: content } });
}

const recordOf = (call: Call) => call.customRecords.get(RECORD);

async function runOn(
  { conversationId }: Pick<Call, 'conversationId'>,
  operation: string,
  more: IDataObject = {},
): Promise<IDataObject[]> {
  const { items } = await run(simulator.current, {
    parameters: {
      resource: 'customAttributes',
      operation,
      conversationId,
      recordId: RECORD,
      ...more,
    },
    onError: 'continueRegularOutput',
  });
  return items.map(({ json }) => json);
}

async function set(
  call: Pick<Call, 'conversationId'>,
  values: unknown,
  more: IDataObject = {},
): Promise<IDataObject> {
  const text = typeof values === 'string' ? values : JSON.stringify(values);
  const [json = {}] = await runOn(call, 'set', { values: text, ...more });
  return json;
}

describe('Set on custom attributes', () => {
  it('merges into the record under its version, keeps types and sends the divisions back', async () => {
    const call = callWith(CONTENT);
    expect(await set(call, { priority: 1, owner: { team: null, 'x~y/z': [1] } })).toEqual({
      outcome: 'written',
      changed: {
        '/priority': { from: 2, to: 1 },
        '/owner/team': { from: 'a/b', to: null },
        '/owner/x~0y~1z': { from: null, to: [1] },
      },
      attributes: {
        caseNumber: '00123',
        priority: 1,
        open: true,
        owner: { name: 'Ada', 'x~y/z': [1] },
      },
      conversationId: call.conversationId,
      recordId: RECORD,
      details: {
        writeMethod: 'versioned',
        version: 2,
        attempts: 1,
        conflicts: 0,
        batchSize: 1,
        waitedMs: expect.any(Number),
        elapsedMs: expect.any(Number),
      },
    });
    expect(bodies(simulator.current)).toEqual([
      {
        id: RECORD,
        customAttributes: {
          caseNumber: '00123',
          priority: 1,
          open: true,
          owner: { name: 'Ada', 'x~y/z': [1] },
        },
        divisions: DIVISIONS,
        version: 1,
      },
    ]);
    expect(recordOf(call)?.content?.divisions).toEqual(DIVISIONS);
  });

  it('makes a record that is not there with its schema and without a version', async () => {
    const call = callWith();
    expect(await set(call, { caseNumber: '1' }, { schemaId: ` ${SCHEMA} ` })).toMatchObject({
      outcome: 'written',
      changed: { '/caseNumber': { from: null, to: '1' } },
      attributes: { caseNumber: '1' },
      details: { version: 1 },
    });
    expect(bodies(simulator.current)).toEqual([
      { id: RECORD, customAttributes: { caseNumber: '1' }, schemaId: SCHEMA },
    ]);
  });

  it('makes none without a schema', async () => {
    const call = callWith();
    expect(await set(call, { caseNumber: '1' })).toMatchObject({
      error: expect.stringMatching(
        /^The custom attributes were not written: there is no such conversation or record\..*not\.found.*Schema ID/,
      ),
      details: { code: 'notFound', status: 404 },
    });
    expect(bodies(simulator.current)).toEqual([]);
  });

  it('leaves the schema of a record that is there to Genesys Cloud', async () => {
    const call = callWith(CONTENT);
    await set(call, { priority: 1 }, { schemaId: SCHEMA });
    expect(bodies(simulator.current)[0]).not.toHaveProperty('schemaId');
    expect(await set(call, { priority: 3 }, { schemaId: randomUUID() })).toMatchObject({
      error: expect.stringMatching(
        /SchemaId cannot be updated \(conversation\.custom\.attributes\.cannot\.update\.schema\.id\)/,
      ),
      details: { code: 'invalid', status: 400 },
    });
    expect(recordOf(call)?.content).toMatchObject({ values: { priority: 1 }, schemaId: SCHEMA });
  });

  it('says in the words of Genesys Cloud that there is no such schema', async () => {
    const call = callWith();
    const code = 'conversation.custom.attributes.schema.not.found';
    simulator.current.fault({
      on: 'write',
      kind: 'reply',
      status: 404,
      code,
      message: 'Schema not found.',
    });
    expect(await set(call, { caseNumber: '1' }, { schemaId: SCHEMA })).toMatchObject({
      error: expect.stringMatching(/no such conversation or schema\. .*Schema not found \(/),
      details: { code: 'notFound', status: 404 },
    });
  });

  it('writes nothing where all is as wanted', async () => {
    const call = callWith(CONTENT);
    expect(await set(call, { owner: { name: 'Ada' }, nothing: null })).toMatchObject({
      outcome: 'unchanged',
      changed: {},
      details: { version: 1 },
    });
    expect(bodies(simulator.current)).toEqual([]);
  });

  it('gives only what has changed where it is told so', async () => {
    const options = { return: 'changed' };
    expect(await set(callWith(CONTENT), { priority: 1 }, { options })).not.toHaveProperty(
      'attributes',
    );
  });

  it('leaves to somebody else what they have set meanwhile, if it is told so', async () => {
    const call = callWith(CONTENT);
    simulator.current.fault({ on: 'write', kind: 'foreignWrite', attributes: { priority: 9 } });
    const options = { conflictPolicy: 'keepTheirs' };
    expect(await set(call, { priority: 1, open: false }, { options })).toMatchObject({
      outcome: 'written',
      changed: { '/open': { from: true, to: false } },
      kept: { '/priority': { wanted: 1, found: 9 } },
    });
    expect(recordOf(call)?.content?.values).toMatchObject({ priority: 9, open: false });
  });

  it('refuses where the condition is not met', async () => {
    const options = { onlyIfEquals: '{ "priority": "2" }' };
    expect(await set(callWith(CONTENT), { priority: 1 }, { options })).toMatchObject({
      error: 'The condition is not met: "/priority" is 2, not "2".',
      details: { code: 'refused' },
    });
  });

  it.each<[string, IDataObject, RegExp]>([
    ['a record that is no UUID', { recordId: 'case-1' }, /"Record ID" of item 0: "case-1" is not/],
    ['a schema that is no UUID', { schemaId: 'case' }, /"Schema ID" of item 0: "case" is not/],
    [
      'a schema that an expression left out',
      { schemaId: '={{ $json.no }}' },
      /"Schema ID" of item 0/,
    ],
    [
      'values that are a list',
      { values: '[1]' },
      /"Values" of item 0: \[1\] is not one JSON object/,
    ],
    [
      'values that are no JSON',
      { values: '{ "a": x }' },
      /"Values" of item 0: It is not valid JSON/,
    ],
    ['no values', { values: '{}' }, /"Values" of item 0: There is nothing to set/],
    [
      'a value that is missing',
      { values: '={{ { a: $json.no } }}' },
      /"Values" of item 0: .*a.* has no value/,
    ],
  ])('refuses %s before any request', async (_, more, complaint) => {
    const [json] = await runOn(callWith(CONTENT), 'set', { values: '{ "a": 1 }', ...more });
    expect(json).toMatchObject({
      error: expect.stringMatching(complaint),
      details: { code: 'invalid', attempts: 0 },
    });
    expect(simulator.current.journal.entries).toEqual([]);
  });

  it.each<[string, Fault[], number]>([
    ...MISHAPS,
    [
      'an error with 200',
      [{ on: 'write', kind: 'falseAcceptance', body: 'error', status: 200 }],
      0,
    ],
  ])('gets through %s', async (_, faults, conflicts) => {
    for (const content of [CONTENT, undefined]) {
      const call = callWith(content);
      for (const fault of faults) simulator.current.fault(fault);
      const json = await set(call, { priority: 1 }, { schemaId: SCHEMA });
      expect(json).toMatchObject({ outcome: 'written' });
      if (content) expect(json).toMatchObject({ details: { conflicts } });
      const values = recordOf(call)?.content?.values;
      expect(values).toMatchObject({ ...content?.values, priority: 1 });
      const isOfOthers = faults.some(({ kind }) => kind === 'foreignWrite');
      if (content && isOfOthers) expect(values).toMatchObject({ other: 'x' });
      expect(recordOf(call)?.commits.filter(({ by }) => by === 'api')).toHaveLength(1);
    }
  });
});

describe('Thirty executions at once, beside a stranger', () => {
  it.each([
    ['on a record that is there', CONTENT],
    ['on one that is still to be made', undefined],
  ])('lose nothing of anybody %s', async (_, content) => {
    const call = callWith(content);
    await expectNothingLost(simulator.current, {
      set: async (name) => await set(call, { [name]: 1 }, { schemaId: SCHEMA }),
      setByOthers: (name) => {
        recordOf(call)?.write({ [name]: true });
        return recordOf(call) !== undefined;
      },
      values: () => recordOf(call)?.content?.values ?? {},
      commits: () => recordOf(call)?.commits ?? [],
    });
    expect(recordOf(call)?.content?.divisions).toEqual(content?.divisions ?? []);
  });
});

describe.each(['replaces', 'conflicts'] as const)(
  'Two processes that make one record at once, where a write without a version %s',
  (withoutVersion) => {
    it('lose nothing', async () => {
      simulator.current.changeSettings({ withoutVersion });
      simulator.current.latencyMs = 40;
      const call = callWith();
      simulator.current.fault({ on: 'write', kind: 'delayBefore', ms: 150 });
      const { clientId, clientSecret, url } = simulator.current;
      const another = { clientId, clientSecret, url: url.replace('127.0.0.1', 'localhost') };
      const theirs = run(another, {
        parameters: {
          resource: 'customAttributes',
          operation: 'set',
          conversationId: call.conversationId,
          recordId: RECORD,
          schemaId: SCHEMA,
          values: '{ "other": 2 }',
        },
      });
      const ours = await set(call, { one: 1 }, { schemaId: SCHEMA });
      const { items } = await theirs;
      expect([ours, items[0]?.json]).toMatchObject([
        { outcome: 'written' },
        { outcome: 'written' },
      ]);
      expect(recordOf(call)?.content?.values).toEqual({ one: 1, other: 2 });
    });
  },
);

describe('Get on custom attributes', () => {
  it('gives the values with their types, and the version', async () => {
    const call = callWith(CONTENT);
    expect(await runOn(call, 'get')).toEqual([
      {
        conversationId: call.conversationId,
        recordId: RECORD,
        schemaId: SCHEMA,
        divisions: DIVISIONS,
        attributes: CONTENT.values,
        timestamps: expect.objectContaining({ caseNumber: expect.any(String) }),
        dateCreated: expect.any(String),
        dateModified: expect.any(String),
        version: 1,
      },
    ]);
  });

  it('gives the record as it is where it is told so', async () => {
    const call = callWith(CONTENT);
    expect(await runOn(call, 'get', { options: { simplify: false } })).toMatchObject([
      { recordId: RECORD, id: RECORD, customAttributes: CONTENT.values, schema: { id: SCHEMA } },
    ]);
  });

  it('does not find what is not there', async () => {
    expect(await runOn(callWith(), 'get')).toMatchObject([
      {
        error: expect.stringMatching(
          /no such conversation or record\. .*Custom Attributes not found/,
        ),
        details: { code: 'notFound' },
      },
    ]);
  });
});

describe('Get Many on custom attributes', () => {
  it('gives an item for each record, up to the limit', async () => {
    const other = randomUUID();
    const call = simulator.current.addCall({
      customAttributes: { [RECORD]: CONTENT, [other]: { ...CONTENT, values: { a: 1 } } },
    });
    expect(await runOn(call, 'getAll')).toMatchObject([
      {
        conversationId: call.conversationId,
        recordId: RECORD,
        attributes: CONTENT.values,
        version: 1,
      },
      { conversationId: call.conversationId, recordId: other, attributes: { a: 1 }, version: 1 },
    ]);
    expect(await runOn(call, 'getAll', { limit: 1 })).toHaveLength(1);
    expect(await runOn(callWith(), 'getAll', { returnAll: true })).toEqual([]);
  });

  it('says that there is no such conversation', async () => {
    expect(await runOn({ conversationId: randomUUID() }, 'getAll')).toMatchObject([
      {
        error: expect.stringContaining('there is no such conversation.'),
        details: { code: 'notFound' },
      },
    ]);
  });
});
