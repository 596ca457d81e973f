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
  return attributeChange(wanting(wanted)).apply(at(before), at(first));
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
    expect(verdict).toEqual({ kind: 'unchanged', report: { changed: new Map(), kept: new Map() } });
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
        expect(apply(want, after)).toEqual({
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
