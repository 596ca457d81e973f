import { beforeAll, describe, expect, it } from '@jest/globals';
import type { IDataObject } from 'n8n-workflow';

import { deadPort, sendJson } from '../genesys/transport/servers';
import { platform, setAttribute } from './platform';

const HTML = '<html><body>Be right back</body></html>';
const detailsOf = (json: IDataObject) => json['details'] as IDataObject;

describe('with default settings and all the time they give,', () => {
  /** What each of these comes to; they run side by side, for each takes half a minute. */
  const ends = new Map<string, IDataObject>();
  beforeAll(async () => {
    const answering = async (status: number, body: string) =>
      (
        await platform({
          api: (_, response) => void response.writeHead(status).end(body),
        })
      ).url;
    let turn = 0;
    const places: Record<string, string> = {
      'nobody who listens': `http://127.0.0.1:${await deadPort()}`,
      'a connection that is always lost': (
        await platform({
          api: (_, response) => void response.destroy(),
        })
      ).url,
      'a server that never replies': (
        await platform({ api: async () => await new Promise<never>(() => undefined) })
      ).url,
      '503 for ever': await answering(503, '{}'),
      'a page for ever': await answering(200, HTML),
      '423 for ever': await answering(423, '{}'),
      '503 and lost connections in turn': (
        await platform({
          api: (_, response) => {
            if (turn++ % 2 === 0) sendJson(response, 503, {});
            else response.destroy();
          },
        })
      ).url,
      'a sign-in that answers 503 for ever': (
        await platform({
          signIn: (_, response) => {
            sendJson(response, 503, {});
          },
        })
      ).url,
      'conflicts for ever': (
        await platform({
          api: (request, response) => {
            if (request.method === 'PUT') sendJson(response, 409, { code: 'version.conflict' });
          },
        })
      ).url,
    };
    await Promise.all(
      Object.entries(places).map(async ([name, url]) => {
        const retry = name === 'conflicts for ever' ? { maxAttempts: 1000 } : {};
        ends.set(name, await setAttribute(url, { retry }));
      }),
    );
  }, 60_000);

  it.each([
    ['nobody who listens', 'unreachable', null],
    ['a connection that is always lost', 'unreachable', null],
    ['a server that never replies', 'unreachable', null],
    ['503 for ever', 'server', 503],
    ['a page for ever', 'server', 200],
    ['423 for ever', 'server', 423],
    ['503 and lost connections in turn', 'server', undefined],
    ['a sign-in that answers 503 for ever', 'server', 503],
  ])('%s ends as %s, without a word of a timeout', (name, code, status) => {
    const json = ends.get(name) ?? {};
    const { attempts } = detailsOf(json);
    if (status !== undefined) expect(detailsOf(json)['status']).toBe(status);
    expect(json).toMatchObject({
      error: expect.stringMatching(/^The attributes were not written after \d+ attempts in \d/),
      details: { code },
    });
    expect(attempts).toBeGreaterThan(2);
    expect(json['error']).not.toMatch(/total timeout/i);
  });

  it('conflicts for ever end as deadline, for the update was under way', () => {
    expect(ends.get('conflicts for ever')).toMatchObject({
      error: expect.stringMatching(/the total timeout (was reached|left no time)/),
      details: { code: 'deadline' },
    });
  });
});

describe('the code of an update whose time is up', () => {
  const retry = { totalTimeout: 400, strategy: 'fixed', baseDelay: 20, maxAttempts: 1000 };

  it('is deadline where it was under way once, whatever came after', async () => {
    const { url } = await platform({
      api: (_, response, count) => {
        if (count === 2) sendJson(response, 409, { code: 'version.conflict' });
        else if (count > 2) sendJson(response, 503, {});
      },
    });
    expect(await setAttribute(url, { retry })).toMatchObject({ details: { code: 'deadline' } });
  });

  it('is indeterminate where a write got no answer, whatever came after', async () => {
    const { url } = await platform({
      api: (_, response, count) => {
        if (count > 1) response.destroy();
      },
    });
    expect(await setAttribute(url, { retry })).toMatchObject({
      details: { code: 'indeterminate' },
    });
  });

  // Two timers go off for it at about the same time, whichever is the first.
  it.each([397, 398, 399, 400, 401])(
    'is deadline where a single reply did not come within %i ms',
    async (totalTimeout) => {
      const { url } = await platform({
        api: async () => await new Promise<never>(() => undefined),
      });
      expect(await setAttribute(url, { retry: { ...retry, totalTimeout } })).toMatchObject({
        error: expect.stringContaining('the total timeout was reached'),
        details: { code: 'deadline', attempts: 1 },
      });
    },
  );

  it('is told by the last reply, not by the one that was cut short', async () => {
    const { url } = await platform({
      api: async (_, response, count) => {
        if (count < 3) sendJson(response, 503, { message: 'Overloaded' });
        else await new Promise<never>(() => undefined);
      },
    });
    expect(await setAttribute(url, { retry })).toMatchObject({
      error: expect.stringContaining('answered 503: Overloaded'),
      details: { code: 'server', status: 503 },
    });
  });
});

it('a page in the place of the API sends people to the addresses, not to Genesys support', async () => {
  const { url } = await platform({ api: (_, response) => void response.end(HTML) });
  expect(await setAttribute(url, { retry: { maxAttempts: 2, baseDelay: 1 } })).toMatchObject({
    error: expect.stringContaining('check the region or the "API URL"'),
    details: { code: 'server' },
  });
});

describe('"The total timeout was reached" is said only when it was:', () => {
  it('not where the next attempt would come too late', async () => {
    const { url } = await platform({
      api: ({ method }, response) => {
        if (method === 'PUT') sendJson(response, 409, { code: 'version.conflict' });
      },
    });
    const retry = { totalTimeout: 5000, strategy: 'fixed', baseDelay: 60_000, maxDelay: 60_000 };
    const json = await setAttribute(url, { retry });
    expect(json).toMatchObject({
      error: expect.stringContaining('the total timeout left no time for another attempt'),
      details: { code: 'deadline', attempts: 1 },
    });
    expect(json['error']).not.toContain('was reached');
  });

  it('nor where a 503 asks for a longer wait', async () => {
    const { url } = await platform({
      api: (_, response) => void response.writeHead(503, { 'retry-after': '60' }).end(),
    });
    const json = await setAttribute(url);
    expect(json).toMatchObject({
      error: expect.stringContaining('asks to be left alone for 60.0 s'),
      details: { code: 'server', attempts: 1, retryAfterMs: 60_000 },
    });
    expect(json['error']).not.toContain('was reached');
  });
});
