import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Call, Simulator } from '../../simulator';
import { byId, rows, run, simulatorForEachTest } from '../engine/set-up';

const versioned = simulatorForEachTest();
const patched = simulatorForEachTest({ flavour: 'public', visibilityLagMs: 0 });

const options = { waitUntilVisible: false };

/** Runs it for one item for each call, and gives what is said above the output. */
async function hintsOf(
  simulator: Simulator,
  calls: readonly Call[],
  parameters: IDataObject = {},
): Promise<string[]> {
  const { items, run: workflowRun } = await run(simulator, {
    parameters: {
      conversationId: '={{ $json.id }}',
      attributes: rows({ priority: 'high' }),
      options,
      ...parameters,
    },
    items: calls.map(({ conversationId }) => ({ id: conversationId })),
  });
  expect(items).toHaveLength(calls.length);
  return workflowRun.hints('Node').map(({ message, location }) => {
    expect(location).toBe('outputPane');
    return message;
  });
}

function endedCall(simulator: Simulator): Call {
  const call = simulator.addCall();
  call.end();
  return call;
}

describe('Above the output it is said of a conversation that has ended', () => {
  const ENDED = /conversation.*ended.*analytics/i;

  it('once, however many there are', async () => {
    const calls = [1, 2, 3].map(() => endedCall(versioned.current));
    const hints = await hintsOf(versioned.current, [...calls, versioned.current.addCall()]);
    expect(hints).toEqual([expect.stringMatching(ENDED)]);
    expect(hints[0]).toContain('3 items');
    expect(calls[0]?.customer.attributes).toEqual({ priority: 'high' });
  });

  it.each([
    ['by purpose', false],
    ['by ID', true],
  ])('where attributes are patched, %s', async (_, isById) => {
    const call = endedCall(patched.current);
    const participant = isById ? { participant: byId(call.customer.id) } : {};
    expect(await hintsOf(patched.current, [call], participant)).toEqual([
      expect.stringMatching(ENDED),
    ]);
  });

  it('where it has no end of its own, but everybody has left', async () => {
    const call = endedCall(versioned.current);
    const left = { purpose: 'customer', calls: [{ state: 'terminated' }] };
    versioned.current.fault({
      on: 'read',
      kind: 'reply',
      status: 200,
      body: JSON.stringify({ participants: [{ ...left, id: call.customer.id }] }),
    });
    expect(await hintsOf(versioned.current, [call])).toHaveLength(1);
  });

  it('not while somebody is there, nor where nothing was set', async () => {
    const call = versioned.current.addCall();
    expect(await hintsOf(versioned.current, [call])).toEqual([]);
    const ended = versioned.current.addCall({ attributes: { priority: 'high' } });
    ended.end();
    expect(await hintsOf(versioned.current, [ended])).toEqual([]);
  });
});

describe('Above the output it is said of a condition', () => {
  const BEST_EFFORT = /condition.*best effort/i;
  const onlyIfMissing = { options: { ...options, condition: 'onlyIfMissing' } };
  const onlyIfEquals = {
    options: { ...options, condition: 'onlyIfEquals', expectedAttributes: '{ "priority": "" }' },
  };

  it.each([
    ['onlyIfMissing', onlyIfMissing],
    ['onlyIfEquals', onlyIfEquals],
  ])('that it is best effort where there is no version: %s', async (_, parameters) => {
    const calls = [patched.current.addCall(), patched.current.addCall()];
    expect(await hintsOf(patched.current, calls, parameters)).toEqual([
      expect.stringMatching(BEST_EFFORT),
    ]);
  });

  it('that there is none where nothing is expected, once', async () => {
    const bare = { options: { ...options, condition: 'onlyIfEquals' } };
    const calls = [versioned.current.addCall(), versioned.current.addCall()];
    expect(await hintsOf(versioned.current, calls, bare)).toEqual([
      expect.stringMatching(/^2 items have no condition.*"Expected Attributes"/),
    ]);
    expect(await hintsOf(patched.current, [patched.current.addCall()], bare)).toEqual([
      expect.stringMatching(/^One item has no condition/),
    ]);
  });

  it('nothing where there is a version, or where there is none', async () => {
    expect(await hintsOf(versioned.current, [versioned.current.addCall()], onlyIfMissing)).toEqual(
      [],
    );
    expect(await hintsOf(patched.current, [patched.current.addCall()])).toEqual([]);
  });
});

describe('Above the output it is said of a fixed text with braces in it', () => {
  const FIXED = /\{\{ \}\}.*Fixed.*Expression/;
  const fixed = '{{ $json.id }}';

  it.each<[string, IDataObject, Record<string, string>]>([
    ['in a row', { attributes: rows({ a: fixed, b: fixed }) }, { a: fixed, b: fixed }],
    ['in a name', { attributes: rows({ [fixed]: 'x' }) }, { [fixed]: 'x' }],
    ['in JSON', { inputMode: 'json', attributesJson: `{ "a": "${fixed}" }` }, { a: fixed }],
  ])('that it was taken as text, once: %s', async (_, parameters, written) => {
    const call = versioned.current.addCall();
    expect(await hintsOf(versioned.current, [call], parameters)).toEqual([
      expect.stringMatching(FIXED),
    ]);
    expect(call.customer.attributes).toEqual(written);
  });

  it.each<[string, IDataObject]>([
    [
      'an expression',
      { attributes: rows({ a: '={{ $json.id }}', b: '={{ $json.id + "{" + "{ x }" + "}" }}' }) },
    ],
    ['one brace, or JSON', { attributes: rows({ a: '{ x }', b: '{"a":{"b":1}}' }) }],
    ['a field that does not count', { attributesJson: `{ "a": "${fixed}" }` }],
  ])('but not of %s', async (_, parameters) => {
    expect(await hintsOf(versioned.current, [versioned.current.addCall()], parameters)).toEqual([]);
  });
});

describe('Above the output it is said what others had to do with it', () => {
  const conflict = { on: 'write', kind: 'conflict' } as const;

  it('that items met conflicts and won', async () => {
    const call = versioned.current.addCall();
    versioned.current.fault(conflict);
    const hints = await hintsOf(versioned.current, [call]);
    expect(hints).toEqual([expect.stringMatching(/409.*nothing of theirs was lost/)]);
    expect(call.customer.attributes).toEqual({ priority: 'high' });
  });

  it('that attributes were left as others had set them', async () => {
    const calls = [1, 2].map(() => versioned.current.addCall({ attributes: { priority: 'low' } }));
    const onlyIfMissing = { options: { ...options, condition: 'onlyIfMissing' } };
    const hints = await hintsOf(versioned.current, calls, onlyIfMissing);
    expect(hints).toEqual([expect.stringMatching(/2 items left attributes.*"kept"/)]);
  });

  it.each([
    ['where attributes are patched', patched, 1],
    ['not where they are gone', versioned, 0],
  ])('that removed attributes are there with an empty text, %s', async (_, on, count) => {
    const call = on.current.addCall({ attributes: { priority: 'low' } });
    const removal = { operation: 'removeAttributes', attributeNames: 'priority' };
    const hints = await hintsOf(on.current, [call], removal);
    expect(hints).toHaveLength(count);
    expect(hints.join('')).toMatch(count === 0 ? /^$/ : /Removed attributes.*empty text/);
  });
});
