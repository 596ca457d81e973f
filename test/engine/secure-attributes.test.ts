import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../simulator';
import { bodies } from './bodies';
import { MISHAPS } from './mishaps';
import { secure, setSecure } from './secure-runs';
import { processFor, rows, run, simulatorForEachTest } from './set-up';
import { expectNothingLost } from './thirty-executions';

const simulator = simulatorForEachTest();
const THEIRS = { lang: 'de', tier: 'gold' };

describe('Set on secure attributes', () => {
  it('changes those that are named, under the version that was read, and reads them back', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    expect(await setSecure(simulator.current, call, { pin: '1234', tier: 'silver' })).toEqual({
      conversationId: call.conversationId,
      outcome: 'written',
      secure: {
        changed: { pin: { from: null, to: '1234' }, tier: { from: 'gold', to: 'silver' } },
        attributes: { lang: 'de', tier: 'silver', pin: '1234' },
      },
      version: 2,
      details: {
        writeMethod: 'versioned',
        version: 2,
        attempts: 1,
        conflicts: 0,
        batchSize: 1,
        waitedMs: expect.any(Number),
        elapsedMs: expect.any(Number),
      },
    });
    expect(bodies(simulator.current)).toEqual([
      { attributes: { lang: 'de', tier: 'silver', pin: '1234' }, version: 1 },
    ]);
    expect(simulator.current.journal.reads()).toHaveLength(2);
  });

  it('makes the first ones without a version', async () => {
    const call = simulator.current.addCall();
    expect(await setSecure(simulator.current, call, { pin: '1234' })).toMatchObject({
      outcome: 'written',
      secure: { changed: { pin: { from: null, to: '1234' } }, attributes: { pin: '1234' } },
      version: 1,
    });
    expect(bodies(simulator.current)).toEqual([{ attributes: { pin: '1234' } }]);
  });

  it('takes them as JSON, and turns numbers and truth into text', async () => {
    const call = simulator.current.addCall();
    const attributesJson = { n: 1, yes: true };
    await setSecure(simulator.current, call, {}, { inputMode: 'json', attributesJson });
    expect(call.secure.attributes).toEqual({ n: '1', yes: 'true' });
  });

  it('removes others in the same write, and gives no others where it is told so', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    const options = { attributesToRemove: ['tier'], return: 'changed' };
    expect(await setSecure(simulator.current, call, { pin: '1' }, { options })).toMatchObject({
      outcome: 'written',
      secure: { changed: { pin: { from: null, to: '1' }, tier: { from: 'gold', to: null } } },
    });
    expect(call.secure.attributes).toEqual({ lang: 'de', pin: '1' });
  });

  it('writes nothing where all is as wanted', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    expect(await setSecure(simulator.current, call, { lang: 'de' })).toMatchObject({
      outcome: 'unchanged',
      secure: { changed: {} },
      version: 1,
    });
    expect(bodies(simulator.current)).toEqual([]);
  });

  it('does not wait to see them where it is told so', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    const options = { waitUntilVisible: false };
    expect(await setSecure(simulator.current, call, { pin: '1' }, { options })).toMatchObject({
      outcome: 'accepted',
      secure: { attributes: { ...THEIRS, pin: '1' } },
      version: null,
    });
    expect(simulator.current.journal.reads()).toHaveLength(1);
  });

  it('leaves to somebody else what they have set meanwhile, if it is told so', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    simulator.current.fault({ on: 'write', kind: 'foreignWrite', attributes: { tier: 'iron' } });
    const options = { conflictPolicy: 'keepTheirs' };
    const wanted = { pin: '1', tier: 'silver' };
    expect(await setSecure(simulator.current, call, wanted, { options })).toMatchObject({
      outcome: 'written',
      secure: { kept: { tier: { wanted: 'silver', found: 'iron' } } },
      details: { conflicts: 1 },
    });
    expect(call.secure.attributes).toEqual({ lang: 'de', tier: 'iron', pin: '1' });
  });

  it('skips what is not as expected, and says under secure what was found', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    const options = {
      condition: 'onlyIfEquals',
      expectedAttributes: rows({ tier: 'silver' }),
      ifNotMet: 'skip',
    };
    expect(await setSecure(simulator.current, call, { pin: '1' }, { options })).toMatchObject({
      outcome: 'unchanged',
      secure: { kept: { tier: { wanted: 'silver', found: 'gold' } } },
    });
    expect(bodies(simulator.current)).toEqual([]);
  });

  it('says under secure where they are stored otherwise', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    for (const [attributes, version] of [
      [THEIRS, 1],
      [{ ...THEIRS, pin: '1' }, 2],
    ] as const) {
      const body = JSON.stringify({ attributes, version });
      simulator.current.fault({ on: 'read', kind: 'reply', status: 200, body });
    }
    expect(await setSecure(simulator.current, call, { pin: ' 1' })).toMatchObject({
      outcome: 'written',
      secure: { altered: { pin: { wanted: ' 1', stored: '1' } } },
    });
  });
});

