import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { difference } from '../../../core/parts';
import { readable, valueOf } from '../../../genesys/conversations/attribute-value';
import {
  byAttribute,
  partsOf,
  wireAfter,
  type WireAttributes,
  wireAttributes,
} from '../../../genesys/stores/participant-parts';

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'value',
  '',
  ' ',
  '📞',
  '0',
];

/** As it comes from the network: every name is an own property, `__proto__` too. */
const read = (json: string) => wireAttributes.parse(JSON.parse(json));
const valuesOf = (wire: WireAttributes) => [...byAttribute(partsOf(wire))];
const values = (json: string) => valuesOf(read(json));
/** As text, because comparing objects overlooks names such as `__proto__`. */
const sent = (attributes: Iterable<readonly [string, string]>, before: string) => {
  const wire = read(before);
  const after = partsOf(Object.fromEntries(attributes));
  return JSON.stringify(wireAfter(wire, difference(partsOf(wire), after), false));
};

describe('attributes that are read', () => {
  it('may be plain, wrapped, or both', () => {
    expect(values('{"a":"1","b":{"value":"2"},"c":{"value":"3","type":"x"}}')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ]);
  });

  it('may be none', () => {
    expect(values('{}')).toEqual([]);
  });

  it.each(NAMES)('may be named %j', (name) => {
    expect(values(`{${JSON.stringify(name)}:"x"}`)).toEqual([[name, 'x']]);
    expect(values(`{${JSON.stringify(name)}:{"value":"x"}}`)).toEqual([[name, 'x']]);
  });

  it('may hold any text, as long as it likes', () => {
    const long = '📞é\u0000\\"'.repeat(20_000);
    expect(values(JSON.stringify({ long, empty: '' }))).toEqual([
      ['long', long],
      ['empty', ''],
    ]);
  });

  it.each(['7', 'true', '[]', '["x"]', '{}', '{"value":7}', '{"value":null}', '{"v":"x"}'])(
    'may be no text (%s), which then equals no text and is handed through as it is',
    (json) => {
      const body = `{"good":"x","odd":${json}}`;
      const text = new Map(valuesOf(read(body))).get('odd') ?? '';
      expect(text).not.toBe(json);
      expect(valueOf(text)).toEqual(JSON.parse(json));
      expect(readable(text)).toBe(json);
      const after = [['good', 'y'] as const, ['odd', text] as const];
      expect(sent(after, body)).toBe(`{"good":"y","odd":${json}}`);
      expect(sent([['odd', 'now a text']], body)).toBe('{"odd":"now a text"}');
    },
  );

  it('may be null, which is as good as missing, and handed through', () => {
    expect(values('{"a":null}')).toEqual([['a', '']]);
    expect(
      sent(
        [
          ['a', ''],
          ['b', '1'],
        ],
        '{"a":null}',
      ),
    ).toBe('{"a":null,"b":"1"}');
  });

  it.each(['null', '[]', '[["a","1"]]', '"text"', '7', 'true'])('are not %s', (json) => {
    const result = wireAttributes.safeParse(JSON.parse(json));
    expect(result.error?.issues[0]?.message).toBe('expected an object of attributes');
  });

  it('are not nothing', () => {
    expect(wireAttributes.safeParse(undefined).success).toBe(false);
  });

  it('change no prototype', () => {
    const json = '{"__proto__":{"value":"x","polluted":"yes"},"constructor":{"value":"y"}}';
    sent([['constructor', 'z']], json);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('attributes that are sent', () => {
  it('stay in the shape in which they were read, with whatever else the wrapper held', () => {
    expect(
      sent(
        [
          ['plain', 'new'],
          ['wrapped', 'new'],
          ['rich', 'new'],
        ],
        '{"plain":"1","wrapped":{"value":"2"},"rich":{"type":"x","value":"3","more":[1]}}',
      ),
    ).toBe(
      '{"plain":"new","wrapped":{"value":"new"},"rich":{"type":"x","value":"new","more":[1]}}',
    );
  });

  it.each([
    ['wrapped where all others are', '{"a":{"value":"1"}}', '{"new":{"value":"x"}}'],
    ['plain where all others are', '{"a":"1"}', '{"new":"x"}'],
    ['plain where some others are', '{"a":"1","b":{"value":"2"}}', '{"new":"x"}'],
    ['plain where there are none', '{}', '{"new":"x"}'],
  ])('are, when new, %s', (_, before, after) => {
    expect(sent([['new', 'x']], before)).toBe(after);
  });

  it('leave out what is to be removed', () => {
    expect(sent([['a', '1']], '{"a":"1","b":{"value":"2"}}')).toBe('{"a":"1"}');
  });

  it.each(NAMES)('may be named %j, new or not', (name) => {
    const key = JSON.stringify(name);
    expect(sent([[name, 'x']], '{}')).toBe(`{${key}:"x"}`);
    expect(sent([[name, 'x']], `{${key}:"before"}`)).toBe(`{${key}:"x"}`);
    expect(sent([[name, 'x']], `{${key}:{"value":"before"}}`)).toBe(`{${key}:{"value":"x"}}`);
  });

  it('do not take a wrapper from the prototype: a new "constructor" is new', () => {
    expect(sent([['constructor', 'x']], '{"a":"1"}')).toBe('{"constructor":"x"}');
  });

  it('do not change what was read', () => {
    const before = read('{"a":{"value":"1"}}');
    wireAfter(before, new Map([['a', { from: '1', to: '2' }]]), false);
    expect(valuesOf(before)).toEqual([['a', '1']]);
  });
});

const names = fc.oneof(
  fc.constantFrom(...NAMES),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);
const texts = fc.string({ unit: 'binary' });
const extras = fc.array(fc.tuple(names, fc.jsonValue()), { maxLength: 3 });
const wrapped = fc
  .tuple(extras, texts)
  .map(([more, value]) => Object.fromEntries<unknown>([...more, ['value', value]]));
const attributeJson = fc
  .array(fc.tuple(names, fc.oneof(texts, wrapped)))
  .map((entries) => JSON.stringify(Object.fromEntries(entries)));

describe('any attributes', () => {
  it('are sent as they were read when nothing changes', () => {
    fc.assert(
      fc.property(attributeJson, (json) => {
        expect(sent(values(json), json)).toBe(JSON.stringify(JSON.parse(json)));
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
    );
  });

  it('have, when read again after being sent, the values that were sent', () => {
    fc.assert(
      fc.property(attributeJson, fc.array(fc.tuple(names, texts)), (json, entries) => {
        const wanted = new Map(entries);
        expect(new Map(values(sent(wanted, json)))).toEqual(wanted);
      }),
    );
  });
});
