import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { byId, byPurpose, rows, run, simulatorForEachTest } from '../engine/set-up';
import { attributesAfter, complaints } from './refused';

const simulator = simulatorForEachTest();

const fields = (attributes: Record<string, unknown>): IDataObject => ({
  attributes: rows(attributes),
});
const json = (attributesJson: string): IDataObject => ({ inputMode: 'json', attributesJson });
const options = (collection: IDataObject): IDataObject => ({
  ...fields({ a: '1' }),
  options: collection,
});

describe('A value that is missing inside a template', () => {
  it.each<[string, IDataObject, RegExp]>([
    [
      'after a text',
      fields({ callback: '=tel:{{ $json.phone }}' }),
      /"Attributes to Set" of item 0: Attribute "callback": \{\{ \$json\.phone \}\} gives nothing \(undefined\)/,
    ],
    ['before a blank', fields({ a: '={{ $json.nope }} ' }), /"a": \{\{ \$json\.nope \}\} gives/],
    ['after a blank', fields({ a: '= {{ $json.nope }}' }), /"a": \{\{ \$json\.nope \}\} gives/],
    ['before a line break', fields({ a: '={{ $json.nope }}\n' }), /"a": \{\{ \$json\.nope \}\}/],
    [
      'as null',
      fields({ a: '=x{{ $json.nothing }}' }),
      /\{\{ \$json\.nothing \}\} gives.*\(null\)/,
    ],
    [
      'after one that is there',
      fields({ a: '={{ $json.there }}{{ $json.nope }}' }),
      /"a": \{\{ \$json\.nope \}\} gives/,
    ],
    [
      'below what is missing itself',
      fields({ a: '=x{{ $json.nope.deep }}' }),
      /\$json\.nope\.deep/,
    ],
    ['within braces that do not end', fields({ a: '=x{{ $json.nope' }), /\{\{ \$json\.nope gives/],
    [
      'after two backslashes, which n8n takes for one',
      fields({ a: '=C:\\\\{{ $json.nope }}' }),
      /"a": \{\{ \$json\.nope \}\} gives/,
    ],
    [
      'in the name of an attribute',
      fields({ '=note_{{ $json.nope }}': 'x' }),
      /"Attributes to Set" of item 0: .*\{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in the text of a JSON value',
      json('={ "lang": "de", "priority": "{{ $json.nope }}" }'),
      /"Attributes to Set \(JSON\)" of item 0: Attribute "priority": \{\{ \$json\.nope \}\} gives/,
    ],
    [
      'behind an escaped quote in JSON',
      json('={ "a": "say \\"{{ $json.nope }}\\"" }'),
      /Attribute "a": \{\{ \$json\.nope \}\}/,
    ],
    [
      'in the place of a JSON value',
      json('={ "a": {{ $json.nope }} }'),
      /Attribute "a": \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in the name of a JSON value',
      json('={ "a": "1", "b{{ $json.nope }}": "2" }'),
      /"Attributes to Set \(JSON\)" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in what is expected',
      options({
        condition: 'onlyIfEquals',
        expectedAttributes: '={ "status": "{{ $json.nope }}" }',
      }),
      /"Expected Attributes" of item 0: Attribute "status": \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in a row of what to remove',
      options({ attributesToRemove: ['b', '=note_{{ $json.nope }}'] }),
      /"Attributes to Remove" of item 0: .*\{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in a text of what to remove',
      options({ attributesToRemove: '=b,{{ $json.nope }}' }),
      /"Attributes to Remove" of item 0: .*\{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in the conversation ID',
      { ...fields({ a: '1' }), conversationId: '={{ $json.nope }} ' },
      /"Conversation ID" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in the participant ID',
      { ...fields({ a: '1' }), participant: byId('={{ $json.nope }} ') },
      /"Participant" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in the purpose',
      { ...fields({ a: '1' }), participant: byPurpose('=customer{{ $json.nope }}') },
      /"Participant" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in the external contact',
      options({ externalContactId: '={{ $json.nope }} ' }),
      /"External Contact ID" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in a choice',
      options({ conflictPolicy: '=fail{{ $json.nope }}' }),
      /"Conflict Policy" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in a number',
      { ...fields({ a: '1' }), retry: { maxAttempts: '=1{{ $json.nope }}' } },
      /"Max Attempts" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in a setting of the whole run',
      options({ concurrency: '=1{{ $json.nope }}' }),
      /"Concurrency" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'in a strategy',
      { ...fields({ a: '1' }), retry: { strategy: '=fixed{{ $json.nope }}' } },
      /"Strategy" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
  ])('is refused before any request, with its braces named: %s', async (_, parameters, message) => {
    const [said] = await complaints(simulator.current, parameters, [{ there: 'x', nothing: null }]);
    expect(said).toMatch(message);
  });

  it.each<[string, string, RegExp]>([
    ['NaN', '=x{{ 0 / 0 }}', /\{\{ 0 \/ 0 \}\} gives NaN, which is no value/],
    ['an infinite number', '=x{{ 1 / 0 }}', /gives Infinity, which is no value/],
    ['an invalid date', '=on {{ new Date("x") }}', /gives an invalid Date, which is no value/],
    [
      'an invalid DateTime',
      '=on {{ DateTime.fromISO("x") }}',
      /gives an invalid DateTime, which is no value/,
    ],
    ['an object', '=x{{ { a: 1 } }}', /gives \{"a":1\}, which is no text/],
    [
      'a number that has lost digits',
      '=x{{ 12345678901234567890 }}',
      /gives a number with so many digits that some are lost/,
    ],
  ])('is refused as well where it is %s', async (_, value, message) => {
    const [said] = await complaints(simulator.current, fields({ a: value }));
    expect(said).toMatch(message);
  });

  it('is refused for the items that lack it, and for no others', async () => {
    const call = simulator.current.addCall();
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        attributes: rows({ '=phone_{{ $json.n }}': '=tel:{{ $json.phone }}' }),
      },
      items: [{ n: 1, phone: '1' }, { n: 2 }, { n: 3, phone: '3' }, { n: 4, phone: null }],
      onError: 'continueRegularOutput',
    });
    expect(items.map(({ json: item }) => item['error'] ?? item['outcome'])).toEqual([
      'written',
      expect.stringMatching(/of item 1: Attribute "phone_2": \{\{ \$json\.phone \}\}/),
      'written',
      expect.stringMatching(/of item 3: Attribute "phone_4": .*\(null\)/),
    ]);
    expect(call.customer.attributes).toEqual({ phone_1: 'tel:1', phone_3: 'tel:3' });
  });

  it('is of no account in a parameter that does not count', async () => {
    const after = await attributesAfter(simulator.current, {
      ...fields({ a: '1' }),
      attributesJson: '={ "a": "{{ $json.nope }}" }',
    });
    expect(after).toEqual({ a: '1' });
  });
});

describe('A template in which nothing is missing', () => {
  it.each<[string, string, string]>([
    ['a text', '=tel:{{ $json.text }}', 'tel:x'],
    ['a fallback', "=x{{ $json.nope ?? '' }}", 'x'],
    ['an empty text', '=x{{ "" }}', 'x'],
    ['an empty text of the item', '=x{{ $json.empty }}', 'x'],
    ['zero', '=x{{ $json.zero }}', 'x0'],
    ['false', '=x{{ $json.no }}', 'xfalse'],
    ['a list', '=x{{ ["a", "b"] }}', 'xa,b'],
    ['braces of JSON around it', '={"x":{"y":"{{ $json.text }}"}}', '{"x":{"y":"x"}}'],
    ['a fixed text with braces', 'tel:{{ $json.nope }}', 'tel:{{ $json.nope }}'],
    ['braces that are escaped', '=x\\{{ $json.nope }}', 'x\\{{ $json.nope }}'],
    ['braces within a text of the code', '={{ "\\}}" + $json.text }}!', '}}x!'],
    ['nothing but text', '=plain', 'plain'],
  ])('is written as n8n renders it: %s', async (_, value, written) => {
    const item = { text: 'x', empty: '', zero: 0, no: false };
    const after = await attributesAfter(simulator.current, fields({ a: value }), item);
    expect(after).toEqual({ a: written });
  });

  it.each([
    ['in a text', fields({ a: '=since {{ new Date(0) }} ({{ $json.text }})' })],
    ['in JSON', json('={ "a": "since {{ new Date(0) }} ({{ $json.text }})" }')],
  ])('has the ISO text of a Date: %s', async (_, parameters) => {
    const after = await attributesAfter(simulator.current, parameters, { text: 'x' });
    expect(after).toEqual({ a: 'since 1970-01-01T00:00:00.000Z (x)' });
  });

  it.each([
    '=C:\\\\{{ $json.text }}\\{{ $json.text }}{{ "\\}}" + $json.text }} "{{ "a\\"b" }}"\n{{ $json.text',
    '={{ $json.text }}\\\\\\\\{{ $json.text }} \\\\',
  ])('is otherwise the same with a Date in it: %s', async (template) => {
    const item = { text: 'x' };
    const plain = await attributesAfter(
      simulator.current,
      fields({ a: `=0${template.slice(1)}` }),
      item,
    );
    const dated = await attributesAfter(
      simulator.current,
      fields({ a: `={{ new Date(0) }}${template.slice(1)}` }),
      item,
    );
    expect(dated['a']).toBe((plain['a'] as string).replace('0', '1970-01-01T00:00:00.000Z'));
  });

  it('may be all of a JSON text', async () => {
    const after = await attributesAfter(
      simulator.current,
      json('={ "a": "{{ $json.a }}", "n": {{ $json.n }} }'),
      { a: '{{ x }}', n: 0 },
    );
    expect(after).toEqual({ a: '{{ x }}', n: '0' });
  });
});
