import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  apply,
  carriedOver,
  type Delta,
  difference,
  isSameText,
  laidOver,
  merged,
  NO_CHANGES,
  type Parts,
  sameParts,
  shows,
  textOf,
} from '../../core/parts';

type Texts = Readonly<Record<string, string>>;
type Changes = Readonly<Record<string, readonly [from: string | null, to: string | null]>>;

const partsOf = (texts: Texts): Parts => new Map(Object.entries(texts));

const deltaOf = (changes: Changes): Delta =>
  new Map(Object.entries(changes).map(([name, [from, to]]) => [name, { from, to }]));

describe('A part', () => {
  it('has its text, and none where it is missing', () => {
    const parts = partsOf({ a: '1', empty: '' });
    expect(['a', 'empty', 'missing'].map((name) => textOf(parts, name))).toEqual(['1', '', '']);
  });

  it.each([
    ['1', '1', true],
    ['1', '2', false],
    ['1', '', false],
    ['1', null, false],
    ['', null, true],
    [null, null, true],
  ])('with the text %j is the same as one with %j: %j', (one, other, isSame) => {
    expect(isSameText(one, other)).toBe(isSame);
    expect(isSameText(other, one)).toBe(isSame);
  });
});

describe('Two records', () => {
  it.each<[Texts, Texts, boolean]>([
    [{}, {}, true],
    [{ a: '1', b: '2' }, { b: '2', a: '1' }, true],
    [{ a: '1', b: '' }, { a: '1' }, true],
    [{ a: '' }, { b: '' }, true],
    [{ a: '1' }, { a: '2' }, false],
    [{ a: '1' }, {}, false],
    [{ a: '1' }, { b: '1' }, false],
    [{ a: '1', b: '2' }, { a: '1' }, false],
  ])('with %j and %j hold the same: %j', (one, other, isSame) => {
    expect(sameParts(partsOf(one), partsOf(other))).toBe(isSame);
    expect(sameParts(partsOf(other), partsOf(one))).toBe(isSame);
  });
});

describe('The difference of two records', () => {
  it.each<[Texts, Texts, Changes]>([
    [{ a: '1' }, { a: '1' }, {}],
    [{ a: '1', b: '1' }, { a: '2', b: '1' }, { a: ['1', '2'] }],
    [{}, { new: 'x' }, { new: [null, 'x'] }],
    [{ gone: 'x' }, {}, { gone: ['x', null] }],
    // To a server they are not the same.
    [
      { a: '', b: '1' },
      { b: '', c: '' },
      { a: ['', null], b: ['1', ''], c: [null, ''] },
    ],
  ])('from %j to %j names what changes, and nothing else', (from, to, changes) => {
    expect(difference(partsOf(from), partsOf(to))).toEqual(deltaOf(changes));
  });
});

describe('What a delta wants', () => {
  const delta = deltaOf({ a: [null, '1'], gone: ['1', null] });

  it.each<[Texts, 'all' | 'some' | 'none']>([
    [{ a: '1' }, 'all'],
    [{ a: '1', gone: '', more: 'x' }, 'all'],
    [{}, 'some'],
    [{ a: '1', gone: '1' }, 'some'],
    [{ a: '2', gone: '' }, 'some'],
    [{ a: '2', gone: '1' }, 'none'],
    [{ gone: '2' }, 'none'],
  ])('is shown by %j: %s', (texts, expected) => {
    expect(shows(partsOf(texts), delta)).toBe(expected);
  });

  it('is shown by an empty record where it is an empty text', () => {
    expect(shows(partsOf({}), deltaOf({ a: ['1', ''] }))).toBe('all');
  });

  it('is shown in full by any record where it is nothing', () => {
    expect(shows(partsOf({ a: '1' }), NO_CHANGES)).toBe('all');
  });

  it('replaces texts, adds parts and removes parts', () => {
    const before = partsOf({ kept: '0', a: '0', gone: '1' });
    const after = laidOver(before, deltaOf({ a: ['0', '1'], new: [null, ''], gone: ['1', null] }));
    expect([...after]).toEqual([
      ['kept', '0'],
      ['a', '1'],
      ['new', ''],
    ]);
  });

  it('is done in place, too', () => {
    const parts = new Map(Object.entries({ a: '0', gone: '1' }));
    apply(parts, delta);
    expect(parts).toEqual(partsOf({ a: '1' }));
  });

  it('is laid over whatever somebody else has written', () => {
    expect(laidOver(partsOf({ a: 'theirs', gone: 'theirs' }), delta)).toEqual(partsOf({ a: '1' }));
  });
});

describe('A delta that is carried over', () => {
  const delta = deltaOf({ a: ['0', '1'], gone: ['1', null], new: [null, 'x'] });

  it.each<[string, Texts, Texts]>([
    ['changes what is as it was', { a: '0', gone: '1' }, { a: '1', new: 'x' }],
    ['leaves alone what has changed since', { a: '9', gone: '9' }, { a: '9', gone: '9', new: 'x' }],
    ['leaves alone what is there already', { a: '1', new: 'x' }, { a: '1', new: 'x' }],
    ['leaves alone what is missing now', {}, { new: 'x' }],
    ['takes an empty part for a missing one', { new: '' }, { new: 'x' }],
    ['leaves all else as it is', { a: '0', b: '2' }, { a: '1', b: '2', new: 'x' }],
  ])('%s: %j', (_, before, after) => {
    expect(carriedOver(partsOf(before), delta)).toEqual(partsOf(after));
  });

  it('changes a missing part that was an empty one', () => {
    expect(carriedOver(partsOf({}), deltaOf({ a: ['', '1'] }))).toEqual(partsOf({ a: '1' }));
  });
});

