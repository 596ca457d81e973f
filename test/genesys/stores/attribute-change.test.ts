import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Delta, Parts } from '../../../core';
import { laidOver, shows } from '../../../core/parts';
import {
  attributeChange,
  isConditional,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import {
  attributePart,
  byAttribute,
  CONTACT_PART,
  type ParticipantRaw,
  partsOf,
} from '../../../genesys/stores/participant-parts';
import { verdictOf, wanting } from './wishes';

interface State {
  readonly parts: Parts;
  readonly raw: ParticipantRaw;
}

function state(
  attributes: Iterable<readonly [string, string]> = [],
  contact: string | null = null,
): State {
  return {
    parts: partsOf(Object.fromEntries(attributes), contact),
    raw: { participantId: 'p', writeMethod: 'versioned', wire: {}, standing: {} },
  };
}

const byPatch = ({ parts, raw }: State): State => ({
  parts,
  raw: { ...raw, writeMethod: 'patch' },
});

/** Applies a wish to a state; `first` is what the update read first. */
function apply(wanted: Partial<WantedAttributes>, before: State, first = before) {
  return verdictOf(before, wanting(wanted), { first: first.parts });
}

/** What a wish writes: the parts that change, those of them that are attributes, and all attributes after it. */
function written(wanted: Partial<WantedAttributes>, before: State, first = before) {
  const verdict = apply(wanted, before, first);
  if (verdict.kind !== 'write') throw new Error(`nothing to write, but ${verdict.kind}`);
  const { delta, note } = verdict;
  return {
    delta,
    changed: new Map(byAttribute(delta)),
    kept: note.kept,
    after: new Map(byAttribute(laidOver(before.parts, delta))),
  };
}

const set = (...entries: [string, string][]) => new Map(entries);

/** A change of attributes, as an update has written it. */
function deltaOf(changed: Record<string, { from: string | null; to: string | null }>): Delta {
  return new Map(Object.entries(changed).map(([name, change]) => [attributePart(name), change]));
}

describe('setting attributes', () => {
  it('writes them and leaves all others as they are', () => {
    const { after, delta } = written(
      { set: set(['a', '2'], ['new', 'x']) },
      state(
        [
          ['a', '1'],
          ['b', '1'],
        ],
        'contact',
      ),
    );
    expect([...after]).toEqual([
      ['a', '2'],
      ['b', '1'],
      ['new', 'x'],
    ]);
    expect([...delta.keys()]).toEqual(['a', 'new'].map(attributePart));
  });

  it('changes them from what they were to what is wanted, and nothing else', () => {
    const wanted = { set: set(['a', '2'], ['same', '1'], ['new', ''], ['empty', 'x']) };
    const { changed, kept } = written(
      wanted,
      state([
        ['a', '1'],
        ['same', '1'],
        ['empty', ''],
      ]),
    );
    expect([...kept]).toEqual([]);
    expect([...changed]).toEqual([
      ['a', { from: '1', to: '2' }],
      ['new', { from: null, to: '' }],
      ['empty', { from: '', to: 'x' }],
    ]);
  });

  it('writes nothing when all of them are as wanted', () => {
    const verdict = apply(
      { set: set(['a', '1']) },
      state([
        ['a', '1'],
        ['b', '2'],
      ]),
    );
    expect(verdict).toEqual({
      kind: 'unchanged',
      note: { kept: new Map() },
      restsOn: [attributePart('a')],
    });
    expect(apply({ set: set() }, state([['a', '1']]))).toMatchObject({
      kind: 'unchanged',
      restsOn: [],
    });
  });

  it('writes an empty string where there was nothing', () => {
    const { after, changed } = written({ set: set(['a', '']) }, state());
    expect(after.get('a')).toBe('');
    expect(changed.get('a')).toEqual({ from: null, to: '' });
  });

  it('treats __proto__ and constructor as data', () => {
    const { after, changed } = written(
      { set: set(['__proto__', 'x'], ['constructor', 'y']) },
      state(),
    );
    expect([...after]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(changed.get('__proto__')).toEqual({ from: null, to: 'x' });
  });

  it('does not touch the state that it was made from', () => {
    const before = state([['a', '1']]);
    written({ set: set(['a', '2'], ['b', '2']), externalContactId: 'e' }, before);
    expect(before).toEqual(state([['a', '1']]));
  });

  it('is all that is written, whatever else the store keeps', () => {
    const before = byPatch(state([['w', 'kept']]));
    const wire = { w: { value: 'kept' } };
    const { delta } = written(
      { set: set(['a', '1']) },
      { ...before, raw: { ...before.raw, wire } },
    );
    expect(delta).toEqual(deltaOf({ a: { from: null, to: '1' } }));
  });

  it('may be repeated without harm', () => {
    expect(attributeChange(wanting({})).idempotent).toBe(true);
  });
});

describe('the external contact', () => {
  it('is left alone unless it is wanted', () => {
    const before = state([], 'contact');
    const { delta } = written({ set: set(['a', '1']) }, before);
    expect(delta.has(CONTACT_PART)).toBe(false);
    expect(laidOver(before.parts, delta).get(CONTACT_PART)).toBe('contact');
  });

  it('is written alone when it differs', () => {
    const { delta, changed } = written(
      { set: set(['a', '1']), externalContactId: 'new' },
      state([['a', '1']], 'old'),
    );
    expect(delta).toEqual(new Map([[CONTACT_PART, { from: 'old', to: 'new' }]]));
    expect(changed.size).toBe(0);
  });

  it('is written where there was none', () => {
    const { delta } = written({ set: set(), externalContactId: 'new' }, state());
    expect(delta).toEqual(new Map([[CONTACT_PART, { from: null, to: 'new' }]]));
  });

  it('is written beside attributes', () => {
    const wanted = { set: set(['a', '1']), externalContactId: 'new' };
    expect(written(wanted, state([], 'old')).delta).toEqual(
      new Map([
        [attributePart('a'), { from: null, to: '1' }],
        [CONTACT_PART, { from: 'old', to: 'new' }],
      ]),
    );
  });

  it('that is already there needs no write', () => {
    expect(apply({ set: set(), externalContactId: 'same' }, state([], 'same')).kind).toBe(
      'unchanged',
    );
  });
});

describe('the external contact of a participant', () => {
  const shouted = 'ABCDEF01-0000-4000-8000-000000000000';
  const spoken = 'abcdef01-0000-4000-8000-000000000000';

  it.each([
    [shouted, spoken],
    [spoken, shouted],
  ])('is the same whatever the case of its ID (%s, wanted as %s)', (found, wanted) => {
    expect(apply({ externalContactId: wanted }, state([], found)).kind).toBe('unchanged');
  });

  it('where attributes are patched is left to a write of its own', () => {
    const before = byPatch(state());
    const verdict = apply({ set: set(['a', '1']), externalContactId: 'new' }, before);
    if (verdict.kind !== 'write') throw new Error(verdict.kind);
    expect([...verdict.delta.keys()]).toEqual(['a']);
    expect(apply({ externalContactId: 'new' }, before).kind).toBe('unchanged');
  });
});

describe('removing attributes', () => {
  it('takes them out from what they were and keeps all others', () => {
    const { after, changed } = written(
      { remove: new Set(['a', 'never', 'empty']) },
      state([
        ['a', '1'],
        ['empty', ''],
        ['b', '2'],
      ]),
    );
    expect([...after]).toEqual([
      ['empty', ''],
      ['b', '2'],
    ]);
    expect([...changed]).toEqual([['a', { from: '1', to: null }]]);
  });

  it.each([[[]], [[['a', '']]]] as [[string, string][]][])(
    'that are missing or empty already needs no write: %j',
    (entries) => {
      expect(apply({ remove: new Set(['a']) }, state(entries)).kind).toBe('unchanged');
    },
  );
});

describe('an attribute that somebody else set after the first read', () => {
  const first = state([['a', 'old']]);
  const theirs = state([
    ['a', 'theirs'],
    ['b', 'x'],
  ]);
  const wanted = { set: set(['a', 'ours'], ['c', 'new']) };

  it('is overwritten by the policy "overwrite"', () => {
    const { changed, kept } = written({ ...wanted, conflictPolicy: 'overwrite' }, theirs, first);
    expect(changed.get('a')).toEqual({ from: 'theirs', to: 'ours' });
    expect(kept.size).toBe(0);
  });

  it('is kept by the policy "keepTheirs", while the others are written', () => {
    const { after, changed, kept } = written(
      { ...wanted, conflictPolicy: 'keepTheirs' },
      theirs,
      first,
    );
    expect(after.get('a')).toBe('theirs');
    expect(after.get('c')).toBe('new');
    expect([...kept]).toEqual([['a', { wanted: 'ours', found: 'theirs' }]]);
    expect([...changed.keys()]).toEqual(['c']);
  });

  it('fails the whole change by the policy "fail", and its message names it', () => {
    const verdict = apply({ ...wanted, conflictPolicy: 'fail' }, theirs, first);
    expect(verdict).toEqual({
      kind: 'refused',
      reason: 'Somebody else set "a" to "theirs" meanwhile.',
    });
  });

  it.each(['keepTheirs', 'fail'] as const)(
    'is no conflict for "%s" when it has the wanted value, or when nobody wants it',
    (conflictPolicy) => {
      expect(apply({ set: set(['a', 'theirs']), conflictPolicy }, theirs, first).kind).toBe(
        'unchanged',
      );
      expect(apply({ set: set(['c', '1']), conflictPolicy }, theirs, first).kind).toBe('write');
      expect(apply({ set: set(['a', 'ours']), conflictPolicy }, first).kind).toBe('write');
    },
  );

  it('may be one that was to be removed, or one that they removed', () => {
    const removing = { remove: new Set(['a']), conflictPolicy: 'keepTheirs' } as const;
    const verdict = apply(removing, theirs, first);
    expect(verdict).toMatchObject({
      kind: 'unchanged',
      note: { kept: new Map([['a', { wanted: null, found: 'theirs' }]]) },
    });
    const failing = { set: set(['a', 'ours']), conflictPolicy: 'fail' } as const;
    expect(apply(failing, state(), first)).toEqual({
      kind: 'refused',
      reason: 'Somebody else removed "a" meanwhile.',
    });
  });

  it('is no conflict when it only went from missing to empty', () => {
    const failing = { set: set(['a', 'ours']), conflictPolicy: 'fail' } as const;
    expect(apply(failing, state([['a', '']]), state()).kind).toBe('write');
  });
});

describe('the condition "onlyIfMissing"', () => {
  const condition = { kind: 'onlyIfMissing' } as const;

  it('sets what is missing or empty and keeps what is there', () => {
    const { after, changed, kept } = written(
      { set: set(['a', '1'], ['empty', '1'], ['there', '1']), condition },
      state([
        ['empty', ''],
        ['there', '0'],
      ]),
    );
    expect(Object.fromEntries(after)).toEqual({ a: '1', empty: '1', there: '0' });
    expect([...kept]).toEqual([['there', { wanted: '1', found: '0' }]]);
    expect([...changed.keys()]).toEqual(['a', 'empty']);
  });

  it('does not keep from removing', () => {
    expect(written({ remove: new Set(['a']), condition }, state([['a', '1']])).after.size).toBe(0);
  });
});

describe('the condition "onlyIfEquals"', () => {
  const given = (...expected: [string, string][]) => ({
    set: set(['x', '1']),
    condition: { kind: 'onlyIfEquals', expected: set(...expected) } as const,
  });

  it('is none where nothing is expected', () => {
    expect(isConditional(given().condition)).toBe(false);
    expect(isConditional(given(['a', '']).condition)).toBe(true);
  });

  it('lets the change through where all is as expected, an empty value meaning missing', () => {
    expect(apply(given(['a', '1'], ['b', '']), state([['a', '1']])).kind).toBe('write');
    expect(apply(given(['b', '']), state([['b', '']])).kind).toBe('write');
  });

  it.each([
    ['1', '2', '"a" is "1", not "2".'],
    ['', '2', '"a" is missing, not "2".'],
    ['1', '', '"a" is "1", not missing.'],
  ])('refuses where an attribute is %j instead of %j', (found, expected, why) => {
    expect(apply(given(['a', expected]), state([['a', found]]))).toEqual({
      kind: 'refused',
      reason: `The condition is not met: ${why}`,
    });
  });
});

describe('once the update has written', () => {
  const wanted = wanting({
    set: set(['status', 'taken']),
    condition: { kind: 'onlyIfEquals', expected: set(['status', 'waiting'], ['open', 'yes']) },
  });
  const ours = deltaOf({ status: { from: 'waiting', to: 'taken' } });
  const first = partsOf({ status: 'waiting', open: 'yes' });

  it('its own value does not break its condition', () => {
    const base = state(set(['status', 'theirs'], ['open', 'yes']));
    expect(verdictOf(base, wanted, { first, written: ours }).kind).toBe('write');
    expect(verdictOf(base, wanted, { first }).kind).toBe('refused');
  });

  it('the values of others still do', () => {
    const base = state(set(['status', 'taken'], ['open', 'no']));
    expect(verdictOf(base, wanted, { first, written: ours })).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('"open" is "no"'),
    });
  });

  it('it leaves alone what a companion has set since, and nothing else', () => {
    const base = state(set(['status', 'done'], ['other', '1']));
    const both = wanting({ set: set(['status', 'taken'], ['other', '2']) });
    const isOurs = (part: string) => part === attributePart('status');
    const verdict = verdictOf(base, both, { first, written: ours, isOurs });
    expect(verdict).toMatchObject({ kind: 'write', note: { kept: new Map() } });
    expect(verdict).toHaveProperty('delta', deltaOf({ other: { from: '1', to: '2' } }));
    for (const more of [{ written: ours }, { isOurs }]) {
      expect(verdictOf(base, both, { first, ...more })).toMatchObject({
        kind: 'write',
        delta: deltaOf({
          status: { from: 'done', to: 'taken' },
          other: { from: '1', to: '2' },
        }),
      });
    }
  });
});

