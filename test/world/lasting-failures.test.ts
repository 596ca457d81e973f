import { afterEach, describe, expect, it, jest } from '@jest/globals';
import dns from 'node:dns';
import tls from 'node:tls';

import { GenesysCloudApi } from '../../credentials/GenesysCloudApi.credentials';
import { testCredential } from '../../engine/test-credential';
import { selfSigned } from '../genesys/transport/certificate';
import { deadPort, listen } from '../genesys/transport/servers';
import { platform, setAttribute } from './platform';

const trusted = tls.getCACertificates('default');
afterEach(() => {
  jest.restoreAllMocks();
  tls.setDefaultCACertificates(trusted);
});

/** From now on no name can be found. */
function loseNames(code: string) {
  const problem = Object.assign(new Error(`getaddrinfo ${code} api.test`), { code });
  return jest.spyOn(dns, 'lookup').mockImplementation(((
    _name: string,
    _options: unknown,
    done: (error: Error, addresses: readonly dns.LookupAddress[]) => void,
  ) => {
    process.nextTick(done, problem, []);
  }) as typeof dns.lookup);
}

describe('with default settings, an update ends after a second try', () => {
  it('where the certificate is not trusted, with what helps', async () => {
    const server = tls.createServer(selfSigned());
    const handshakes = jest.fn();
    server.on('connection', handshakes);
    const begun = performance.now();
    const json = await setAttribute(`https://127.0.0.1:${await listen(server)}`);
    expect(json).toMatchObject({
      error: expect.stringMatching(
        /after 2 attempts.*DEPTH_ZERO_SELF_SIGNED_CERT.*NODE_EXTRA_CA_CERTS/s,
      ),
      details: { code: 'unreachable', attempts: 2, status: null },
    });
    expect(handshakes).toHaveBeenCalledTimes(2);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it('where the certificate is that of another host', async () => {
    const { key, cert } = selfSigned();
    tls.setDefaultCACertificates([cert]);
    const port = await listen(tls.createServer({ key, cert }));
    expect(await setAttribute(`https://127.0.0.1:${port}`)).toMatchObject({
      error: expect.stringMatching(/after 2 attempts.*ERR_TLS_CERT_ALTNAME_INVALID/s),
      details: { code: 'unreachable', attempts: 2 },
    });
  });

  it('where there is no such host', async () => {
    const lookups = loseNames('ENOTFOUND');
    expect(await setAttribute('https://api.test')).toMatchObject({
      error: expect.stringMatching(/after 2 attempts.*ENOTFOUND api\.test.*DNS/s),
      details: { code: 'unreachable', attempts: 2 },
    });
    expect(lookups).toHaveBeenCalledTimes(2);
  });

  it('where only the API cannot be reached so, and the sign-in can', async () => {
    const { url, signIns } = await platform();
    loseNames('ENOTFOUND');
    const json = await setAttribute(url, { credential: { apiUrl: 'https://api.test' } });
    expect(json).toMatchObject({ details: { code: 'unreachable', attempts: 2 } });
    expect(signIns).toHaveLength(1);
  });
});

describe("the credential's test button", () => {
  it('names a certificate that is not trusted, with what helps', async () => {
    const url = `https://127.0.0.1:${await listen(tls.createServer(selfSigned()))}`;
    const clientSecret = 'the-client-secret';
    const client = { region: 'custom', loginUrl: url, apiUrl: url, clientId: 'id', clientSecret };
    const result = await testCredential(new GenesysCloudApi(), client);
    expect(result).toEqual({
      status: 'Error',
      message: expect.stringMatching(/certificate of https:\/\/127.*NODE_EXTRA_CA_CERTS/),
    });
  });
});

describe('what may pass is tried as long as it is allowed:', () => {
  it('a name that cannot be asked for just now (EAI_AGAIN)', async () => {
    loseNames('EAI_AGAIN');
    const retry = { maxAttempts: 4, baseDelay: 1, strategy: 'fixed' };
    expect(await setAttribute('https://api.test', { retry })).toMatchObject({
      details: { code: 'unreachable', attempts: 4 },
    });
  });

  it('nobody who listens', async () => {
    const retry = { maxAttempts: 4, baseDelay: 1, strategy: 'fixed' };
    expect(await setAttribute(`http://127.0.0.1:${await deadPort()}`, { retry })).toMatchObject({
      details: { code: 'unreachable', attempts: 4 },
    });
  });

  it('a name that was not found once', async () => {
    const { url } = await platform();
    const { port } = new URL(url);
    loseNames('ENOTFOUND').mockImplementationOnce(((
      _name: string,
      _options: unknown,
      done: (error: Error) => void,
    ) => {
      jest.restoreAllMocks();
      process.nextTick(done, Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
    }) as typeof dns.lookup);
    expect(await setAttribute(`http://localhost:${port}`)).toMatchObject({
      outcome: 'written',
      details: { attempts: 2 },
    });
  });
});

it('a second try is not made where only one is allowed', async () => {
  loseNames('ENOTFOUND');
  expect(await setAttribute('https://api.test', { retry: { maxAttempts: 1 } })).toMatchObject({
    details: { code: 'unreachable', attempts: 1 },
  });
});
