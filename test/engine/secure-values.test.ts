import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import type { Fault } from '../../simulator';
import { notePrinted } from './printed';
import { secure } from './secure-runs';
import { byId, rows, run, simulatorForEachTest } from './set-up';

const simulator = simulatorForEachTest();

const OURS = 'canary-of-ours-4711';
const STORED = 'canary-that-is-stored-4712';
const THEIRS = 'canary-of-theirs-4713';
const EXPECTED = 'canary-that-is-expected-4714';
const ALL = [OURS, STORED, THEIRS, EXPECTED];

/** All that an execution tells outside of `secure`: the items, and what people and logs are shown. */
async function told(parameters: IDataObject): Promise<{ text: string; secure: string }> {
  const texts: string[] = [];
  const hidden: string[] = [];
  const printed = notePrinted();
  try {
    for (const onError of ['continueRegularOutput', undefined] as const) {
      const { items, run: workflowRun } = await run(simulator.current, {
        parameters,
        items: [{}],
        ...(onError && { onError }),
      });
      for (const { json } of items) {
        const { secure: own, ...open } = json;
        texts.push(JSON.stringify(open));
        hidden.push(JSON.stringify(own ?? null));
      }
      const { error } = workflowRun;
      if (error) {
        const { context, description, message, stack } = error;
        const { messages } = error as { readonly messages?: readonly string[] };
        texts.push(JSON.stringify([message, description, messages, context, stack]));
      }
      texts.push(JSON.stringify(workflowRun.hints('Node')));
    }
  } finally {
    texts.push(...printed());
  }
  return { text: texts.join('\n'), secure: hidden.join('\n') };
}

const quoting = (status: number, on: 'read' | 'write' = 'write', times = 9): Fault => ({
  on,
  kind: 'reply',
  status,
  code: `bad.${OURS}`,
  message: `Value [${OURS}] instead of ${STORED}, ${THEIRS} is not valid`,
  times,
});

const options = (more: IDataObject) => ({ options: more });