describe('Remove on secure attributes', () => {
  const remove = async (attributes: Record<string, string> | undefined, names: unknown) => {
    const call = simulator.current.addCall({ secureAttributes: attributes });
    const attributeNames = names as string;
    const { items } = await run(simulator.current, {
      parameters: secure(call, 'remove', { attributeNames }),
      onError: 'continueRegularOutput',
    });
    return { call, json: items[0]?.json };
  };

  it('leaves all others', async () => {
    const { call, json } = await remove(THEIRS, 'tier, nothing');
    expect(json).toMatchObject({
      outcome: 'written',
      secure: { changed: { tier: { from: 'gold', to: null } }, attributes: { lang: 'de' } },
      version: 2,
    });
    expect(call.secure.attributes).toEqual({ lang: 'de' });
  });

  it('is nothing to do where there are none', async () => {
    const { json } = await remove(undefined, ['tier']);
    expect(json).toMatchObject({
      outcome: 'unchanged',
      secure: { changed: {}, attributes: {} },
      version: null,
      details: { version: null },
    });
    expect(bodies(simulator.current)).toEqual([]);
  });

  it('is refused without names, before any request', async () => {
    const { json } = await remove(THEIRS, [' ']);
    expect(json).toMatchObject({
      error: expect.stringMatching(/"Attributes to Remove" of item 0: There is nothing to remove/),
      details: { code: 'invalid' },
    });
    expect(simulator.current.journal.entries).toEqual([]);
  });
});

describe('Get on secure attributes', () => {
  it.each<[string, Record<string, string> | undefined, IDataObject]>([
    ['gives them with their version', THEIRS, { secure: { attributes: THEIRS }, version: 1 }],
    ['gives none where there are none', undefined, { secure: { attributes: {} }, version: null }],
  ])('%s', async (_, secureAttributes, expected) => {
    const call = simulator.current.addCall({ secureAttributes });
    const { items } = await run(simulator.current, { parameters: secure(call, 'get') });
    expect(items.map(({ json }) => json)).toEqual([
      { conversationId: call.conversationId, ...expected },
    ]);
    expect(simulator.current.journal.reads()).toHaveLength(1);
  });
});

describe('A conversation that is not there', () => {
  it.each(['get', 'set', 'remove'] as const)(
    'is not found by %s, and nothing is written',
    async (operation) => {
      const call = { conversationId: '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b' };
      const { items } = await run(simulator.current, {
        parameters: secure(call, operation, { attributes: rows({ a: '1' }), attributeNames: 'a' }),
        onError: 'continueRegularOutput',
      });
      expect(items[0]?.json).toMatchObject({
        outcome: 'failed',
        error: expect.stringMatching(
          /^The secure attributes were not (read|written): there is no such conversation\. .*Check the conversation/,
        ),
        ...call,
        details: { code: 'notFound', status: 404 },
      });
      // Once more, for it may be new.
      expect(simulator.current.journal.reads()).toHaveLength(2);
      expect(bodies(simulator.current)).toEqual([]);
    },
  );
});

