import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { byId, byPurpose, detailsOf, rows, run, simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest();

const id = '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b';
const good: IDataObject = { conversationId: id, attributes: rows({ priority: 'high' }) };
const json = (attributesJson: unknown): IDataObject => ({
  attributes: {},
  inputMode: 'json',
  attributesJson: attributesJson as string,
});

describe('Bad input', () => {
  it.each<[string, IDataObject, RegExp]>([
    ['a conversation that is no UUID', { conversationId: 'abc' }, /"Conversation ID".*"abc"/],
    [
      'a path in place of an ID',
      { conversationId: '../users/me' },
      /"Conversation ID".*"\.\.\/users\/me"/,
    ],
    [
      'a conversation that an expression left out',
      { conversationId: '={{ $json.missing }}' },
      /"Conversation ID".*(undefined|null|empty)/,
    ],
    ['a participant that is no UUID', { participant: byId('p1') }, /"Participant".*"p1"/],
    ['an empty purpose', { participant: byPurpose('={{ "  " }}') }, /"Participant"/],
    ['nothing to set', { attributes: {} }, /"Attributes to Set".*nothing to set/],
    [
      'a value that an expression left out',
      { attributes: rows({ priority: '={{ $json.missing }}' }) },
      /"Attributes to Set".*"priority" has no value.*\$json.*Skip or Empty.*"Missing Values"/s,
    ],
    [
      'null for a value',
      { attributes: rows({ priority: '={{ null }}' }) },
      /"priority" has no value \(null\)/,
    ],
    [
      'an object for a value',
      { attributes: rows({ priority: '={{ { a: 1 } }}' }) },
      /"priority" is \{"a":1\}/,
    ],
    [
      'a list for a value',
      { attributes: rows({ priority: '={{ [1, 2] }}' }) },
      /"priority" is \[1,2\]/,
    ],
    [
      'a number that is none',
      { attributes: rows({ priority: '={{ 0 / 0 }}' }) },
      /"priority" is NaN, which is no value/,
    ],
    ['an attribute without a name', { attributes: rows({ ' ': 'x' }) }, /has no name/],
    [
      'the same attribute twice',
      {
        attributes: {
          assignments: [
            { id: '1', name: 'a', value: '1', type: 'string' },
            { id: '2', name: 'a', value: '2', type: 'string' },
          ],
        },
      },
      /"a" is there twice/,
    ],
    [
      'a number that has lost digits',
      json('{ "account": 12345678901234567890 }'),
      /"account" is a number with so many digits.*in quotes/,
    ],
    ['JSON that is none', json('{ "a": '), /"Attributes to Set \(JSON\)".*not valid JSON/],
    ['a JSON list', json('["a"]'), /not one flat JSON object/],
    ['a JSON null', json('null'), /not one flat JSON object/],
    ['nested JSON', json('{ "a": { "b": 1 } }'), /"a" is \{"b":1\}/],
    ['JSON with a null', json('{ "a": null }'), /"a" has no value \(null\)/],
    ['an empty JSON object', json('{}'), /nothing to set/],
    ['JSON with a name that is empty', json('{ "": "x" }'), /has no name/],
    ['no attempts', { retry: { maxAttempts: 0 } }, /"Max Attempts".*0 is not.*1 to 1000/],
    ['half an attempt', { retry: { maxAttempts: 1.5 } }, /"Max Attempts".*1\.5/],
    ['too many attempts', { retry: { maxAttempts: '={{ 1001 }}' } }, /"Max Attempts"/],
    ['a negative delay', { retry: { baseDelay: -1 } }, /"Base Delay \(ms\)"/],
    ['a delay beyond an hour', { retry: { maxDelay: 3_600_001 } }, /"Max Delay \(ms\)"/],
    ['a negative patience', { retry: { patience: -1 } }, /"Patience for What Is New \(ms\)".*-1/],
    ['a total timeout of nothing', { retry: { totalTimeout: 0 } }, /"Total Timeout \(ms\)"/],
    [
      'a request timeout that is no number',
      { retry: { requestTimeout: '={{ "soon" }}' } },
      /"Request Timeout \(ms\)".*"soon"/,
    ],
    ['an unknown strategy', { retry: { strategy: '={{ "linear" }}' } }, /"Strategy".*"linear"/],
    [
      'an external contact with a line break in it',
      { options: { externalContactId: '="c\n1"' } },
      /"External Contact ID".*not an ID/s,
    ],
    [
      'an external contact that is no text',
      { options: { externalContactId: '={{ { id: 7 } }}' } },
      /"External Contact ID".*not an ID/,
    ],
    [
      'an external contact that an expression left out',
      { options: { externalContactId: '={{ $json.missing }}' } },
      /"External Contact ID".*There is no value \(undefined\)\. If it comes from an expression/,
    ],
    [
      'an unknown write method',
      { options: { writeMethod: '={{ "post" }}' } },
      /"Write Method".*"post"/,
    ],
    ['an unknown way to give attributes', { inputMode: 'xml' }, /"Attributes As".*"xml"/],
    [
      'an expression that names a node that is not there',
      { conversationId: '={{ $("Nope").item.json.id }}' },
      /"Conversation ID".*node doesn't exist/,
    ],
    [
      'an expression that is no expression',
      { attributesJson: '={{ $json.list.map( }}', inputMode: 'json' },
      /"Attributes to Set \(JSON\)"/,
    ],
    [
      'an attribute to set and to remove',
      { options: { attributesToRemove: 'priority' } },
      /"Attributes to Remove".*"priority" is to be set as well/,
    ],
    [
      'a name to remove that an expression left out',
      { options: { attributesToRemove: ['a', '={{ $json.missing }}'] } },
      /"Attributes to Remove".*has no name/,
    ],
    [
      'nothing but blank names to remove',
      { attributes: {}, options: { attributesToRemove: ['', ' '] } },
      /"Attributes to Set".*nothing to set and nothing to remove/,
    ],
    [
      'nothing but a blank external contact',
      { attributes: {}, options: { externalContactId: ' ' } },
      /"Attributes to Set".*nothing to set and nothing to remove/,
    ],
    [
      'a name to remove that is a number',
      { options: { attributesToRemove: [7] } },
      /"Attributes to Remove".*7 is no name/,
    ],
    [
      'an unknown policy',
      { options: { conflictPolicy: '={{ "ask" }}' } },
      /"Conflict Policy".*"ask"/,
    ],
    ['an unknown condition', { options: { condition: '={{ "never" }}' } }, /"Condition".*"never"/],
    [
      'a condition whose JSON is none',
      { options: { condition: 'onlyIfEquals', expectedAttributes: '{' } },
      /"Expected Attributes".*not valid JSON/,
    ],
    ['no concurrency', { options: { concurrency: 0 } }, /"Concurrency".*0 is not/],
  ])('is refused before any request: %s', async (_, parameters, message) => {
    const { items } = await run(simulator.current, {
      parameters: { ...good, ...parameters },
      onError: 'continueRegularOutput',
    });
    expect(items).toHaveLength(1);
    expect(items[0]?.json).toEqual({
      outcome: 'failed',
      error: expect.stringMatching(message),
      conversationId: 'conversationId' in parameters ? null : id,
      participantId: null,
      details: {
        code: 'invalid',
        status: null,
        attempts: 0,
        conflicts: 0,
        contextId: null,
        retryAfterMs: null,
        method: null,
        path: null,
        correlationId: null,
      },
    });
    expect(items[0]?.json['error']).toContain('of item 0');
    expect(simulator.current.journal.entries).toEqual([]);
  });

  it.each<[string, IDataObject, RegExp]>([
    ['http elsewhere', { apiUrl: 'http://api.example.com' }, /"API URL".*https/],
    ['a look-alike of this machine', { apiUrl: 'http://localhost.example.com' }, /"API URL"/],
    ['no address', { loginUrl: 'login' }, /"Login URL".*not an address/],
    ['a password in the address', { apiUrl: 'https://a:b@api.example.com' }, /"API URL".*password/],
    ['an unknown region', { region: 'example.com' }, /"Region".*"example.com"/],
    ['no client ID', { clientId: ' ' }, /"Client ID".*missing/],
    ['no client secret', { clientSecret: '' }, /"Client Secret".*missing/],
  ])('in the credential is refused before any request: %s', async (_, credential, message) => {
    const { items } = await run(simulator.current, {
      parameters: good,
      credential,
      onError: 'continueRegularOutput',
      items: [{}, {}],
    });
    expect(items.map(({ json: { error, details } }) => ({ error, details }))).toEqual([
      {
        error: expect.stringMatching(message),
        details: expect.objectContaining({ code: 'invalid' }),
      },
      {
        error: expect.stringMatching(message),
        details: expect.objectContaining({ code: 'invalid' }),
      },
    ]);
    expect(simulator.current.journal.entries).toEqual([]);
  });

  it('stops the workflow before any request of any item, where it is not told to go on', async () => {
    const call = simulator.current.addCall();
    const { run: workflowRun } = await run(simulator.current, {
      parameters: { ...good, conversationId: '={{ $json.id }}' },
      items: [{ id: call.conversationId }, { id: 'abc' }],
    });
    expect(workflowRun.error?.message).toMatch(/"Conversation ID" of item 1: "abc"/);
    expect(simulator.current.journal.entries).toEqual([]);
  });

  it('among good items leaves the good ones written, in order and paired', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        inputMode: 'json',
        attributesJson: '={{ $json.set }}',
      },
      items: [{ set: { a: '1' } }, { set: 'no' }, { set: { c: '3' } }],
      onError: 'continueRegularOutput',
    });
    expect(items.map(({ json: item, pairedItem }) => [item['outcome'], pairedItem])).toEqual([
      ['written', { item: 0 }],
      ['failed', { item: 1 }],
      ['written', { item: 2 }],
    ]);
    expect(call.customer.attributes).toEqual({ a: '1', c: '3' });
  });
});

