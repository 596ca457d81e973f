import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call } from '../../simulator';
import { byId, byPurpose, run, simulatorForEachTest, start } from './set-up';

const BUDGET = { requestsPerMinute: 1_000_000 };

function counting(call: Call, more: IDataObject = {}): IDataObject {
  return {
    operation: 'incrementAttribute',
    conversationId: call.conversationId,
    participant: byId(call.customer.id),
    attribute: 'calls',
    ...more,
  };
}

function appending(call: Call, value: unknown, more: IDataObject = {}): IDataObject {
  const parameters = { ...counting(call), operation: 'appendToAttribute', attribute: 'steps' };
  return { ...parameters, value: value as string, ...more };
}

function removing(call: Call, attributeNames: unknown, more: IDataObject = {}): IDataObject {
  const parameters = { ...counting(call), operation: 'removeAttributes' };
  return { ...parameters, attributeNames: attributeNames as string, ...more };
}

describe('Where participants have a version', () => {
  const simulator = simulatorForEachTest({ latencyMs: 5 });
  const call = (attributes: Record<string, string> = {}) =>
    simulator.current.addCall({ attributes: { lang: 'de', ...attributes } });
  const outputOf = async (parameters: IDataObject) =>
    (await run(simulator.current, { parameters, onError: 'continueRegularOutput' })).items[0]?.json;
  const requests = () => {
    const { journal } = simulator.current;
    return [...journal.reads(), ...journal.writes()].length;
  };

  it('counting comes out as an update does, with the new and the previous value', async () => {
    const counted = call({ calls: '2' });
    const output = await outputOf(counting(counted));
    expect(output).toMatchObject({
      outcome: 'written',
      attribute: 'calls',
      value: '3',
      previous: '2',
      changed: { calls: { from: '2', to: '3' } },
      attributes: { lang: 'de', calls: '3' },
      conversationId: counted.conversationId,
      participantId: counted.customer.id,
    });
    expect(requests()).toBe(2);
  });

  it.each<[IDataObject, string | undefined, string]>([
    [{}, undefined, '1'],
    [{ amount: -2 }, '1', '-1'],
    [{ amount: 0.2 }, '0.1', '0.3'],
    [{ amount: '0.2' }, '0.1', '0.3'],
    [{ options: { startValue: 10 } }, undefined, '11'],
    [{ options: { startValue: '' } }, '', '1'],
    [{ amount: '={{ 1e-7 }}' }, '1', '1.0000001'],
  ])('counting with %j from %j gives %s', async (more, calls, value) => {
    const counted = call(calls === undefined ? {} : { calls });
    expect(await outputOf(counting(counted, more))).toMatchObject({ outcome: 'written', value });
    expect(counted.customer.attributes).toEqual({ lang: 'de', calls: value });
  });

  it('counting what is no number is refused, and shows it', async () => {
    const counted = call({ calls: 'many' });
    expect(await outputOf(counting(counted))).toMatchObject({
      outcome: 'failed',
      error: expect.stringContaining('"calls" is "many", which is no number'),
      details: { code: 'refused' },
    });
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it('appending comes out the same way, and adds nothing that is there', async () => {
    const logged = call({ steps: 'menu' });
    expect(await outputOf(appending(logged, 'queue'))).toMatchObject({
      outcome: 'written',
      attribute: 'steps',
      value: 'menu,queue',
      previous: 'menu',
    });
    expect(await outputOf(appending(logged, 'menu'))).toMatchObject({
      outcome: 'unchanged',
      value: 'menu,queue',
      previous: 'menu,queue',
      changed: {},
    });
    const twice = appending(logged, 7, {
      options: { skipDuplicates: false, separator: ' > ', maxLength: 12 },
    });
    expect(await outputOf(twice)).toMatchObject({ value: 'menu,queue > 7'.slice(-1) });
  });

  it('removing removes what is there, whatever form the names come in', async () => {
    const full = call({ a: '1', b: '2', c: '3' });
    expect(await outputOf(removing(full, ' a , b,, nothing'))).toMatchObject({
      outcome: 'written',
      changed: { a: { from: '1', to: null }, b: { from: '2', to: null } },
    });
    expect(full.customer.attributes).toEqual({ lang: 'de', c: '3' });
    expect(await outputOf(removing(full, ['a', '']))).toMatchObject({ outcome: 'unchanged' });
    expect(await outputOf(removing(full, '={{ ["c"] }}'))).toMatchObject({ outcome: 'written' });
  });

  it('removing may depend on what is there', async () => {
    const full = call({ a: '1' });
    const options = { condition: 'onlyIfEquals', expectedAttributes: '{ "lang": "fr" }' };
    expect(await outputOf(removing(full, ['a'], { options }))).toMatchObject({
      details: { code: 'refused' },
    });
    expect(full.customer.attributes).toEqual({ lang: 'de', a: '1' });
  });

  it.each<[string, (call: Call) => IDataObject, RegExp]>([
    ['an amount that is no number', (one) => counting(one, { amount: 'two' }), /"Amount".*"two"/],
    [
      'a missing amount',
      (one) => counting(one, { amount: '={{ $json.no }}' }),
      /"Amount".*nothing/,
    ],
    [
      'a start value that is no number',
      (one) => counting(one, { options: { startValue: 'x' } }),
      /"Start Value".*"x"/,
    ],
    [
      'a start value that an expression left out',
      (one) => counting(one, { options: { startValue: '={{ $json.no }}' } }),
      /"Start Value".*nothing/,
    ],
    [
      'a separator that an expression left out',
      (one) => appending(one, 'x', { options: { separator: '={{ $json.no }}' } }),
      /"Separator"/,
    ],
    ['no attribute', (one) => counting(one, { attribute: '={{ " " }}' }), /"Attribute".*no name/],
    [
      'a choice that there is not',
      (one) => counting(one, { options: { withoutVersion: 'always' } }),
      /"Without a Version".*"always"/,
    ],
    ['nothing to append', (one) => appending(one, ''), /"Value".*nothing to append/],
    ['a missing value', (one) => appending(one, '={{ $json.no }}'), /"Value".*"steps"/],
    ['a value with a gap', (one) => appending(one, '=at {{ $json.no }}'), /"Value".*\$json\.no/],
    [
      'a value longer than the attribute may get',
      (one) => appending(one, 'long', { options: { maxLength: 3 } }),
      /"Max Length".*4 characters/,
    ],
    [
      'no separator to know entries by',
      (one) => appending(one, 'x', { options: { separator: '' } }),
      /"Separator"/,
    ],
    ['nothing to remove', (one) => removing(one, []), /"Attributes to Remove".*nothing/],
    ['only blank names to remove', (one) => removing(one, ' , '), /"Attributes to Remove"/],
    [
      'a condition that removing does not have',
      (one) => removing(one, ['a'], { options: { condition: 'onlyIfMissing' } }),
      /"Condition".*onlyIfMissing/,
    ],
  ])('%s is refused before any request', async (_, parameters, words) => {
    const output = await outputOf(parameters(call()));
    expect(output).toMatchObject({ outcome: 'failed', details: { code: 'invalid' } });
    expect(output?.['error']).toMatch(words);
    expect(output?.['error']).toContain('item 0');
    expect(requests()).toBe(0);
  });

  it('odd but valid input goes through', async () => {
    const odd = call({ ['__proto__x']: '1' });
    const { items } = await run(simulator.current, {
      parameters: appending(odd, '={{ $json.value }}', { attribute: 'constructor' }),
      items: [{ value: true }, { value: 0 }, { value: 'ä,ö' }, { value: ' ' }],
    });
    expect(items.at(-1)?.json['value']).toBe('true,0,ä,ö, ');
    expect(odd.customer.attributes).toMatchObject({ constructor: 'true,0,ä,ö, ' });
  });

  it('sixty executions that count under churn count exactly sixty', async () => {
    const counted = call();
    const churn = setInterval(() => {
      counted.changeState();
    }, 15);
    try {
      const outputs = await Promise.all(
        Array.from({ length: 60 }, async () => {
          const { items } = await run(simulator.current, {
            parameters: counting(counted, { participant: byPurpose('customer') }),
            credential: BUDGET,
          });
          return Number(items[0]?.json['value']);
        }),
      );
      expect(outputs.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 60 }, (_, index) => index + 1),
      );
      expect(counted.customer.attributes).toEqual({ lang: 'de', calls: '60' });
    } finally {
      clearInterval(churn);
    }
  }, 90_000);

  it('counting, setting and removing on one participant go together', async () => {
    const all = call({ old: '1', calls: '1' });
    const each = [counting(all), appending(all, 'x'), removing(all, ['old']), counting(all)];
    const done = await Promise.all(
      each.map((parameters) => start(simulator.current, { parameters }).done),
    );
    expect(done.map((one) => one.items('Node')[0]?.json['outcome'])).toEqual(
      Array(4).fill('written'),
    );
    expect(all.customer.attributes).toEqual({ lang: 'de', calls: '3', steps: 'x' });
  });
});