describe('What a read shows that cannot be relied on', () => {
  const base = state(set(['a', '1']));
  const alternative = (part: string) => (part === attributePart('a') ? '0' : undefined);

  it('is written once more where it is wanted without a condition, from what may be there', () => {
    expect(verdictOf(base, wanting({ set: set(['a', '1']) }), { alternative })).toMatchObject({
      kind: 'write',
      delta: deltaOf({ a: { from: '0', to: '1' } }),
    });
  });

  it.each<[string, Partial<WantedAttributes>, string | undefined]>([
    ['what stands there otherwise is the same', {}, '1'],
    ['nothing else may stand there', {}, undefined],
    ['others are to keep theirs', { conflictPolicy: 'keepTheirs' }, '0'],
    ['others make it fail', { conflictPolicy: 'fail' }, '0'],
    ['there is a condition', { condition: { kind: 'onlyIfMissing' } }, '0'],
  ])('is not written once more where %s', (_, more, other) => {
    const wanted = wanting({ set: set(['a', '1']), ...more });
    expect(verdictOf(base, wanted, { alternative: () => other }).kind).toBe('unchanged');
  });

  it('is removed once more where that is wanted', () => {
    const empty = state(set(['a', '']));
    expect(verdictOf(empty, wanting({ remove: new Set(['a']) }), { alternative })).toMatchObject({
      kind: 'write',
      delta: deltaOf({ a: { from: '0', to: null } }),
    });
    const nothing = { alternative: () => '' };
    expect(verdictOf(empty, wanting({ remove: new Set(['a']) }), nothing).kind).toBe('unchanged');
  });
});

