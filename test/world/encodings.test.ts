import { describe, expect, it } from '@jest/globals';

import { PARTICIPANT_ID, platform, setAttribute } from './platform';

const record = `{"id":"${PARTICIPANT_ID}","version":1,"attributes":{"agent":"Jürgen 📞"}}`;

/** The first replies come in another encoding, whatever their header says. */
async function encodedAs(encoding: BufferEncoding, replies: number) {
  return await platform({
    api: (_, response, count) => {
      if (count > replies) return;
      response.setHeader('content-type', `application/json; charset=${encoding}`);
      response.end(Buffer.from(record, encoding));
    },
  });
}

describe('A record in another encoding than UTF-8', () => {
  it.each<BufferEncoding>(['latin1', 'utf16le'])(
    '(%s) is not written back with characters lost',
    async (encoding) => {
      const { url, api } = await encodedAs(encoding, Infinity);
      const result = await setAttribute(url, { retry: { maxAttempts: 2, baseDelay: 1 } });
      expect(result).toMatchObject({ details: { code: 'server' } });
      expect(api.map(({ method }) => method)).toEqual(['GET', 'GET']);
    },
  );

  it('is told as that', async () => {
    const { url } = await encodedAs('latin1', Infinity);
    const result = await setAttribute(url, { retry: { maxAttempts: 1 } });
    expect(result['error']).toContain('it is no UTF-8');
  });

  it('is read again', async () => {
    const { url, api } = await encodedAs('latin1', 1);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written' });
    expect(api.map(({ method }) => method)).toEqual(['GET', 'GET', 'PUT']);
  });

  it('that is UTF-8 is written back as it is', async () => {
    const { url, api } = await encodedAs('utf8', 1);
    expect(await setAttribute(url)).toMatchObject({ outcome: 'written' });
    expect(JSON.parse(api.at(-1)?.body ?? '')).toMatchObject({
      attributes: { agent: 'Jürgen 📞', priority: 'high' },
    });
  });
});
