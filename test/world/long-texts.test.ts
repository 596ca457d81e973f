import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { byPurpose, detailsOf, rows, run, simulatorForEachTest } from '../engine/set-up';
import { complaints } from './refused';

const simulator = simulatorForEachTest();

const LONG = 'x'.repeat(200_000);
const SHORT_OF_IT = `${'x'.repeat(200)}…`;

/** What comes out of an item that is refused or fails. */
async function failedItem(parameters: IDataObject): Promise<IDataObject> {
  const { items } = await run(simulator.current, { parameters, onError: 'continueRegularOutput' });
  return items[0]?.json ?? {};
}

async function failure(parameters: IDataObject): Promise<string> {
  return (await failedItem(parameters))['error'] as string;
}

function expectCut(said: string): void {
  expect(said).toContain(SHORT_OF_IT);
  expect(said).toMatch(/\(\d{1,3}(,\d{3})* characters more\)/);
  expect(said.length).toBeLessThan(1000);
}

describe('In what is said before any request, a text is cut', () => {
  const good: IDataObject = { attributes: rows({ a: '1' }) };
  const options = (collection: IDataObject) => ({ ...good, options: collection });
  it.each<[string, IDataObject]>([
    ['an ID', { ...good, conversationId: LONG }],
    [
      'a name that is there twice',
      { inputMode: 'json', attributesJson: `{"${LONG}":"1","${LONG}":"2"}` },
    ],
    ['a name that ends with a blank', { attributes: rows({ [`${LONG} `]: '1' }) }],
    ['the name of what has no value', { attributes: rows({ [LONG]: '={{ null }}' }) }],
    ['a JSON text that is no object', { inputMode: 'json', attributesJson: `"${LONG}"` }],
    [
      'the name that JSON has before a gap',
      { inputMode: 'json', attributesJson: `={"${LONG}":"{{ $json.nope }}"}` },
    ],
    ['a choice', options({ conflictPolicy: `={{ "${LONG}" }}` })],
    [
      'what is to be set and to be removed',
      { attributes: rows({ [LONG]: '1' }), options: { attributesToRemove: LONG } },
    ],
  ])('%s', async (_, parameters) => {
    const [said = ''] = await complaints(simulator.current, parameters);
    expectCut(said);
  });

  it.each<[string, IDataObject]>([
    ['an object', { attributes: rows({ a: `={{ { a: "${LONG}" } }}` }) }],
    ['an expression', { attributes: rows({ a: `=x{{ $json["${LONG}"] }}` }) }],
    ['JSON that is none', { inputMode: 'json', attributesJson: LONG }],
  ])('%s, with whatever stands before it', async (_, parameters) => {
    const [said = ''] = await complaints(simulator.current, parameters);
    expect(said.length).toBeLessThan(500);
  });
});

describe('In what is said of an update, a text is cut', () => {
  it("somebody's value and its name, where the policy is Fail", async () => {
    const call = simulator.current.addCall({ attributes: { [LONG]: 'old' } });
    simulator.current.fault({
      on: 'write',
      kind: 'foreignWrite',
      attributes: { [LONG]: LONG },
    });
    const said = await failure({
      conversationId: call.conversationId,
      attributes: rows({ [LONG]: 'mine' }),
      options: { conflictPolicy: 'fail' },
    });
    expectCut(said);
    expect(said).toContain(`Somebody else set "${SHORT_OF_IT}" (199,800 characters more) to "`);
  });

  it('the name of what somebody removed', async () => {
    const call = simulator.current.addCall({ attributes: { [LONG]: 'old' } });
    simulator.current.fault({ on: 'write', kind: 'foreignWrite', attributes: { [LONG]: '' } });
    const said = await failure({
      conversationId: call.conversationId,
      attributes: rows({ [LONG]: 'mine' }),
      options: { conflictPolicy: 'fail' },
    });
    expectCut(said);
    expect(said).toContain('Somebody else removed "xxx');
  });

  it('what a condition found and expected', async () => {
    const call = simulator.current.addCall({ attributes: { [LONG]: LONG } });
    const said = await failure({
      conversationId: call.conversationId,
      attributes: rows({ a: '1' }),
      options: {
        condition: 'onlyIfEquals',
        expectedAttributes: JSON.stringify({ [LONG]: `${LONG}y` }),
      },
    });
    expectCut(said);
    expect(said).toContain('characters more), not "');
  });

  it('the purpose that nobody has, and those that there are', async () => {
    const call = simulator.current.addCall();
    call.addParticipant({ purpose: LONG });
    const said = await failure({
      conversationId: call.conversationId,
      participant: byPurpose(`${LONG}y`),
      attributes: rows({ a: '1' }),
    });
    expectCut(said);
    expect(said).toMatch(/It has: customer.*characters more\)/);
  });

  it("the server's words, its code and its IDs", async () => {
    const call = simulator.current.addCall();
    simulator.current.fault({
      on: 'read',
      kind: 'reply',
      status: 403,
      headers: { 'genesys-correlation-id': 'c'.repeat(300) },
      body: JSON.stringify({ message: LONG, code: `y${LONG}`, contextId: `z${LONG}` }),
    });
    const item = await failedItem({
      conversationId: call.conversationId,
      attributes: rows({ a: '1' }),
    });
    const said = item['error'];
    const details = detailsOf(item);
    expect(said).toContain(`answered 403: ${SHORT_OF_IT} (199,800 characters more)`);
    expect(said).toContain(`y${'x'.repeat(199)}… (199,801 characters more)`);
    expect(details['contextId']).toBe(`z${'x'.repeat(199)}… (199,801 characters more)`);
    expect(details['correlationId']).toBe(`${'c'.repeat(200)}… (100 characters more)`);
  });

  it('and a secret that the server repeats where it is cut is hidden all the same', async () => {
    const call = simulator.current.addCall();
    const { clientSecret } = simulator.current;
    simulator.current.fault({
      on: 'read',
      kind: 'reply',
      status: 403,
      message: `${'x'.repeat(200 - clientSecret.length / 2)}${clientSecret}${LONG}`,
    });
    const said = await failure({
      conversationId: call.conversationId,
      attributes: rows({ a: '1' }),
    });
    expect(said).toContain('xxx[hidde…');
    expect(said).not.toContain(clientSecret.slice(0, 4));
  });

  it('an operation that there is not', async () => {
    const said = await failure({ operation: LONG, conversationId: '', attributes: {} });
    expectCut(said);
  });
});
