import { describe, expect, it } from '@jest/globals';

import { sendJson } from '../genesys/transport/servers';
import { platform, setAttribute } from './platform';

/** A platform that answers the first request of one method with a status. */
async function once(method: string, status: number) {
  let isFirst = true;
  return await platform({
    api: (request, response) => {
      if (request.method !== method || !isFirst) return;
      isFirst = false;
      sendJson(response, status, { message: 'Not now' });
    },
  });
}

describe.each([421, 423, 425, 499])('%i once', (status) => {
  it('on a read is tried again', async () => {
    const { url } = await once('GET', status);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
  });

  it('on a write is tried again, after a read', async () => {
    const { url, api } = await once('PUT', status);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
    expect(api.map(({ method }) => method)).toEqual(['GET', 'PUT', 'GET', 'PUT']);
  });

  it('on the sign-in is tried again', async () => {
    const { url } = await platform({
      signIn: (_, response, count) => {
        if (count === 1) sendJson(response, status, {});
      },
    });
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written', details: { attempts: 2 } });
  });
});

describe('a write that is answered to the last', () => {
  it.each([
    [421, 'server'],
    [423, 'server'],
    [425, 'server'],
    [499, 'indeterminate'],
  ])('with %i ends as %s', async (status, code) => {
    const { url } = await platform({
      api: ({ method }, response) => {
        if (method === 'PUT') sendJson(response, status, {});
      },
    });
    expect(await setAttribute(url, { retry: { maxAttempts: 2, baseDelay: 1 } })).toMatchObject({
      details: { code, status, attempts: 2 },
    });
  });
});

describe('a proxy that answers in the place of the API (407)', () => {
  it('ends an update after a second try', async () => {
    const { url } = await platform({
      api: (_, response) => {
        sendJson(response, 407, {});
      },
    });
    expect(await setAttribute(url)).toMatchObject({
      error: expect.stringContaining('HTTPS_PROXY'),
      details: { code: 'unreachable', attempts: 2, status: 407 },
    });
  });
});

describe('what is really final stays final:', () => {
  it.each([400, 402, 405, 406, 410, 411, 413, 414, 415, 416, 417, 422, 424, 426, 428, 431, 451])(
    '%i',
    async (status) => {
      const { url, api } = await platform({
        api: (_, response) => {
          sendJson(response, status, {});
        },
      });
      expect(await setAttribute(url)).toMatchObject({ details: { status, attempts: 1 } });
      expect(api).toHaveLength(1);
    },
  );
});
