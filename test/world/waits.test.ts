import { describe, expect, it } from '@jest/globals';

import { platform, setAttribute } from './platform';

interface Ask {
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A platform that answers the first read with 429, or another status, and asks to wait. */
async function asking({ headers = {}, body = '{}' }: Ask, status = 429) {
  const at: number[] = [];
  const host = await platform({
    api: (_, response, count) => {
      at.push(performance.now());
      if (count === 1) response.writeHead(status, headers).end(body);
    },
  });
  return { ...host, at };
}

const WORDS = JSON.stringify({
  code: 'too.many.requests',
  message: 'Rate limit exceeded the maximum. Retry the request in [1.3] seconds',
});

const FORMS: [string, Ask][] = [
  ['Retry-After: 1.3', { headers: { 'retry-after': '1.3' } }],
  ['Retry-After: "1.3"', { headers: { 'retry-after': '"1.3"' } }],
  ['Retry-After: 1.3s', { headers: { 'retry-after': '1.3s' } }],
  ['Retry-After: 1300 ms', { headers: { 'retry-after': '1300 ms' } }],
  ['only inin-ratelimit-reset: 1.3', { headers: { 'inin-ratelimit-reset': '1.3' } }],
  ['only words in the body', { body: WORDS }],
  ['words in a body that is no JSON', { body: 'Please try again in 1.3 seconds.' }],
  ['a smaller reset than the words say', { headers: { 'inin-ratelimit-reset': '1' }, body: WORDS }],
  ['an unreadable Retry-After, and words', { headers: { 'retry-after': 'soon' }, body: WORDS }],
];

describe('a 429 that asks for 1.3 seconds', () => {
  it.each(FORMS)('by %s is heeded', async (_, ask) => {
    const { url, at } = await asking(ask);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
    const waitedMs = (at[1] ?? 0) - (at[0] ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(1299);
    expect(waitedMs).toBeLessThan(2500);
  });

  it.each(FORMS)('by %s is told as it is', async (_, ask) => {
    const { url } = await asking(ask);
    expect(await setAttribute(url, { retry: { totalTimeout: 1000 } })).toMatchObject({
      error: expect.stringContaining('send nothing for another 1.3 s'),
      details: { code: 'throttled', retryAfterMs: 1300 },
    });
  });
});

describe('a 429 that asks for more than an hour', () => {
  it.each(['120000', '7200', '48h', new Date(Date.now() + 86_400_000).toUTCString()])(
    '(%s) closes the gate for an hour, and that is what is told',
    async (retryAfter) => {
      const { url, api } = await asking({ headers: { 'retry-after': retryAfter } });
      for (const ms of [3_600_000, expect.any(Number)]) {
        expect(await setAttribute(url)).toMatchObject({
          error: expect.stringContaining('send nothing for another 60 min'),
          details: { code: 'throttled', retryAfterMs: ms },
        });
      }
      expect(api).toHaveLength(1);
    },
  );
});

describe('a 429 that says nothing that can be understood', () => {
  it.each<Ask>([
    {},
    { headers: { 'retry-after': 'soon' } },
    { headers: { 'inin-ratelimit-reset': '0' } },
    { body: '{"message":"Retry the request in a moment"}' },
  ])('(%j) is taken to ask for a second', async (ask) => {
    const { url, at } = await asking(ask);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written' });
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(999);
  });
});

describe('a 503', () => {
  it('that asks to wait in words is heeded, too', async () => {
    const { url, at } = await asking({ body: WORDS }, 503);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(1299);
  });

  it('does not ask for anything by the rate limit that it tells', async () => {
    const { url, at } = await asking({ headers: { 'inin-ratelimit-reset': '20' } }, 503);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeLessThan(5000);
  });
});