describe('A workflow that cannot be right', () => {
  it.each<[string, IDataObject]>([
    ['an unknown operation', { operation: 'deleteEverything' }],
    ['an unknown resource', { resource: 'weather' }],
  ])('sends no item to the success branch: %s', async (_, parameters) => {
    const { items, errors } = await run(simulator.current, {
      parameters: { ...good, ...parameters },
      items: [{ n: 1 }, { n: 2 }],
      onError: 'continueErrorOutput',
    });
    expect(items).toEqual([]);
    expect(errors.map(({ json: item }) => item['details'])).toMatchObject([
      { code: 'invalid' },
      { code: 'invalid' },
    ]);
  });

  it('sends a bad expression to the error branch, and the good items on', async () => {
    const call = simulator.current.addCall();
    const { items, errors } = await run(simulator.current, {
      parameters: { ...good, conversationId: '={{ $json.id.trim() }}' },
      items: [{ id: call.conversationId }, { id: null }],
      onError: 'continueErrorOutput',
    });
    expect(items.map(({ json: item }) => item['outcome'])).toEqual(['written']);
    expect(errors).toHaveLength(1);
  });
});

describe('What is left blank', () => {
  it.each<[string, IDataObject]>([
    ['a row of names to remove', { attributesToRemove: [''] }],
    ['a row of names to remove, with a blank', { attributesToRemove: [' '] }],
    ['a text of names to remove', { attributesToRemove: '' }],
    ['a text of names to remove, but for a comma', { attributesToRemove: ' , ' }],
    ['a list of names to remove from an expression', { attributesToRemove: '={{ [] }}' }],
    ['an external contact', { externalContactId: '' }],
    ['an external contact, but for a blank', { externalContactId: '={{ "  " }}' }],
    ['what is expected', { condition: 'onlyIfEquals' }],
    ['what is expected, as {}', { condition: 'onlyIfEquals', expectedAttributes: '{}' }],
    ['what is expected, as nothing', { condition: 'onlyIfEquals', expectedAttributes: ' ' }],
  ])('means nothing: %s', async (_, options) => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    const { items } = await run(simulator.current, {
      parameters: { conversationId: call.conversationId, attributes: rows({ a: '1' }), options },
    });
    expect(items[0]?.json).toMatchObject({ changed: { a: { from: null, to: '1' } } });
    expect(items[0]?.json).not.toHaveProperty('externalContactId');
    expect(call.customer.attributes).toEqual({ a: '1', lang: 'de' });
  });

  it('means nothing to Patch either: an external contact', async () => {
    const { items } = await run(simulator.current, {
      parameters: { ...good, options: { writeMethod: 'patch', externalContactId: '' } },
      onError: 'continueRegularOutput',
    });
    // There is no such call: the parameters were fine.
    expect(detailsOf(items[0]?.json)['code']).toBe('notFound');
  });

  it('among names to remove does not keep the others from being removed', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de', old: '1', older: '2' } });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: {},
        options: { attributesToRemove: ['old', '', 'older'] },
      },
    });
    expect(items[0]?.json['attributes']).toEqual({ lang: 'de' });
  });
});

describe('Odd but valid input', () => {
  it('is carried through untouched', async () => {
    const call = simulator.current.addCall({ attributes: { keep: 'ü' } });
    const attributes = Object.fromEntries([
      ['constructor', 'x'],
      ['__proto__', 'polluted'],
      ['toString', '1'],
      ['a.b[0]', 'dots'],
      ['spaced  within', ' kept '],
      ['emoji 🎧', '📞'],
      ['long', 'x'.repeat(100_000)],
      ['empty', ''],
    ]);
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        ...json(JSON.stringify(attributes)),
      },
    });
    expect(items[0]?.json['outcome']).toBe('written');
    expect(JSON.parse(JSON.stringify(call.customer.attributes))).toEqual(
      JSON.parse(
        JSON.stringify(Object.fromEntries([...Object.entries(attributes), ['keep', 'ü']])),
      ),
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(Object.prototype).not.toHaveProperty('x');
  });

  it('includes an upper-case purpose and an upper-case ID', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byPurpose(' Customer '),
        attributes: rows({ a: '1' }),
      },
    });
    expect(items[0]?.json['outcome']).toBe('written');
  });
});
