import { describe, expect, it } from '@jest/globals';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { testCredential } from '../../engine/test-credential';
import { parseHostUrl } from '../../genesys/transport/hosts';
import { sendJson } from '../genesys/transport/servers';
import { platform, setAttribute } from './platform';

/** Ways of writing down an address that mean the same. */
const AS_MEANT: [string, (url: string) => string][] = [
  ['with the path of the API', (url) => `${url}/api/v2`],
  ['with that and a slash', (url) => `${url}/api/v2/`],
  ['with that and many slashes', (url) => `${url}//api//v2//`],
  ['with the path of an operation', (url) => `${url}/api/v2/conversations`],
  ['with slashes at the end', (url) => `${url}///`],
  ['with blanks around it', (url) => `\t ${url} \n`],
  ['with a no-break space after it', (url) => `${url}\u00a0`],
  ['in capitals', (url) => url.toUpperCase()],
  ['in capitals, with the path', (url) => ` ${url.toUpperCase()}/API/V2 `],
];

const clientOf = (loginUrl: string, apiUrl: string) => ({
  region: 'custom',
  loginUrl,
  apiUrl,
  clientId: 'id',
  clientSecret: 'secret',
});

describe('an API URL', () => {
  it.each(AS_MEANT)('%s is taken as it is meant', async (_, write) => {
    const { url, api } = await platform();
    const apiUrl = write(url);
    expect(await setAttribute(url, { credential: { apiUrl } })).toMatchObject({
      outcome: 'written',
    });
    expect(api.every(({ url }) => url.startsWith('/api/v2/conversations/'))).toBe(true);
    expect(await testCredential(new GenesysCloudApi(), clientOf(url, apiUrl))).toMatchObject({
      status: 'OK',
    });
  });

  it.each([
    'https://gateway.example/genesys/api/v2/',
    'https://gateway.example/genesys/api/v2/conversations/calls',
    'HTTPS://Gateway.Example/genesys//',
  ])('%s keeps what stands before the path of the API', (text) => {
    expect(parseHostUrl(text)).toEqual({ url: 'https://gateway.example/genesys' });
  });

  it.each(['https://gateway.example/api/v3', 'https://gateway.example/my-api/v2'])(
    '%s is left as it is',
    (text) => {
      expect(parseHostUrl(text)).toEqual({ url: text });
    },
  );

  it('below which there is nothing is shown as a whole, for a typing error may be in it', async () => {
    const { url } = await platform({
      api: (_, response) => {
        sendJson(response, 404, {});
      },
    });
    const apiUrl = `${url}/gatevay`;
    expect(await setAttribute(url, { credential: { apiUrl } })).toMatchObject({
      error: expect.stringContaining(`${apiUrl} answered 404`),
      details: {
        code: 'notFound',
        method: 'GET',
        path: expect.stringMatching(/^\/gatevay\/api\/v2\/conversations\//),
      },
    });
  });
});

describe('a Login URL', () => {
  it.each<[string, (url: string) => string]>([
    ['with the path of the sign-in', (url) => `${url}/oauth/token`],
    ['with that and a slash', (url) => `${url}/oauth/token/`],
    ['in capitals', (url) => ` ${url.toUpperCase()}/OAUTH/TOKEN`],
  ])('%s is taken as it is meant', async (_, write) => {
    const { url, signIns } = await platform();
    const loginUrl = write(url);
    expect(await setAttribute(url, { credential: { loginUrl } })).toMatchObject({
      outcome: 'written',
    });
    expect(await testCredential(new GenesysCloudApi(), clientOf(loginUrl, url))).toMatchObject({
      status: 'OK',
    });
    // Without the functions that sign in before the test, too.
    const { test: request, properties, name, displayName } = new GenesysCloudApi();
    const bare = { name, displayName, properties, test: request };
    expect(await testCredential(bare, clientOf(loginUrl, url))).toMatchObject({ status: 'OK' });
    expect(signIns.map(({ url }) => url.toLowerCase())).toEqual(signIns.map(() => '/oauth/token'));
  });
});

describe('an address that will not do is shown where it is refused:', () => {
  it.each([
    'api.mypurecloud.com',
    'http://api.mypurecloud.com',
    'https://api.mypurecloud .com',
    'https://api.mypurecloud.com/a b',
  ])('%s', async (address) => {
    const { url } = await platform();
    const shown = expect.stringContaining(`"${address}"`);
    expect(await setAttribute(url, { credential: { apiUrl: address } })).toMatchObject({
      error: shown,
      details: { code: 'invalid' },
    });
    expect(await setAttribute(url, { credential: { loginUrl: address } })).toMatchObject({
      error: shown,
    });
    for (const [login, api] of [
      [url, address],
      [address, url],
    ] as const) {
      expect(await testCredential(new GenesysCloudApi(), clientOf(login, api))).toEqual({
        status: 'Error',
        message: shown,
      });
    }
  });

  it('but never a password, nor a query', () => {
    for (const text of [
      'https://user:hunter2@api.test',
      'http://user:hunter2@api.test',
      'user:hunter2@api.test',
      'https://api.test?key=hunter2',
      'https://api.test#hunter2',
    ]) {
      expect(JSON.stringify(parseHostUrl(text))).not.toContain('hunter2');
      expect(parseHostUrl(text)).toHaveProperty('complaint');
    }
  });

  it('and cut where it is too long to be one', () => {
    expect(JSON.stringify(parseHostUrl('x'.repeat(10_000))).length).toBeLessThan(400);
  });
});