describe('an update with nothing to write', () => {
  it('rests on all attributes that it sets, removes or keeps', () => {
    const wanted = wanting({
      set: set(['a', '1'], ['theirs', '1']),
      remove: new Set(['gone']),
      condition: { kind: 'onlyIfMissing' },
    });
    const before = state(set(['a', '1'], ['theirs', '2'], ['other', '3']));
    expect(verdictOf(before, wanted)).toEqual({
      kind: 'unchanged',
      note: { kept: new Map([['theirs', { wanted: '1', found: '2' }]]) },
      restsOn: ['a', 'theirs', 'gone'].map(attributePart),
    });
  });
});

describe('what a change writes', () => {
  const { delta } = written(
    { set: set(['a', '1'], ['k', '1']), remove: new Set(['gone']), conflictPolicy: 'keepTheirs' },
    state(set(['gone', '1'], ['k', '2'])),
    state(set(['gone', '1'])),
  );

  it('is shown in full when what it set is there and what it removed is missing or empty', () => {
    expect(shows(partsOf({ a: '1' }), delta)).toBe('all');
    // What was left to others is no part of it.
    const emptied = { a: '1', gone: '', more: 'x', k: '3' };
    expect(shows(partsOf(emptied), delta)).toBe('all');
  });

  it.each<[[string, string][], string]>([
    [[], 'some'],
    [
      [
        ['a', '2'],
        ['gone', '1'],
      ],
      'none',
    ],
    [
      [
        ['a', '1'],
        ['gone', '1'],
      ],
      'some',
    ],
  ])('is not shown in full with %j', (entries, expected) => {
    expect(shows(partsOf(Object.fromEntries(entries)), delta)).toBe(expected);
  });

  it('is shown only with the external contact that it linked', () => {
    const linked = written({ externalContactId: 'c' }, state()).delta;
    expect(shows(partsOf({}, 'c'), linked)).toBe('all');
    expect(shows(partsOf({}, 'd'), linked)).toBe('none');
    expect(shows(partsOf({}), linked)).toBe('none');
  });

  it('is shown with an external contact whose ID comes back in another case', () => {
    const id = 'abcdef01-0000-4000-8000-000000000000';
    const linked = written({ externalContactId: id.toUpperCase() }, state()).delta;
    expect(shows(partsOf({}, id), linked)).toBe('all');
    expect(shows(partsOf({}, id.toUpperCase()), linked)).toBe('all');
  });

  it('links a contact by an ID that is no UUID as it is spelled', () => {
    const linked = written({ externalContactId: 'Ext-1' }, state()).delta;
    expect(linked.get(CONTACT_PART)).toEqual({ from: null, to: 'Ext-1' });
    expect(shows(partsOf({}, 'ext-1'), linked)).toBe('none');
  });
});