describe('Where participants have no version', () => {
  const simulator = simulatorForEachTest({ latencyMs: 5, flavour: 'public', visibilityLagMs: 300 });

  it.each([
    ['counting', counting],
    ['appending', (call: Call) => appending(call, 'x')],
  ])('%s is refused before any write, in words that say what to choose', async (_, parameters) => {
    const call = simulator.current.addCall({ attributes: { calls: '1' } });
    const { items } = await run(simulator.current, {
      parameters: parameters(call),
      onError: 'continueRegularOutput',
    });
    expect(items[0]?.json).toMatchObject({ outcome: 'failed', details: { code: 'refused' } });
    expect(items[0]?.json['error']).toMatch(/version.*"Best Effort" under "Without a Version"/);
    expect(simulator.current.journal.writes()).toEqual([]);
  });

  it('best effort counts exactly within the process, and a hint says what that means', async () => {
    const call = simulator.current.addCall({ attributes: { calls: '1' } });
    const parameters = counting(call, { options: { withoutVersion: 'bestEffort' } });
    const { items, run: first } = await run(simulator.current, {
      parameters,
      items: Array.from({ length: 20 }, () => ({})),
      credential: BUDGET,
    });
    const later = await run(simulator.current, { parameters, credential: BUDGET });
    const values = [...items, ...later.items].map(({ json }) => Number(json['value']));
    expect(values).toEqual(Array.from({ length: 21 }, (_, index) => index + 2));
    expect(call.customer.attributes).toEqual({ calls: '22' });
    expect(first.hints('Node').map(({ message }) => message)).toEqual([
      expect.stringContaining('without a version'),
    ]);
  }, 60_000);

  it('does not claim the old value for its own after a write without an answer', async () => {
    const call = simulator.current.addCall({ attributes: { calls: '1' } });
    simulator.current.fault({ on: 'write', kind: 'dropBefore' });
    const { items } = await run(simulator.current, {
      parameters: counting(call, { options: { withoutVersion: 'bestEffort' } }),
      onError: 'continueRegularOutput',
    });
    expect(items[0]?.json).toMatchObject({ details: { code: 'indeterminate' } });
    expect(items[0]?.json['error']).toContain(
      'Now "calls" is "1". If that is what it was to be, and nobody else sets the same, this item has written it.',
    );
  });
});
