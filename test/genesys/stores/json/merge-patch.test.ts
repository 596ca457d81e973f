import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Json, JsonObject } from '../../../../genesys/stores/json/json';
import {
  changedValues,
  documentOf,
  jsonParts,
  patchOf,
} from '../../../../genesys/stores/json/json-parts';
import { mergePatch } from '../../../../genesys/stores/json/merge-patch';
import {
  leavesOf,
  namesIn,
  objectOf,
  pointerTo,
  valueAt,
} from '../../../../genesys/stores/json/pointer';
import { difference, laidOver } from '../../../../core/parts';

/** Names that trip merges up, and a few that meet often. */
const name = fc.constantFrom('a', 'b', 'c', '', '/', '~', '~1', '0', '__proto__', 'constructor');
const scalar = fc.oneof(fc.boolean(), fc.integer(), fc.string(), fc.constant(null));

const { value: json, object: anyObject } = fc.letrec<{ value: Json; object: JsonObject }>(
  (tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      tie('object'),
      fc.array(tie('value'), { maxLength: 2 }),
    ),
    object: fc
      .array(fc.tuple(name, tie('value')), { maxLength: 4 })
      .map((entries) => Object.fromEntries(entries)),
  }),
);

/** The algorithm of RFC 7396, section 2, word by word, on maps instead of objects. */
function byTheBook(target: unknown, patch: unknown): unknown {
  if (!(patch instanceof Map)) return patch;
  const result = new Map<unknown, unknown>(target instanceof Map ? target : []);
  for (const [key, value] of patch as Map<unknown, unknown>) {
    if (value === null) result.delete(key);
    else result.set(key, byTheBook(result.get(key), value));
  }
  return result;
}

function mapOf(value: Json): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => mapOf(item));
  return new Map(Object.entries(value).map(([key, member]) => [key, mapOf(member)]));
}

/** Without the nulls in objects, which stand for nothing. */
function bare(value: Json): Json {
  return mergePatch({}, value);
}

describe('A merge patch', () => {
  // RFC 7396, appendix A.
  it.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it('does what the RFC says, whatever the names are', () => {
    fc.assert(
      fc.property(json, json, (target, patch) => {
        expect(mapOf(mergePatch(target, patch))).toEqual(byTheBook(mapOf(target), mapOf(patch)));
      }),
    );
  });

  it('may keep its nulls, for a server that merges', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (target, patch) => {
        const sent = mergePatch(target, patch, 'kept');
        expect(bare(mergePatch(target, sent))).toEqual(bare(mergePatch(target, patch)));
      }),
    );
  });

  it('is what its leaves are', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (target, patch) => {
        expect(mergePatch(target, objectOf(leavesOf(patch)))).toEqual(mergePatch(target, patch));
      }),
    );
  });
});

describe('A JSON object in parts', () => {
  it('is what it was, but for nulls', () => {
    fc.assert(
      fc.property(anyObject, (document) => {
        expect(documentOf(jsonParts(document))).toEqual(bare(document));
      }),
    );
  });

  it('is changed by a delta as by the patch of that', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (before, after) => {
        const [from, to] = [jsonParts(before), jsonParts(after)];
        const delta = difference(from, to);
        expect(documentOf(laidOver(from, delta))).toEqual(bare(after));
        expect(mergePatch(bare(before), patchOf(delta))).toEqual(bare(after));
      }),
    );
  });

  it('has changed where its values tell so, each at its pointer', () => {
    fc.assert(
      fc.property(anyObject, anyObject, (before, after) => {
        const changed = changedValues(difference(jsonParts(before), jsonParts(after)));
        for (const [pointer, { from, to }] of changed) {
          expect(from).toEqual(valueAt(bare(before), pointer));
          expect(to).toEqual(valueAt(bare(after), pointer));
          expect(from).not.toEqual(to);
        }
        const patch = objectOf([...changed].map(([pointer, { to }]) => [pointer, to]));
        // An object in a patch is merged, so what goes has to go first.
        const gone = objectOf([...changed.keys()].map((pointer) => [pointer, null]));
        expect(mergePatch(mergePatch(bare(before), gone), patch)).toEqual(bare(after));
      }),
    );
  });

  it.each<[string, JsonObject, JsonObject, Record<string, unknown>]>([
    ['a value', { a: 1 }, { a: 2 }, { '/a': { from: 1, to: 2 } }],
    ['a new object, by what is in it', {}, { a: { b: 1 } }, { '/a/b': { from: null, to: 1 } }],
    ['a new object with nothing in it', {}, { a: {} }, { '/a': { from: null, to: {} } }],
    [
      'an object that goes',
      { a: { b: 1, c: 2 } },
      {},
      { '/a': { from: { b: 1, c: 2 }, to: null } },
    ],
    [
      'an object in place of a value',
      { a: 1 },
      { a: { b: 1 } },
      { '/a': { from: 1, to: { b: 1 } } },
    ],
    ['an array, as a whole', { a: [1] }, { a: [1, 2] }, { '/a': { from: [1], to: [1, 2] } }],
    ['null, as nothing', { a: null }, {}, {}],
    ['names in another order', { a: [{ b: 1, c: 2 }] }, { a: [{ c: 2, b: 1 }] }, {}],
  ])('tells %s', (_, before, after, changed) => {
    const delta = difference(jsonParts(before), jsonParts(after));
    expect(Object.fromEntries(changedValues(delta))).toEqual(changed);
  });
});

describe('A JSON pointer', () => {
  it('leads back to the names that it was made of', () => {
    fc.assert(
      fc.property(fc.array(name), (names) => {
        expect(namesIn(pointerTo(names))).toEqual(names);
      }),
    );
  });

  it.each<[string, Json]>([
    ['/a/1', 'y'],
    ['/a/01', null],
    ['/a/length', null],
    ['/toString', null],
    ['/m~1n~0', 8],
    ['', { a: ['x', 'y'], 'm/n~': 8 }],
  ])('"%s" leads to %j', (pointer, value) => {
    expect(valueAt({ a: ['x', 'y'], 'm/n~': 8 }, pointer)).toEqual(value);
  });
});