const entries = fc.array(
  fc.tuple(
    fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.string({ maxLength: 3 })),
    fc.constantFrom('', '1', '2'),
  ),
);
const contact = fc.constantFrom('one', 'two');
const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'x', '__proto__', 'constructor'));
const wanted: fc.Arbitrary<WantedAttributes> = fc
  .tuple(entries, names, fc.option(contact, { nil: undefined }))
  .map(([pairs, removed, id]) => {
    const wishes = new Map(pairs);
    return wanting({
      set: wishes,
      remove: new Set(removed.filter((name) => !wishes.has(name))),
      ...(id !== undefined && { externalContactId: id }),
    });
  });
const states = fc.tuple(entries, fc.option(contact)).map(([pairs, id]) => state(pairs, id));

describe('any change', () => {
  const after = (want: WantedAttributes, before: State): State => {
    const verdict = apply(want, before);
    return verdict.kind === 'write'
      ? { ...before, parts: laidOver(before.parts, verdict.delta) }
      : before;
  };

  it('has nothing left to do on its own result', () => {
    fc.assert(
      fc.property(wanted, states, (want, before) => {
        expect(apply(want, after(want, before))).toMatchObject({
          kind: 'unchanged',
          note: { kept: new Map() },
        });
      }),
    );
  });

  it('sets and removes what is wanted and leaves everything else untouched', () => {
    fc.assert(
      fc.property(wanted, states, (want, before) => {
        const { parts } = after(want, before);
        const [had, has] = [new Map(byAttribute(before.parts)), new Map(byAttribute(parts))];
        for (const [name, value] of want.set) expect(has.get(name)).toBe(value);
        for (const name of want.remove) expect(has.get(name) ?? '').toBe('');
        for (const [name, value] of had) {
          if (!want.set.has(name) && !want.remove.has(name)) expect(has.get(name)).toBe(value);
        }
        const all = new Set([...had.keys(), ...want.set.keys()]);
        for (const name of want.remove) if (had.get(name) !== '') all.delete(name);
        expect(new Set(has.keys())).toEqual(all);
        expect(parts.get(CONTACT_PART)).toBe(
          want.externalContactId ?? before.parts.get(CONTACT_PART),
        );
      }),
    );
  });

  it('writes exactly the attributes whose values differ, from what they were to what is wanted', () => {
    fc.assert(
      fc.property(wanted, states, (want, before) => {
        const verdict = apply(want, before);
        if (verdict.kind === 'refused') throw new Error('refused');
        const had = new Map(byAttribute(before.parts));
        const differing = [
          ...[...want.set].filter(([name, value]) => had.get(name) !== value),
          ...[...want.remove]
            .filter((name) => (had.get(name) ?? '') !== '')
            .map((name) => [name, null] as const),
        ].map(([name, to]) => [name, { from: had.get(name) ?? null, to }]);
        const delta: Delta = verdict.kind === 'write' ? verdict.delta : new Map();
        expect([...byAttribute(delta)]).toEqual(differing);
        expect(verdict.note.kept.size).toBe(0);
      }),
    );
  });
});