describe('Secure attributes are written through whatever happens', () => {
  it.each<[string, Fault[], number]>([
    ...MISHAPS,
    ['a page with 202', [{ on: 'write', kind: 'falseAcceptance', body: 'page' }], 0],
    ['an error with 202', [{ on: 'write', kind: 'falseAcceptance', body: 'error' }], 0],
    ['a token that expires', [{ on: 'write', kind: 'expireTokens' }], 0],
  ])('%s', async (_, faults, conflicts) => {
    for (const attributes of [THEIRS, undefined]) {
      const call = simulator.current.addCall({ secureAttributes: attributes });
      for (const fault of faults) simulator.current.fault(fault);
      const json = await setSecure(simulator.current, call, { pin: '1' });
      expect(json).toMatchObject({ outcome: 'written' });
      expect(call.secure.attributes).toMatchObject({ ...attributes, pin: '1' });
      const isOfOthers = faults.some(({ kind }) => kind === 'foreignWrite');
      // What they had found nothing in, they have made.
      if (attributes) expect(json).toMatchObject({ details: { conflicts } });
      if (attributes && isOfOthers) expect(call.secure.attributes).toMatchObject({ other: 'x' });
      expect(call.secure.commits.filter(({ by }) => by === 'api')).toHaveLength(1);
    }
  });

  it('a lag of reads', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    simulator.current.changeSettings({ visibilityLagMs: 700 });
    // The beginning has to be visible.
    await new Promise((resolve) => setTimeout(resolve, 750));
    expect(await setSecure(simulator.current, call, { pin: '1' })).toMatchObject({
      outcome: 'written',
      version: 2,
    });
    expect(bodies(simulator.current)).toHaveLength(1);
  });

  it('and it is said where a write was accepted that does not show in time', async () => {
    const call = simulator.current.addCall({ secureAttributes: THEIRS });
    simulator.current.fault({ on: 'write', kind: 'reply', status: 202, body: '"ok"' });
    const retry = { totalTimeout: 900 };
    expect(await setSecure(simulator.current, call, { pin: '1' }, { retry })).toMatchObject({
      error: expect.stringMatching(/^The secure attributes were accepted, not yet seen/),
      details: { code: 'deadline' },
    });
  });
});

describe('Thirty executions at once, beside a stranger', () => {
  it.each([
    ['where there are some', THEIRS],
    ['where there are none yet', undefined],
  ])('lose nothing of anybody %s', async (_, secureAttributes) => {
    const call = simulator.current.addCall({ secureAttributes });
    await expectNothingLost(simulator.current, {
      set: async (name) => await setSecure(simulator.current, call, { [name]: name }),
      setByOthers: (name) => {
        // Whoever finds none may replace what comes meanwhile: there is no version to hold it.
        if (call.secure.version === 0) return false;
        call.secure.write({ [name]: name });
        return true;
      },
      values: () => call.secure.attributes,
      commits: () => call.secure.commits,
    });
  });
});

describe.each(['replaces', 'conflicts'] as const)(
  'The first secure attributes of a conversation, where a write without a version %s',
  (withoutVersion) => {
    it('are kept of two processes that write them at once', async () => {
      simulator.current.changeSettings({ withoutVersion });
      simulator.current.latencyMs = 40;
      const call = simulator.current.addCall();
      // Which of the two is held up decides who comes second.
      simulator.current.fault({ on: 'write', kind: 'delayBefore', ms: 150 });
      const another = {
        url: simulator.current.url.replace('127.0.0.1', 'localhost'),
        clientId: simulator.current.clientId,
        clientSecret: simulator.current.clientSecret,
      };
      expect(processFor(another)).not.toBe(processFor(simulator.current));
      const [one, other] = await Promise.all([
        setSecure(simulator.current, call, { one: '1' }),
        run(another, {
          parameters: secure(call, 'set', { attributes: rows({ other: '2' }) }),
          onError: 'continueRegularOutput',
        }).then(({ items }) => items[0]?.json),
      ]);
      expect([one, other]).toMatchObject([{ outcome: 'written' }, { outcome: 'written' }]);
      expect(call.secure.attributes).toEqual({ one: '1', other: '2' });
    });
  },
);
