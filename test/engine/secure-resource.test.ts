import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call, Fault } from '../../simulator';
import { detailsOf, rows, run, simulatorForEachTest } from './set-up';

const CHANGES = '{ "attributes": { "card": "canary-new" } }';

const theirs = { card: 'canary-theirs' };

describe('Values of secure attributes that are updated as a resource', () => {
  const simulator = simulatorForEachTest();

  const addCall = () => {
    const call = simulator.current.addCall();
    call.secure.write({ card: 'canary-old' });
    return call;
  };

  const update = async (
    { conversationId }: Call,
    method: string,
    changes: string,
    options: IDataObject = {},
  ) => {
    const path = `/api/v2/conversations/${conversationId}/secureattributes`;
    const { items } = await run(simulator.current, {
      parameters: {
        resource: 'versionedResource',
        operation: 'update',
        changes,
        options,
        ...(method === 'custom'
          ? { kind: 'custom', method: 'PUT', path }
          : {
              kind: `${method} /api/v2/conversations/{conversationId}/secureattributes`,
              pathParameters: rows({ conversationId }),
            }),
      },
      onError: 'continueRegularOutput',
    });
    return items[0]?.json ?? {};
  };

  const methods = ['PUT', 'custom'];

  it.each(methods)('are in the item: %s', async (method) => {
    expect(await update(addCall(), method, CHANGES)).toMatchObject({
      outcome: 'written',
      changed: { '/attributes/card': { from: 'canary-old', to: 'canary-new' } },
    });
  });

  describe.each(methods)('are in no message: %s', (method) => {
    it.each<[string, IDataObject, Fault[], string, RegExp]>([
      [
        'of a condition that is not met',
        { onlyIfEquals: '{ "/attributes/card": "canary-expected" }' },
        [],
        'refused',
        /^The condition is not met: "\/attributes\/card" is not as expected\.$/,
      ],
      [
        'of a policy',
        { conflictPolicy: 'fail' },
        [{ on: 'write', kind: 'foreignWrite', attributes: theirs }],
        'refused',
        /^Somebody else set "\/attributes\/card" to another value meanwhile\.$/,
      ],
      [
        'of a claim whose reply was lost',
        { onlyIfEquals: '{ "/attributes/card": "canary-old" }' },
        [
          { on: 'write', kind: 'dropAfter' },
          { on: 'read', kind: 'delayBefore', ms: 0 },
          { on: 'read', kind: 'foreignWrite', attributes: { other: 'canary-other' } },
        ],
        'indeterminate',
        /may or may not have been written/,
      ],
      [
        'of a server that quotes them',
        {},
        [{ on: 'write', kind: 'reply', status: 400, message: '"canary-new" is too long' }],
        'invalid',
        /its words are left out/,
      ],
    ])('%s', async (_, options, faults, code, words) => {
      const call = addCall();
      for (const fault of faults) simulator.current.fault(fault);
      const json = await update(call, method, CHANGES, options);
      expect(detailsOf(json)).toMatchObject({ code });
      expect(json['error']).toMatch(words);
      expect(JSON.stringify(json)).not.toContain('canary');
    });

    it.each([
      ['that is no JSON', '{ "card": canary }'],
      ['that is a list', '["canary"]'],
      ['that is a text', '"canary"'],
      ['with too many digits', '{ "card": 4111411141114111411 }'],
    ])('of what is given %s', async (_, text) => {
      const call = addCall();
      for (const [json, parameter] of [
        [await update(call, method, text), 'Changes'],
        [await update(call, method, CHANGES, { onlyIfEquals: text }), 'Only If Equals'],
      ] as const) {
        expect(detailsOf(json)).toMatchObject({ code: 'invalid' });
        expect(json['error']).toContain(`"${parameter}" of item 0`);
        expect(json['error']).not.toMatch(/canary|4111/);
      }
      expect(simulator.current.journal.entries).toEqual([]);
    });
  });
});
