import { describe, expect, it } from '@jest/globals';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

import { send } from '../../genesys/transport/http';
import { serve } from '../genesys/transport/servers';
import { platform, setAttribute } from './platform';
import { Connections } from '../../genesys/transport/connections';

const connections = new Connections();

const get = (url: string) =>
  send(connections, { method: 'GET', url, headers: {}, timeoutMs: 20_000 });

const CODINGS: [string, (text: Buffer) => Buffer][] = [
  ['gzip', zlib.gzipSync],
  ['x-gzip', zlib.gzipSync],
  ['GZIP', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate', zlib.deflateRawSync],
  ['br', zlib.brotliCompressSync],
  ['zstd', zlib.zstdCompressSync],
  ['gzip, br', (text) => zlib.brotliCompressSync(zlib.gzipSync(text))],
  ['identity', (text) => text],
  ['', (text) => text],
];

/** A server that says that all its replies are so encoded. */
async function encoding(coding: string | string[], body: Buffer, status = 200) {
  return await serve((_, response) => {
    response.setHeader('content-encoding', coding).writeHead(status).end(body);
  });
}

describe('a reply that is compressed without being asked for', () => {
  it.each(CODINGS)('(%s) is understood', async (coding, compress) => {
    const text = JSON.stringify({ name: 'Zoë 📞', filler: 'x'.repeat(100_000) });
    const { url } = await encoding(coding, compress(Buffer.from(text)));
    expect((await get(url)).text).toBe(text);
  });

  it('by two headers is understood', async () => {
    const body = zlib.brotliCompressSync(zlib.gzipSync('twice'));
    const { url } = await encoding(['gzip', 'br'], body);
    expect((await get(url)).text).toBe('twice');
  });

  it.each([204, 304])('may be empty (%i)', async (status) => {
    const { url } = await encoding('gzip', Buffer.alloc(0), status);
    expect(await get(url)).toMatchObject({ status, text: '' });
  });

  it.each(CODINGS)('(%s) serves sign-in, read, write and errors', async (coding, compress) => {
    const { url } = await platform({
      signIn: (_, response) => {
        const body = '{"access_token":"the-token","expires_in":60}';
        response.writeHead(200, { 'content-encoding': coding }).end(compress(Buffer.from(body)));
      },
      api: ({ method }, response, count) => {
        const isStale = method === 'PUT' && count === 2;
        const body = isStale
          ? '{"code":"version.conflict"}'
          : `{"version":${count},"attributes":{"priority":"${count < 4 ? 'low' : 'high'}"}}`;
        response
          .writeHead(isStale ? 409 : 200, { 'content-encoding': coding })
          .end(compress(Buffer.from(body)));
      },
    });
    expect(await setAttribute(url)).toMatchObject({
      outcome: 'written',
      details: { conflicts: 1 },
    });
  });
});

describe('a reply that only says that it is compressed', () => {
  it.each(['gzip', 'deflate', 'br', 'zstd', 'gzip, br', 'compress', 'unheard-of'])(
    '(%s) is taken as it is',
    async (coding) => {
      const { url } = await encoding(coding, Buffer.from('{"plain":true}'));
      expect((await get(url)).text).toBe('{"plain":true}');
    },
  );

  it('and is cut off in the middle is one that cannot be read, not a lost connection', async () => {
    const whole = zlib.gzipSync(JSON.stringify({ attributes: { a: 'x'.repeat(1000) } }));
    const { url } = await platform({
      api: (_, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(whole.subarray(0, 20));
      },
    });
    expect(await setAttribute(url, { retry: { maxAttempts: 2, baseDelay: 1 } })).toMatchObject({
      error: expect.stringContaining('it is no JSON'),
      details: { code: 'server', status: 200 },
    });
  });
});

describe('a reply that unpacks to more than a reply may have', () => {
  it('is not unpacked, so that it cannot fill the memory', async () => {
    const bomb = await promisify(zlib.gzip)(Buffer.alloc(33 * 1024 * 1024));
    const { url } = await encoding('gzip', bomb);
    expect((await get(url)).text.length).toBeLessThanOrEqual(bomb.length);
  });

  it('by being packed again and again is not unpacked either', async () => {
    let body = Buffer.from('{}');
    for (let n = 0; n < 4; n++) body = zlib.gzipSync(body);
    const { url } = await encoding('gzip, gzip, gzip, gzip', body);
    expect((await get(url)).text).not.toBe('{}');
  });
});
