import { describe, expect, it } from '@jest/globals';

import type { Delta, UpdateResult } from '../../core';
import type { AttributeNote, KeptAttribute } from '../../genesys/stores/attribute-change';
import {
  attributePart,
  CONTACT_PART,
  type ParticipantRaw,
} from '../../genesys/stores/participant-parts';
import { outcomeItem } from '../../nodes/GenesysCloud/outcome';

const changes: Delta = new Map([
  [attributePart('a'), { from: '0', to: '1' }],
  [attributePart('b'), { from: null, to: '1' }],
]);

function told({
  kept = {},
  ...result
}: {
  readonly changed?: Delta;
  readonly kept?: Record<string, KeptAttribute>;
  readonly outcome?: UpdateResult<ParticipantRaw, AttributeNote>['outcome'];
}) {
  return outcomeItem(3, 'conversation', {
    outcome: 'written',
    changed: changes,
    snapshot: {
      version: 7,
      parts: new Map([
        [attributePart('a'), '1'],
        [attributePart('b'), '1'],
        [CONTACT_PART, 'contact'],
      ]),
      raw: { participantId: 'p', writeMethod: 'versioned', wire: new Map() },
    },
    note: { kept: new Map(Object.entries(kept)) },
    attempts: 2,
    conflicts: 1,
    batchSize: 4,
    waitedMs: 10.4,
    elapsedMs: 20.6,
    ...result,
  });
}

describe('The item of an update', () => {
  it('tells all attributes, what has changed in them, and how it went', () => {
    expect(told({})).toEqual({
      json: {
        conversationId: 'conversation',
        participantId: 'p',
        outcome: 'written',
        writeMethod: 'versioned',
        attributes: { a: '1', b: '1' },
        changed: { a: { from: '0', to: '1' }, b: { from: null, to: '1' } },
        kept: {},
        version: 7,
        attempts: 2,
        conflicts: 1,
        batchSize: 4,
        waitedMs: 10,
        elapsedMs: 21,
      },
      pairedItem: { item: 3 },
    });
  });

  it('tells of an attribute that was left to others in the end as kept only', () => {
    const kept = { a: { wanted: '1', found: '9' } };
    expect(told({ kept }).json).toMatchObject({
      outcome: 'written',
      changed: { b: { from: null, to: '1' } },
      kept,
    });
    expect(told({ kept }).json['changed']).not.toHaveProperty('a');
  });

  it.each(['written', 'accepted', 'unchanged'] as const)(
    'tells that nothing has changed where all was left to others in the end (%s)',
    (outcome) => {
      const kept = { a: { wanted: '1', found: '9' }, b: { wanted: '1', found: null } };
      expect(told({ kept, outcome }).json).toMatchObject({
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
    expect(told(given).json).toMatchObject({
      outcome: 'superseded',
      superseded: { a: { written: '1', found: '9' }, b: { written: null, found: null } },
      changed: {},
      kept,
    });
    expect(told({}).json).not.toHaveProperty('superseded');
  });

  it('tells that it has written where only the external contact has changed', () => {
    const kept = { a: { wanted: '1', found: '9' } };
    const changed: Delta = new Map([[CONTACT_PART, { from: null, to: 'contact' }]]);
    for (const given of [{ changed }, { changed, kept }]) {
      expect(told(given).json).toMatchObject({ outcome: 'written', changed: {} });
    }
  });

  it('tells the outcome as it is where nothing was kept', () => {
    for (const outcome of ['written', 'accepted', 'unchanged'] as const) {
      expect(told({ changed: new Map(), outcome }).json['outcome']).toBe(outcome);
    }
  });

  it('tells of attributes by the name __proto__ as of any other', () => {
    const changed: Delta = new Map([[attributePart('__proto__'), { from: null, to: 'x' }]]);
    const { json } = told({ changed });
    expect(Object.entries(json['changed'] ?? {})).toEqual([['__proto__', { from: null, to: 'x' }]]);
  });
});
