import { describe, expect, it } from '@jest/globals';

import type { Delta, UpdateResult } from '../../../core';
import type { Altered, Superseded } from '../../../core/update-types';
import type { Standing } from '../../../genesys/conversations/conversation';
import type {
  AttributeNote,
  KeptAttribute,
  WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import {
  attributePart,
  CONTACT_PART,
  type ParticipantRaw,
} from '../../../genesys/stores/participant-parts';
import { participantOutcome } from '../../../nodes/GenesysCloud/outcomes/participant';
import type { Request } from '../../../nodes/GenesysCloud/parameters/request';

const changes: Delta = new Map([
  [attributePart('a'), { from: '0', to: '1' }],
  [attributePart('b'), { from: null, to: '1' }],
]);

function told({
  kept = {},
  remove = [],
  contact,
  returns = 'everything',
  standing = { purpose: 'customer', presence: 'connected' },
  ...result
}: {
  readonly changed?: Delta;
  readonly kept?: Record<string, KeptAttribute>;
  readonly remove?: readonly string[];
  readonly contact?: string;
  readonly returns?: Request['returns'];
  readonly standing?: Standing;
  readonly outcome?: UpdateResult<ParticipantRaw, AttributeNote>['outcome'];
  readonly altered?: ReadonlyMap<string, Altered>;
  readonly superseded?: ReadonlyMap<string, Superseded>;
  readonly note?: AttributeNote;
}) {
  const wanted: WantedAttributes = {
    set: new Map(),
    remove: new Set(remove),
    conflictPolicy: 'overwrite',
    condition: { kind: 'always' },
    ...(contact !== undefined && { externalContactId: contact }),
  };
  const asked = { conversationId: 'conversation', wanted, returns };
  const updated = {
    outcome: 'written' as const,
    changed: changes,
    snapshot: {
      version: 7,
      parts: new Map([
        [attributePart('a'), '1'],
        [attributePart('b'), '1'],
        [attributePart('emptied'), ''],
        [attributePart('nothing'), ''],
        [CONTACT_PART, 'contact'],
      ]),
      raw: {
        participantId: 'p',
        writeMethod: 'versioned' as const,
        wire: { emptied: '', nothing: null },
        standing: {},
      },
    },
    note: { kept: new Map(Object.entries(kept)) },
    attempts: 2,
    conflicts: 1,
    batchSize: 4,
    waitedMs: 10.4,
    elapsedMs: 20.6,
    ...result,
  };
  return participantOutcome(asked, updated, standing);
}

describe('The item of an update', () => {
  it('tells what has changed, all attributes, whose they are, and how it went', () => {
    expect(told({})).toEqual({
      outcome: 'written',
      changed: { a: { from: '0', to: '1' }, b: { from: null, to: '1' } },
      attributes: { a: '1', b: '1', emptied: '', nothing: null },
      conversationId: 'conversation',
      participantId: 'p',
      purpose: 'customer',
      connected: true,
      details: {
        writeMethod: 'versioned',
        version: 7,
        attempts: 2,
        conflicts: 1,
        batchSize: 4,
        waitedMs: 10,
        elapsedMs: 21,
      },
    });
  });

  it('tells of the one attribute that it was about what that is now, as Genesys Cloud stores it', () => {
    const single = { attribute: 'a', value: '1', previous: null };
    const note: AttributeNote = { kept: new Map(), single };
    const altered = new Map([[attributePart('a'), { wanted: '1', stored: '1.0' }]]);
    expect(Object.entries(told({ note })).slice(1, 4)).toEqual(Object.entries(single));
    expect(told({ note, altered })).toMatchObject({ ...single, value: '1.0' });
    const missing = new Map([[attributePart('a'), { wanted: '1', stored: null }]]);
    expect(told({ note, altered: missing })).toMatchObject({ ...single, value: null });
    const superseded = new Map([[attributePart('a'), { written: '1', found: '9' }]]);
    expect(told({ note, superseded })).toMatchObject({ ...single, value: '9' });
  });

  it('has its keys in the order in which people look for them', () => {
    const altered = new Map([[attributePart('a'), { wanted: '1', stored: '1 ' }]]);
    const kept = { b: { wanted: '1', found: '9' } };
    expect(Object.keys(told({ altered, kept, contact: 'contact' }))).toEqual([
      'outcome',
      'changed',
      'attributes',
      'kept',
      'altered',
      'externalContactId',
      'conversationId',
      'participantId',
      'purpose',
      'connected',
      'details',
    ]);
  });

  it('tells of the external contact only where it was asked for', () => {
    expect(told({ contact: 'contact' })['externalContactId']).toBe('contact');
    expect(told({})).not.toHaveProperty('externalContactId');
  });

  it('does not list as there what was removed and stays as an empty text', () => {
    const { attributes } = told({ remove: ['emptied', 'nothing', 'b'] });
    expect(attributes).toEqual({ a: '1', b: '1' });
  });

  it('has no attributes where only what changed is wanted', () => {
    const json = told({ returns: 'changed' });
    expect(json).not.toHaveProperty('attributes');
    expect(json).toMatchObject({ changed: { a: { from: '0', to: '1' } }, purpose: 'customer' });
  });

  it.each<[Standing, string | null, boolean | null]>([
    [{}, null, null],
    [{ purpose: 'agent', presence: 'left' }, 'agent', false],
    [{ presence: 'onTheWay' }, null, false],
  ])('tells of whoever was seen as %j', (standing, purpose, connected) => {
    expect(told({ standing })).toMatchObject({ purpose, connected });
  });

  it('tells of an attribute that was left to others in the end as kept only', () => {
    const kept = { a: { wanted: '1', found: '9' } };
    expect(told({ kept })).toMatchObject({
      outcome: 'written',
      changed: { b: { from: null, to: '1' } },
      kept,
    });
    expect(told({ kept })['changed']).not.toHaveProperty('a');
  });

  it.each(['written', 'accepted', 'unchanged'] as const)(
    'tells that nothing has changed where all was left to others in the end (%s)',
    (outcome) => {
      const kept = { a: { wanted: '1', found: '9' }, b: { wanted: '1', found: null } };
      expect(told({ kept, outcome })).toMatchObject({
        outcome: 'unchanged',
        changed: {},
        kept,
      });
    },
  );

  it('tells of a value that was superseded, and not that nothing has changed', () => {
    const superseded = new Map([
      [attributePart('a'), { written: '1', found: '9' }],
      [attributePart('b'), { written: null, found: null }],
    ]);
    const kept = { c: { wanted: '1', found: '9' } };
    const given = { outcome: 'superseded', changed: new Map(), superseded, kept } as const;
    expect(told(given)).toMatchObject({
      outcome: 'superseded',
      superseded: { a: { written: '1', found: '9' }, b: { written: null, found: null } },
      changed: {},
      kept,
    });
    expect(told({})).not.toHaveProperty('superseded');
  });

  it('tells that it has written where only the external contact has changed', () => {
    const kept = { a: { wanted: '1', found: '9' } };
    const changed: Delta = new Map([[CONTACT_PART, { from: null, to: 'contact' }]]);
    for (const given of [{ changed }, { changed, kept }]) {
      expect(told(given)).toMatchObject({ outcome: 'written', changed: {} });
    }
  });

  it('tells the outcome as it is where nothing was kept', () => {
    for (const outcome of ['written', 'accepted', 'unchanged'] as const) {
      expect(told({ changed: new Map(), outcome })['outcome']).toBe(outcome);
    }
  });

  it('tells of attributes by the name __proto__ as of any other', () => {
    const changed: Delta = new Map([[attributePart('__proto__'), { from: null, to: 'x' }]]);
    const json = told({ changed });
    expect(Object.entries(json['changed'] ?? {})).toEqual([['__proto__', { from: null, to: 'x' }]]);
  });
});
