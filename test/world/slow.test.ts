import { describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';
import { setTimeout as sleep } from 'node:timers/promises';

import { byPurpose, rows, run } from '../engine/set-up';
import { CONVERSATION_ID, PARTICIPANT_ID, platform, setAttribute } from './platform';
import { sendJson } from '../genesys/transport/servers';

/** Long enough for a busy machine to send the first request, and shorter than what is slow here. */
const SHORT = { totalTimeout: 1000 };
const SLOW_MS = 1500;
const participants = [{ id: PARTICIPANT_ID, purpose: 'customer', attributes: {} }];

async function setByPurpose(url: string, more: IDataObject = {}) {
  const { items } = await run(
    { url, clientId: 'id', clientSecret: 'secret' },
    {
      parameters: {
        conversationId: CONVERSATION_ID,
        participant: byPurpose('customer'),
        attributes: rows({ priority: 'high' }),
        retry: SHORT,
        ...more,
      },
      onError: 'continueRegularOutput',
    },
  );
  return items[0]?.json ?? {};
}

describe('With a short total timeout', () => {
  it.each(['versioned', 'patch', 'auto'])(
    'a slow look-up is told as one, and not as used-up requests (%s)',
    async (writeMethod) => {
      const { url, api } = await platform({
        api: async (_, response) => {
          await sleep(SLOW_MS);
          sendJson(response, 200, { id: CONVERSATION_ID, participants });
        },
      });
      const json = await setByPurpose(url, { options: { writeMethod } });
      expect(json).toMatchObject({
        error: expect.stringMatching(
          /the total timeout was reached after 1 attempt.*Looking up the participant got no answer in time.*Raise "Total Timeout \(ms\)"/,
        ),
        details: {
          code: 'deadline',
          attempts: 1,
          method: 'GET',
          path: `/api/v2/conversations/${CONVERSATION_ID}`,
        },
      });
      expect(json['error']).not.toMatch(/requests|minute/i);
      expect(api).toHaveLength(1);
    },
  );

  it('a slow sign-in is told as one, also where it is for a look-up', async () => {
    const { url, api } = await platform({
      signIn: async () => {
        await sleep(SLOW_MS);
      },
    });
    const json = await setByPurpose(url);
    expect(json).toMatchObject({
      error: expect.stringMatching(/The sign-in at .* took too long.*Raise "Total Timeout \(ms\)"/),
      details: { code: 'deadline', method: 'POST', path: '/oauth/token' },
    });
    expect(json['error']).not.toMatch(/requests|minute|looking/i);
    expect(api).toEqual([]);
  });

  it('a slow read is told as one', async () => {
    const { url } = await platform({
      api: async ({ url: path }, response) => {
        if (!path.includes('/participants/')) {
          sendJson(response, 200, { id: CONVERSATION_ID, participants });
        } else await sleep(SLOW_MS);
      },
    });
    const json = await setByPurpose(url, { options: { writeMethod: 'versioned' } });
    expect(json).toMatchObject({
      error: expect.stringMatching(
        /(did not reply within \d+ ms|No answer came in time)\..*Raise "Total Timeout \(ms\)"/,
      ),
      details: { code: 'deadline', attempts: 1 },
    });
  });

  it('a wait after a 429 is told as one, and not as used-up requests', async () => {
    const { url } = await platform({
      api: (_, response, count) => {
        if (count === 1) response.writeHead(429, { 'retry-after': '0.2' }).end();
      },
    });
    // The first one meets the 429; after it, requests leave 2 seconds apart at 60 a minute.
    const credential = { requestsPerMinute: 60 };
    expect(await setAttribute(url, { credential })).toMatchObject({ outcome: 'written' });
    const json = await setAttribute(url, { credential, retry: SHORT });
    expect(json).toMatchObject({
      error: expect.stringMatching(/had asked this client to wait \(429\).*evenly spaced/),
      details: { code: 'deadline', attempts: 0 },
    });
    expect(json['error']).not.toContain('Requests per Minute');
  });
});