describe('A secure value', () => {
  it.each<[string, Fault[], IDataObject, RegExp]>([
    ['a success', [], {}, /written/],
    ['conflicts', [{ on: 'write', kind: 'conflict', times: 2 }], {}, /409/],
    ['too many conflicts', [{ on: 'write', kind: 'conflict', times: 9 }], {}, /"conflict"/],
    ['a 400 that quotes it', [quoting(400)], {}, /answered 400; its words are left out/],
    ['a 409 that quotes it', [quoting(409)], {}, /answered 409/],
    ['a 413 that quotes it', [quoting(413)], {}, /answered 413/],
    [
      'a 403 that quotes it',
      [quoting(403)],
      {},
      /permission \\"conversation:participant:attributesedit\\".*scope \\"conversations\\"/,
    ],
    [
      'a 403 to a read that quotes it',
      [quoting(403, 'read')],
      {},
      /permission \\"conversation:participant:attributesview\\"/,
    ],
    ['a 404 that quotes it', [quoting(404, 'read')], {}, /"notFound"/],
    ['a 429 that quotes it', [quoting(429)], {}, /"throttled"|429/],
    ['a 500 that quotes it', [quoting(500)], {}, /answered 500|indeterminate/],
    [
      'a reply that is not as it should be',
      [
        {
          on: 'read',
          kind: 'reply',
          status: 200,
          body: `{"attributes":"${STORED}","version":"${STORED}"}`,
          times: 9,
        },
      ],
      {},
      /could not be read/,
    ],
    [
      'a reply that is no JSON',
      [{ on: 'read', kind: 'reply', status: 200, body: `{"attributes": ${STORED}`, times: 9 }],
      {},
      /could not be read/,
    ],
    [
      'no answer that anything settles',
      [
        { on: 'write', kind: 'foreignWrite', attributes: { pin: THEIRS }, when: 'after' },
        { on: 'write', kind: 'dropAfter', times: 9 },
      ],
      options({ condition: 'onlyIfEquals', expectedAttributes: rows({ pin: STORED }) }),
      /conversationId|indeterminate/,
    ],
    [
      'a policy that refuses what somebody else has set',
      [{ on: 'write', kind: 'foreignWrite', attributes: { pin: THEIRS } }],
      options({ conflictPolicy: 'fail' }),
      /Somebody else set \\"pin\\" to another value meanwhile/,
    ],
    [
      'a policy that keeps what somebody else has set',
      [{ on: 'write', kind: 'foreignWrite', attributes: { pin: THEIRS } }],
      options({ conflictPolicy: 'keepTheirs' }),
      /left attributes as others had set them/,
    ],
    [
      'a condition that is not met',
      [],
      options({ condition: 'onlyIfEquals', expectedAttributes: rows({ pin: EXPECTED }) }),
      /The condition is not met: \\"pin\\" is not as expected/,
    ],
    [
      'a condition that is not met, and skips',
      [],
      options({
        condition: 'onlyIfEquals',
        expectedAttributes: rows({ pin: EXPECTED }),
        ifNotMet: 'skip',
      }),
      /unchanged/,
    ],
  ])('is told nowhere but under secure after %s', async (_, faults, more, saying) => {
    const call = simulator.current.addCall({ secureAttributes: { pin: STORED } });
    for (const fault of faults) simulator.current.fault(fault);
    const { secure: own, text } = await told(
      secure(call, 'set', {
        attributes: rows({ pin: OURS }),
        retry: { maxAttempts: 3, totalTimeout: 2500, patience: 0 },
        ...more,
      }),
    );
    for (const canary of ALL) expect(text).not.toContain(canary);
    expect(text).toMatch(saying);
    // Or nobody would see that it looks in the right place.
    if (text.includes('"written"')) expect(own).toContain(OURS);
  });

  it.each<[string, IDataObject, RegExp]>([
    [
      'an object',
      { attributes: rows({ pin: `={{ { a: '${OURS}' } }}` }) },
      /Attribute .*pin.* is no text/,
    ],
    [
      'an object within a text',
      { attributes: rows({ pin: `=x {{ { a: '${OURS}' } }}` }) },
      /Attribute .*pin.*An expression gives no text/,
    ],
    [
      'a number with too many digits',
      { attributes: rows({ pin: '={{ 47114711471147114711 }}' }) },
      /so many digits/,
    ],
    [
      'an expression that fails with it',
      { attributes: rows({ pin: `={{ $('${OURS}').first().json.pin }}` }) },
      /cannot be evaluated/,
    ],
    [
      'JSON that is none',
      { inputMode: 'json', attributesJson: `{ "pin": ${OURS} }` },
      /It is not valid JSON/,
    ],
    [
      'JSON that is cut off',
      { inputMode: 'json', attributesJson: `{ "pin": "${OURS}` },
      /It is not valid JSON/,
    ],
    [
      'a list',
      { inputMode: 'json', attributesJson: `["${OURS}"]` },
      /It is not one flat JSON object/,
    ],
    [
      'an object in JSON',
      { inputMode: 'json', attributesJson: `{ "pin": { "a": "${OURS}" } }` },
      /Attribute .*pin.* is no text/,
    ],
    [
      'the same name twice',
      { inputMode: 'json', attributesJson: `{ "pin": "${OURS}", "pin": "${OURS}" }` },
      /is there twice/,
    ],
    [
      'an expected attribute that is an object',
      {
        attributes: rows({ pin: '1' }),
        options: {
          condition: 'onlyIfEquals',
          expectedAttributes: rows({ pin: `={{ { a: '${OURS}' } }}` }),
        },
      },
      /"?Expected Attributes.*is no text/,
    ],
  ])('is told nowhere where %s is refused, before any request', async (_, more, saying) => {
    const conversation = { conversationId: '2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b' };
    const { text } = await told(secure(conversation, 'set', more));
    for (const canary of [...ALL, '4711471147']) expect(text).not.toContain(canary);
    expect(text).toMatch(saying);
    expect(text).toContain('of item 0');
    expect(simulator.current.journal.entries).toEqual([]);
  });

  it('stands where nothing of any other operation does', async () => {
    const call = simulator.current.addCall({ attributes: { pin: OURS } });
    const { items } = await run(simulator.current, {
      parameters: {
        conversationId: call.conversationId,
        participant: byId(call.customer.id),
        attributes: rows({ a: '1' }),
      },
    });
    expect(items[0]?.json).toMatchObject({ attributes: { pin: OURS, a: '1' } });
    expect(items[0]?.json).not.toHaveProperty('secure');
  });
});
