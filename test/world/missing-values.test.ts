import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { rows, run, simulatorForEachTest } from '../engine/set-up';
import { attributesAfter, complaints } from './refused';

const simulator = simulatorForEachTest();

type Mode = 'refuse' | 'skip' | 'empty';

const fields = (attributes: Record<string, unknown>): IDataObject => ({
  attributes: rows(attributes),
});
const json = (attributesJson: string): IDataObject => ({ inputMode: 'json', attributesJson });
const under = (missingValues: Mode, parameters: IDataObject): IDataObject => ({
  ...parameters,
  options: { missingValues },
});

const BEFORE = { a: 'old', other: 'x' };
const ITEM = { there: 'yes', nothing: null };

/** One attribute `a` that has something missing, beside `b`, which has not; and `a` where it is to be empty. */
const CASES: [string, IDataObject, string][] = [
  ['a single value', fields({ a: '={{ $json.nope }}', b: '1' }), ''],
  ['null', fields({ a: '={{ $json.nothing }}', b: '1' }), ''],
  ['below what is missing itself', fields({ a: '={{ $json.nope.deep }}', b: '1' }), ''],
  ['a template', fields({ a: '=tel:{{ $json.nope }} {{ $json.there }}', b: '1' }), 'tel: yes'],
  ['several in one template', fields({ a: '={{ $json.nope }}+{{ $json.nothing }}', b: '1' }), '+'],
  ['a text in JSON', json('={ "a": "{{ $json.nope }}", "b": "1" }'), ''],
  [
    'a part of a text in JSON',
    json('={ "b": "1", "a": "say \\"{{ $json.nope }}\\" {{ $json.there }}" }'),
    'say "" yes',
  ],
  ['null in a JSON text', json('{ "a": null, "b": "1" }'), ''],
  ['a value of an object', json('={{ { a: $json.nope, b: "1" } }}'), ''],
];

describe('Where a value is missing', () => {
  it.each(CASES)('Skip leaves that attribute alone, and sets the others: %s', async (_, given) => {
    const after = await attributesAfter(simulator.current, under('skip', given), ITEM, BEFORE);
    expect(after).toEqual({ ...BEFORE, b: '1' });
  });

  it.each(CASES)('Empty puts an empty text in its place: %s', async (_, given, a) => {
    const after = await attributesAfter(simulator.current, under('empty', given), ITEM, BEFORE);
    expect(after).toEqual({ ...BEFORE, a, b: '1' });
  });

  it.each(CASES)('Refuse, which is the default, sends nothing: %s', async (_, given) => {
    for (const parameters of [given, under('refuse', given)]) {
      const [said] = await complaints(simulator.current, parameters, [ITEM]);
      expect(said).toMatch(/Attribute "a"/);
    }
  });
});

describe.each(['skip', 'empty'] as const)('Even with %s it is refused', (mode) => {
  it.each<[string, IDataObject, RegExp]>([
    ['a name', fields({ '=x{{ $json.nope }}': '1' }), /\{\{ \$json\.nope \}\} gives nothing/],
    [
      'a name in JSON',
      json('={ "a": "1", "x{{ $json.nope }}": "1" }'),
      /^"Attributes to Set \(JSON\)" of item 0: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'a name in JSON that is then there twice',
      json('={ "a": "1", "a{{ $json.nope }}": "1" }'),
      /: \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'a value in JSON that is no text',
      json('={ "b": "{{ $json.nothing }}", "a": {{ $json.nope }} }'),
      /Attribute "a": \{\{ \$json\.nope \}\} gives nothing/,
    ],
    [
      'within an object in JSON',
      json('={ "a": { "deep": "{{ $json.nope }}" } }'),
      /Attribute "a": \{\{ \$json\.nope \}\} gives nothing/,
    ],
    ['within a list', json('=["{{ $json.nope }}"]'), /\{\{ \$json\.nope \}\} gives nothing/],
    ['all of the JSON', json('={{ $json.nope }}'), /is not one flat JSON object/],
    ['a value that is not missing but none', fields({ a: '=x{{ 0 / 0 }}' }), /NaN/],
    [
      'such a one beside one that is',
      fields({ a: '={{ $json.nope }}{{ 0 / 0 }}' }),
      /\$json\.nope/,
    ],
    ['an object', fields({ a: '={{ ({}) }}' }), /no text, number, or true or false/],
    ['a conversation', { ...fields({ a: '1' }), conversationId: '=x{{ $json.nope }}' }, /nope/],
  ])('in the place of %s', async (_, parameters, message) => {
    const [said] = await complaints(simulator.current, under(mode, parameters), [ITEM]);
    expect(said).toMatch(message);
    expect(said).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
  });

  it('in what is expected, where it would become "is missing"', async () => {
    const expected = { condition: 'onlyIfEquals', missingValues: mode };
    for (const expectedAttributes of [
      '={ "status": "{{ $json.nope }}" }',
      rows({ status: '={{ $json.nope }}' }),
    ]) {
      const [said] = await complaints(simulator.current, {
        ...fields({ a: '1' }),
        options: { ...expected, expectedAttributes },
      });
      expect(said).toMatch(/"Expected Attributes" of item 0: Attribute "status"/);
      // The option does not help here.
      expect(said).not.toMatch(/"Missing Values"/);
    }
  });

  it('as JSON that is broken for another reason, which is told', async () => {
    const broken = under(mode, json('={ "a": "{{ $json.nope }}", }'));
    const [said] = await complaints(simulator.current, broken);
    expect(said).toMatch(/It is not valid JSON/);
    expect(said).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}/);
  });
});

describe('With Skip', () => {
  const skip = under('skip', fields({ a: '={{ $json.nope }}' }));

  it('an item of which every value is missing comes out unchanged', async () => {
    const call = simulator.current.addCall({ attributes: BEFORE });
    const { items } = await run(simulator.current, {
      parameters: { conversationId: call.conversationId, ...skip },
    });
    expect(items[0]?.json).toMatchObject({ outcome: 'unchanged', changed: {}, attributes: BEFORE });
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it('it is said above the output, once, of how many items something was missing', async () => {
    const call = simulator.current.addCall();
    const { run: workflowRun } = await run(simulator.current, {
      parameters: { conversationId: call.conversationId, ...skip },
      items: [{}, { nope: 1 }, {}],
    });
    expect(workflowRun.hints('Node').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^2 items had no value for some attributes.*left alone/),
    ]);
  });

  it('a name that is there twice is refused all the same', async () => {
    const twice = {
      assignments: ['={{ $json.nope }}', '1'].map((value) => ({ name: 'a', value })),
    };
    const [said] = await complaints(simulator.current, under('skip', { attributes: twice }));
    expect(said).toMatch(/"a" is there twice/);
  });
});
