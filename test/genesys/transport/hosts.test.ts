import { describe, expect, it } from '@jest/globals';

import { hostsOfRegion, isLoopback, parseHostUrl } from '../../../genesys/transport/hosts';
import { isUuid } from '../../../genesys/conversations/ids';
import { regions } from '../../../genesys/transport/regions';

describe('the regions', () => {
  it('are the 18 that Genesys runs, each once', () => {
    expect(regions).toHaveLength(18);
    expect(new Set(regions.map(({ environment }) => environment)).size).toBe(18);
    expect(new Set(regions.map(({ name }) => name)).size).toBe(18);
  });

  it.each(regions)('$environment signs in and serves at hosts that are fit for use', (region) => {
    expect(hostsOfRegion(region.environment)).toEqual({
      loginUrl: `https://login.${region.environment}`,
      apiUrl: `https://api.${region.environment}`,
    });
    expect(parseHostUrl(`https://login.${region.environment}`)).toEqual({
      url: `https://login.${region.environment}`,
    });
  });

  it.each(['', 'custom', 'evil.com', 'mypurecloud.com.evil.com', 'MYPURECLOUD.COM', 'constructor'])(
    '%j is none of them',
    (environment) => {
      expect(hostsOfRegion(environment)).toBeUndefined();
    },
  );
});

describe('an address of a host', () => {
  it.each([
    ['https://api.mypurecloud.com', 'https://api.mypurecloud.com'],
    ['https://api.mypurecloud.com/', 'https://api.mypurecloud.com'],
    ['https://api.mypurecloud.com///', 'https://api.mypurecloud.com'],
    ['  https://api.mypurecloud.com\n', 'https://api.mypurecloud.com'],
    ['HTTPS://API.MyPureCloud.com', 'https://api.mypurecloud.com'],
    ['https://api.mypurecloud.com:443', 'https://api.mypurecloud.com'],
    ['https://gateway.example:8443/genesys', 'https://gateway.example:8443/genesys'],
    ['https://gateway.example/genesys/eu//', 'https://gateway.example/genesys/eu'],
    ['https://gateway.example/a%20b/', 'https://gateway.example/a%20b'],
    ['https://10.0.0.7', 'https://10.0.0.7'],
    ['http://localhost:8080/', 'http://localhost:8080'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.8.9.10', 'http://127.8.9.10'],
    ['http://127.1:8080', 'http://127.0.0.1:8080'],
    ['http://[::1]:8080/base/', 'http://[::1]:8080/base'],
    ['https://localhost:8443', 'https://localhost:8443'],
  ])('%j is used as %j', (text, url) => {
    expect(parseHostUrl(text)).toEqual({ url });
  });

  it.each([
    'http://api.mypurecloud.com',
    'http://localhost.evil.com',
    'http://evil-localhost',
    'http://notlocalhost',
    'http://127.0.0.1.evil.com',
    'http://127.0.0.1.nip.io',
    'http://x127.0.0.1.com',
    'http://128.0.0.1',
    'http://10.127.0.1',
    'http://0.0.0.0',
    'http://[::2]',
    'http://[::ffff:8.8.8.8]',
    'http://169.254.169.254',
    'ftp://127.0.0.1',
    'file:///etc/passwd',
    'ws://localhost',
    'javascript:alert(1)',
    'localhost:8080',
  ])('%j must begin with https', (text) => {
    expect(parseHostUrl(text)).toEqual({ complaint: expect.stringContaining('https://') });
  });

  it.each(['', '   ', 'api.mypurecloud.com', 'https://', 'https://a b', 'https://[::1', '//x'])(
    '%j is no address',
    (text) => {
      expect(parseHostUrl(text)).toEqual({ complaint: expect.stringContaining('not an address') });
    },
  );

  it.each([
    'https://user@api.mypurecloud.com',
    'https://user:secret@api.mypurecloud.com',
    'https://:secret@api.mypurecloud.com',
    'http://localhost:80@evil.com',
    'https://api.mypurecloud.com@evil.com/',
  ])('%j must hold no user information', (text) => {
    expect(parseHostUrl(text)).toEqual({ complaint: expect.stringContaining('user or password') });
  });

  it.each(['https://api.mypurecloud.com?x=1', 'https://a.com/base?x', 'https://a.com/#part'])(
    '%j must end before query and fragment',
    (text) => {
      expect(parseHostUrl(text)).toEqual({ complaint: expect.stringContaining('"?"') });
    },
  );

  it('that is refused never repeats a password in the complaint', () => {
    expect(JSON.stringify(parseHostUrl('https://user:hunter2@host'))).not.toContain('hunter2');
  });
});

describe('this machine', () => {
  it.each(['localhost', '127.0.0.1', '127.255.255.254', '[::1]'])('is %s', (hostname) => {
    expect(isLoopback(hostname)).toBe(true);
  });

  it.each([
    'genesys.localhost',
    'localhost.evil.com',
    '127.0.0.1.evil.com',
    '1127.0.0.1',
    '127.0.0.1x',
    '',
    '[::]',
  ])('is not %j', (hostname) => {
    expect(isLoopback(hostname)).toBe(false);
  });
});

describe('an id', () => {
  it.each(['6f1d3c2e-9a4b-4c6d-8e2f-0123456789ab', '6F1D3C2E-9A4B-4C6D-8E2F-0123456789AB'])(
    '%j is a UUID',
    (id) => {
      expect(isUuid(id)).toBe(true);
    },
  );

  it.each([
    '',
    'customer',
    '6f1d3c2e9a4b4c6d8e2f0123456789ab',
    '6f1d3c2e-9a4b-4c6d-8e2f-0123456789ag',
    '6f1d3c2e-9a4b-4c6d-8e2f-0123456789ab/..',
    '6f1d3c2e-9a4b-4c6d-8e2f-0123456789ab\n',
    '../6f1d3c2e-9a4b-4c6d-8e2f-0123456789ab',
    '{6f1d3c2e-9a4b-4c6d-8e2f-0123456789ab}',
  ])('%j is none', (id) => {
    expect(isUuid(id)).toBe(false);
  });
});
