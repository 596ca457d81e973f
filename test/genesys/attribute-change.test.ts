import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import {
  attributeChange,
  type ParticipantState,
  type WantedAttributes,
} from '../../genesys/attribute-change';
import { wanting } from './wishes';

function state(
  attributes: Iterable<readonly [string, string]> = [],
  contact: string | null = null,
): ParticipantState {
  return {
    participantId: 'p',
    writeMethod: 'versioned',
    attributes: new Map(attributes),
    wire: new Map(),
    externalContactId: contact,
  };
}

const at = (shown: ParticipantState) => ({ state: shown, version: 1 });

/** Applies a wish to a state; `first` is what the update read first. */
function apply(wanted: Partial<WantedAttributes>, before: ParticipantState, first = before) {
  return attributeChange(wanting(wanted)).apply(
    at(before),
    { first: at(first), now: at(before) },
    undefined,
  );
}

function written(wanted: Partial<WantedAttributes>, before: ParticipantState, first = before) {
  const verdict = apply(wanted, before, first);
  if (verdict.kind !== 'write') throw new Error(`nothing to write, but ${verdict.kind}`);
  return verdict;
}

const set = (...entries: [string, string][]) => new Map(entries);

describe('setting attributes', () => {
  it('writes them and leaves all others as they are', () => {
    const { next } = written(
      { set: set(['a', '2'], ['new', 'x']) },
      state([
        ['a', '1'],
        ['b', '1'],
      ]),
    );
    expect([...next.attributes]).toEqual([
      ['a', '2'],
      ['b', '1'],
      ['new', 'x'],
    ]);
    expect(next.participantId).toBe('p');
  });

  it('reports what changed, from what to what, and nothing else', () => {
    const wanted = { set: set(['a', '2'], ['same', '1'], ['new', ''], ['empty', 'x']) };
    const { report } = written(
      wanted,
      state([
        ['a', '1'],
        ['same', '1'],
        ['empty', ''],
      ]),
    );
    expect([...report.changed]).toEqual([
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
    expect(verdict).toMatchObject({
      kind: 'unchanged',
      report: { changed: new Map(), kept: new Map() },
    });
    expect(apply({ set: set() }, state([['a', '1']])).kind).toBe('unchanged');
  });

  it('writes an empty string where there was nothing', () => {
    expect(written({ set: set(['a', '']) }, state()).next.attributes.get('a')).toBe('');
  });

  it('treats __proto__ and constructor as data', () => {
    const { next, report } = written(
      { set: set(['__proto__', 'x'], ['constructor', 'y']) },
      state(),
    );
    expect([...next.attributes]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(report.changed.get('__proto__')).toEqual({ from: null, to: 'x' });
  });

  it('does not touch the state that it was made from', () => {
    const before = state([['a', '1']]);
    written({ set: set(['a', '2'], ['b', '2']), externalContactId: 'e' }, before);
    expect(before).toEqual(state([['a', '1']]));
  });

  it('keeps whatever else the state of a store holds', () => {
    const before: ParticipantState = {
      ...state(),
      writeMethod: 'patch',
      wire: new Map([['w', { value: 'kept' }]]),
    };
    const { next } = written({ set: set(['a', '1']) }, before);
    expect(next).toEqual({ ...before, attributes: set(['a', '1']) });
  });

  it('may be repeated without harm', () => {
    expect(attributeChange(wanting({})).idempotent).toBe(true);
  });
});

describe('the external contact', () => {
  it('is left alone unless it is wanted', () => {
    const { next } = written({ set: set(['a', '1']) }, state([], 'contact'));
    expect(next.externalContactId).toBe('contact');
    expect(next).not.toHaveProperty('writesExternalContact');
  });

  it('is written alone when it differs', () => {
    const { next, report } = written(
      { set: set(['a', '1']), externalContactId: 'new' },
      state([['a', '1']], 'old'),
    );
    expect(next).toEqual({ ...state([['a', '1']], 'new'), writesExternalContact: true });
    expect(report.changed.size).toBe(0);
  });

  it('is written where there was none', () => {
    const { next } = written({ set: set(), externalContactId: 'new' }, state());
    expect(next.externalContactId).toBe('new');
  });

  it('that is already there needs no write', () => {
    expect(apply({ set: set(), externalContactId: 'same' }, state([], 'same')).kind).toBe(
      'unchanged',
    );
  });
});

describe('the external contact of a participant', () => {
  it('is the same whatever the case of its id', () => {
    const before = state([], 'ABCDEF01-0000-4000-8000-000000000000');
    const externalContactId = 'abcdef01-0000-4000-8000-000000000000';
    expect(apply({ externalContactId }, before).kind).toBe('unchanged');
  });

  it('that is written by PATCH is refused, even beside attributes', () => {
    const before: ParticipantState = { ...state(), writeMethod: 'patch' };
    const verdict = apply({ set: set(['a', '1']), externalContactId: 'new' }, before);
    if (verdict.kind !== 'refused') throw new Error(verdict.kind);
    expect(verdict.reason).toContain('External Contact ID');
    expect(apply({ set: set(['a', '1']) }, before).kind).toBe('write');
  });
});

describe('removing attributes', () => {
  it('leaves them out, reports what they were and keeps all others', () => {
    const { next, report } = written(
      { remove: new Set(['a', 'never', 'empty']) },
      state([
        ['a', '1'],
        ['empty', ''],
        ['b', '2'],
      ]),
    );
    expect([...next.attributes]).toEqual([
      ['empty', ''],
      ['b', '2'],
    ]);
    expect([...report.changed]).toEqual([['a', { from: '1', to: null }]]);
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
    const { report } = written({ ...wanted, conflictPolicy: 'overwrite' }, theirs, first);
    expect(report.changed.get('a')).toEqual({ from: 'theirs', to: 'ours' });
    expect(report.kept.size).toBe(0);
  });

  it('is kept by the policy "keepTheirs", while the others are written', () => {
    const { next, report } = written({ ...wanted, conflictPolicy: 'keepTheirs' }, theirs, first);
    expect(next.attributes.get('a')).toBe('theirs');
    expect(next.attributes.get('c')).toBe('new');
    expect([...report.kept]).toEqual([['a', { wanted: 'ours', found: 'theirs' }]]);
    expect([...report.changed.keys()]).toEqual(['c']);
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
      report: { kept: new Map([['a', { wanted: null, found: 'theirs' }]]) },
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
    const { next, report } = written(
      { set: set(['a', '1'], ['empty', '1'], ['there', '1']), condition },
      state([
        ['empty', ''],
        ['there', '0'],
      ]),
    );
    expect(Object.fromEntries(next.attributes)).toEqual({ a: '1', empty: '1', there: '0' });
    expect([...report.kept]).toEqual([['there', { wanted: '1', found: '0' }]]);
    expect([...report.changed.keys()]).toEqual(['a', 'empty']);
  });

  it('does not keep from removing', () => {
    expect(
      written({ remove: new Set(['a']), condition }, state([['a', '1']])).next.attributes.size,
    ).toBe(0);
  });
});

describe('the condition "onlyIfEquals"', () => {
  const given = (...expected: [string, string][]) => ({
    set: set(['x', '1']),
    condition: { kind: 'onlyIfEquals', expected: set(...expected) } as const,
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
  const change = attributeChange(
    wanting({
      set: new Map([['status', 'taken']]),
      condition: {
        kind: 'onlyIfEquals',
        expected: new Map([
          ['status', 'waiting'],
          ['open', 'yes'],
        ]),
      },
    }),
  );
  const ours = {
    changed: new Map([['status', { from: 'waiting', to: 'taken' }]]),
    kept: new Map<string, never>(),
  };
  const first = at(
    state([
      ['status', 'waiting'],
      ['open', 'yes'],
    ]),
  );

  it('its own value does not break its condition', () => {
    const base = at(
      state([
        ['status', 'theirs'],
        ['open', 'yes'],
      ]),
    );
    expect(change.apply(base, { first, now: base }, ours).kind).toBe('write');
    expect(change.apply(base, { first, now: base }, undefined).kind).toBe('refused');
  });

  it('the values of others still do', () => {
    const base = at(
      state([
        ['status', 'taken'],
        ['open', 'no'],
      ]),
    );
    expect(change.apply(base, { first, now: base }, ours)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('"open" is "no"'),
    });
  });
});

describe('what a report says is shown', () => {
  const change = attributeChange(wanting({}));
  const report = {
    changed: new Map([
      ['a', { from: null, to: '1' }],
      ['gone', { from: '1', to: null }],
    ]),
    kept: new Map([['k', { wanted: '1', found: '2' }]]),
  };

  it('in full when what it changed is there and what it removed is missing or empty', () => {
    expect(change.shown(report, at(state([['a', '1']])))).toBe('all');
    const emptied = set(['a', '1'], ['gone', ''], ['more', 'x'], ['k', '3']);
    expect(change.shown(report, at(state(emptied)))).toBe('all');
  });

  it.each<[[string, string][], string]>([
    [[], 'part'],
    [
      [
        ['a', '2'],
        ['gone', '1'],
      ],
      'nothing',
    ],
    [
      [
        ['a', '1'],
        ['gone', '1'],
      ],
      'part',
    ],
  ])('no more in full with %j', (entries, expected) => {
    expect(change.shown(report, at(state(entries)))).toBe(expected);
  });

  it('only with the external contact that it linked', () => {
    const linked = { changed: new Map(), kept: new Map(), externalContactId: 'c' };
    expect(change.shown(linked, at(state([], 'c')))).toBe('all');
    expect(change.shown(linked, at(state([], 'd')))).toBe('nothing');
    expect(change.shown(linked, at(state()))).toBe('nothing');
  });

  it('with an external contact whose id comes back in another case', () => {
    const linked = { changed: new Map(), kept: new Map(), externalContactId: 'AB' };
    expect(change.shown(linked, at(state([], 'ab')))).toBe('all');
  });
});

describe('two reports of one update', () => {
  const change = attributeChange(wanting({}));
  const report = (
    changed: Record<string, [string | null, string | null]>,
    kept: Record<string, [string, string]> = {},
  ) => ({
    changed: new Map(
      Object.entries(changed).map(([name, [from, to]]) => [name, { from, to }] as const),
    ),
    kept: new Map(
      Object.entries(kept).map(([name, [want, found]]) => [name, { wanted: want, found }] as const),
    ),
  });

  it('tell from where the first found an attribute to where the last left it', () => {
    expect(
      change.merge(
        report({ a: [null, '1'], b: ['1', '2'] }),
        report({ a: ['theirs', '1'], c: ['x', null] }),
      ),
    ).toEqual(report({ a: [null, '1'], b: ['1', '2'], c: ['x', null] }));
  });

  it('tell of an attribute that was left to others in the end as kept only', () => {
    expect(
      change.merge(report({ a: ['0', '1'], b: ['0', '1'] }), report({}, { a: ['1', '9'] })),
    ).toEqual(report({ b: ['0', '1'] }, { a: ['1', '9'] }));
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
  it('has nothing left to do on its own result', () => {
    fc.assert(
      fc.property(wanted, states, (want, before) => {
        const first = apply(want, before);
        const after = first.kind === 'write' ? first.next : before;
        expect(apply(want, after)).toMatchObject({
          kind: 'unchanged',
          report: { changed: new Map(), kept: new Map() },
        });
      }),
    );
  });

  it('sets and removes what is wanted and leaves everything else untouched', () => {
    fc.assert(
      fc.property(wanted, states, (want, before) => {
        const verdict = apply(want, before);
        const after = verdict.kind === 'write' ? verdict.next : before;
        for (const [name, value] of want.set) expect(after.attributes.get(name)).toBe(value);
        for (const name of want.remove) expect(after.attributes.get(name) ?? '').toBe('');
        for (const [name, value] of before.attributes) {
          if (!want.set.has(name) && !want.remove.has(name)) {
            expect(after.attributes.get(name)).toBe(value);
          }
        }
        const all = new Set([...before.attributes.keys(), ...want.set.keys()]);
        for (const name of want.remove) if (before.attributes.get(name) !== '') all.delete(name);
        expect(new Set(after.attributes.keys())).toEqual(all);
        expect(after.externalContactId).toBe(want.externalContactId ?? before.externalContactId);
      }),
    );
  });

  it('reports exactly the names whose values differ', () => {
    fc.assert(
      fc.property(wanted, states, (want, before) => {
        const verdict = apply(want, before);
        if (verdict.kind === 'refused') throw new Error('refused');
        const differing = [
          ...[...want.set].filter(([name, value]) => before.attributes.get(name) !== value),
          ...[...want.remove]
            .filter((name) => (before.attributes.get(name) ?? '') !== '')
            .map((name) => [name]),
        ];
        expect([...verdict.report.changed.keys()]).toEqual(differing.map(([name]) => name));
        expect(verdict.report.kept.size).toBe(0);
      }),
    );
  });
});