describe('Two deltas of one update', () => {
  it('tell from where the first found a part to where the last left it', () => {
    const first = deltaOf({ a: [null, '1'], b: ['1', '2'] });
    const last = deltaOf({ a: ['theirs', '1'], c: ['x', null] });
    expect(merged(first, last)).toEqual(deltaOf({ a: [null, '1'], b: ['1', '2'], c: ['x', null] }));
  });

  it('tell where the last left a part, also where it took it out', () => {
    expect(merged(deltaOf({ a: ['0', '1'] }), deltaOf({ a: ['1', null] }))).toEqual(
      deltaOf({ a: ['0', null] }),
    );
  });

  it.each<[string, Delta, Delta]>([
    ['first', NO_CHANGES, deltaOf({ a: ['0', '1'] })],
    ['last', deltaOf({ a: ['0', '1'] }), NO_CHANGES],
  ])('are one where the %s has changed nothing', (_, earlier, later) => {
    expect(merged(earlier, later)).toEqual(deltaOf({ a: ['0', '1'] }));
  });
});

describe('Names that every object has', () => {
  it('are data', () => {
    const before = new Map([['constructor', '1']]);
    const after = new Map([['__proto__', '2']]);
    const delta = difference(before, after);
    expect([...delta]).toEqual([
      ['constructor', { from: '1', to: null }],
      ['__proto__', { from: null, to: '2' }],
    ]);
    expect(laidOver(before, delta)).toEqual(after);
    expect(carriedOver(before, delta)).toEqual(after);
    expect(merged(delta, delta)).toEqual(delta);
    expect([shows(before, delta), shows(after, delta)]).toEqual(['none', 'all']);
    expect(textOf(new Map(), 'constructor')).toBe('');
    expect(sameParts(before, after)).toBe(false);
  });
});

const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', '', '__proto__', 'constructor') },
  fc.string({ maxLength: 3 }),
);
const text = fc.constantFrom('', '1', '2');
const parts: fc.Arbitrary<Parts> = fc.array(fc.tuple(name, text)).map((all) => new Map(all));
const partText = fc.option(text);
const delta: fc.Arbitrary<Delta> = fc
  .array(fc.tuple(name, fc.record({ from: partText, to: partText })))
  .map((all) => new Map(all));

describe('Any records and deltas', () => {
  it('whose difference is laid over one of them give the other, and so in full', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const between = difference(one, other);
        expect(laidOver(one, between)).toEqual(other);
        expect(carriedOver(one, between)).toEqual(other);
        expect(shows(other, between)).toBe('all');
      }),
    );
  });

  it('differ in something that shows, or hold the same', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = shows(one, difference(one, other)) === 'all';
        expect(sameParts(one, other)).toBe(isSame);
        expect(sameParts(other, one)).toBe(isSame);
      }),
    );
  });

  it('show in full what is laid over', () => {
    fc.assert(
      fc.property(parts, delta, (before, change) => {
        expect(shows(laidOver(before, change), change)).toBe('all');
      }),
    );
  });

  it('are the same whether two deltas are laid over one after the other, or both as one', () => {
    fc.assert(
      fc.property(parts, delta, delta, (before, earlier, later) => {
        const both = merged(earlier, later);
        expect(laidOver(before, both)).toEqual(laidOver(laidOver(before, earlier), later));
        for (const [changed, { from }] of both) {
          expect(from).toBe((earlier.get(changed) ?? later.get(changed))?.from);
        }
      }),
    );
  });

  it('are the same by what was merged as by the difference of first and last', () => {
    fc.assert(
      fc.property(parts, parts, parts, (first, middle, last) => {
        const both = new Map(merged(difference(first, middle), difference(middle, last)));
        // What was changed back counts as changed.
        for (const [changed, { from, to }] of both) if (from === to) both.delete(changed);
        expect(both).toEqual(difference(first, last));
      }),
    );
  });

  it('have carried over only what still is as it was before', () => {
    fc.assert(
      fc.property(parts, delta, (before, change) => {
        const after = carriedOver(before, change);
        for (const each of new Set([...before.keys(), ...change.keys()])) {
          const changed = change.get(each);
          const isCarried = changed !== undefined && isSameText(textOf(before, each), changed.from);
          expect(after.get(each) ?? null).toBe(isCarried ? changed.to : (before.get(each) ?? null));
        }
        expect([...after.keys()].filter((each) => !before.has(each) && !change.has(each))).toEqual(
          [],
        );
      }),
    );
  });

  it('are themselves left as they are', () => {
    fc.assert(
      fc.property(parts, parts, delta, delta, (one, other, earlier, later) => {
        const copies = structuredClone([one, other, earlier, later]);
        sameParts(one, other);
        difference(one, other);
        shows(one, earlier);
        laidOver(one, earlier);
        carriedOver(one, earlier);
        merged(earlier, later);
        expect([one, other, earlier, later]).toEqual(copies);
      }),
    );
  });
});
