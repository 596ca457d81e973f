import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import http from 'node:http';
import net from 'node:net';

import { getProxyForUrl } from 'proxy-from-env';

import { send } from '../../genesys/transport/http';
import { genesysErrorOf } from '../genesys/transport/errors';
import { listen, serve } from '../genesys/transport/servers';
import { setAttribute } from './platform';
import { Connections } from '../../genesys/transport/connections';

const connections = new Connections();

const PROXY_VARIABLE = /^(npm_config_)?(http|https|all|no)_?proxy$/i;

const before = { ...process.env };
beforeEach(() => {
  for (const name of Object.keys(process.env)) {
    if (PROXY_VARIABLE.test(name)) Reflect.deleteProperty(process.env, name);
  }
});
afterEach(() => {
  process.env = { ...before };
});

const get = (url: string) =>
  send(connections, { method: 'GET', url, headers: {}, timeoutMs: 5000 });

/** A proxy that opens no tunnel, and what it was asked for. */
async function proxyAnswering(status: number) {
  const asked: { readonly line: string; readonly authorization: string | undefined }[] = [];
  const server = http.createServer();
  const note = ({ method = '', url = '', headers }: http.IncomingMessage) =>
    void asked.push({
      line: `${method} ${url}`,
      authorization: headers['proxy-authorization'],
    });
  server.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
    note(request);
    socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
  });
  server.on('request', (request, response) => {
    note(request);
    response.writeHead(status).end();
  });
  const port = await listen(server);
  return { asked, port, url: `http://127.0.0.1:${port}` };
}

describe('a proxy is found as n8n finds it:', () => {
  it.each([
    ['ALL_PROXY alone', ['ALL_PROXY']],
    ['all_proxy alone', ['all_proxy']],
    ['HTTPS_PROXY', ['HTTPS_PROXY']],
    ['https_proxy', ['https_proxy']],
    ['npm_config_https_proxy', ['npm_config_https_proxy']],
  ])('by %s', async (_, names) => {
    const proxy = await proxyAnswering(502);
    for (const name of names) process.env[name] = proxy.url;
    await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(proxy.asked.map(({ line }) => line)).toEqual(['CONNECT api.genesys.test:443']);
  });

  it('by HTTPS_PROXY, where the lower-case one is there and empty', async () => {
    const proxy = await proxyAnswering(502);
    process.env['https_proxy'] = '';
    process.env['HTTPS_PROXY'] = proxy.url;
    await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(proxy.asked).toHaveLength(1);
  });

  it('HTTP_PROXY alone is none for an https address', async () => {
    const proxy = await proxyAnswering(502);
    process.env['HTTP_PROXY'] = proxy.url;
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(error.message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(proxy.asked).toEqual([]);
  });

  it('one without a scheme is spoken to as the address is, over TLS, as n8n does', async () => {
    const firstBytes: number[] = [];
    const server = net.createServer((socket) => {
      socket.once('data', (data) => {
        firstBytes.push(data[0] ?? 0);
        socket.destroy();
      });
    });
    process.env['HTTPS_PROXY'] = `127.0.0.1:${await listen(server)}`;
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(firstBytes).toEqual([0x16]);
    expect(error.message).toContain(`through the proxy ${process.env['HTTPS_PROXY']}`);
    expect(error.details.sent).toBe(false);
  });

  it('one without a scheme that speaks no TLS is told apart, with what to write', async () => {
    const { asked, port } = await proxyAnswering(502);
    process.env['HTTPS_PROXY'] = `proxy-user:pass-word@127.0.0.1:${port}`;
    const json = await setAttribute('https://genesys.test');
    expect(json).toMatchObject({
      error: expect.stringMatching(/after 2 attempts.*write http:\/\/ before its address/s),
      details: { code: 'unreachable', attempts: 2 },
    });
    expect(JSON.stringify(json)).not.toMatch(/proxy-user|pass-word/);
    expect(asked).toEqual([]);
  });

  it.each([
    ['genesys.test', true],
    ['api.genesys.test', false],
    ['.genesys.test', false],
    ['*.genesys.test', false],
    ['*', false],
    ['other.test, api.genesys.test', false],
    ['other.test api.genesys.test', false],
    ['API.GENESYS.TEST', false],
    ['api.genesys.test:443', false],
    ['api.genesys.test:8443', true],
    ['', true],
  ])('past NO_PROXY=%j: %s', async (value, goesThrough) => {
    const proxy = await proxyAnswering(502);
    process.env['HTTPS_PROXY'] = proxy.url;
    process.env['NO_PROXY'] = value;
    expect(getProxyForUrl('https://api.genesys.test') !== '').toBe(goesThrough);
    await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(proxy.asked).toHaveLength(goesThrough ? 1 : 0);
  });

  it('an environment that changes counts from the next request on', async () => {
    const [one, other] = [await proxyAnswering(502), await proxyAnswering(502)];
    for (const { url } of [one, other, one]) {
      process.env['HTTPS_PROXY'] = url;
      await genesysErrorOf(get('https://api.genesys.test/api'));
    }
    expect([one.asked.length, other.asked.length]).toEqual([2, 1]);
  });

  it('user and password are sent to the proxy, and shown to nobody', async () => {
    const proxy = await proxyAnswering(407);
    process.env['HTTPS_PROXY'] = `http://proxy-user:s%40fe-word@127.0.0.1:${proxy.port}`;
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    const basic = Buffer.from('proxy-user:s@fe-word').toString('base64');
    expect(proxy.asked[0]?.authorization).toBe(`Basic ${basic}`);
    expect(error.message).toContain(`127.0.0.1:${proxy.port}`);
    expect(JSON.stringify([error.message, error.details])).not.toMatch(/proxy-user|fe-word/);
  });

  it('by socks, where that is what it is', async () => {
    const firstBytes: number[] = [];
    const server = net.createServer((socket) => {
      socket.once('data', (data) => {
        firstBytes.push(data[0] ?? 0);
        socket.destroy();
      });
    });
    process.env['ALL_PROXY'] = `socks5://127.0.0.1:${await listen(server)}`;
    await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(firstBytes).toEqual([5]);
  });
});

describe('a proxy setting that cannot be read', () => {
  it.each([
    'http://',
    'https://proxy.test:port',
    'http:proxy.test:3128',
    'ftp://proxy.test:21',
    'http://proxy-user:pass-word@proxy.test:99999',
    'http://proxy-user:pass#word@proxy.test:3128',
    'http://proxy-user:pass%word@proxy.test:3128',
  ])('is named, and nothing of it is shown: %s', async (setting) => {
    process.env['HTTPS_PROXY'] = setting;
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(error.message).toMatch(/^The proxy in HTTPS_PROXY cannot be used/);
    expect(error.message).not.toMatch(/proxy-user|pass.word|proxy\.test/);
    expect(error.details).toEqual({ kind: 'connection', sent: false, obstacle: 'proxy' });
  });

  it('by the name that it has', async () => {
    process.env['all_proxy'] = 'http://%';
    process.env['https_proxy'] = '';
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(error.message).toContain('all_proxy');
  });

  it('leaves this machine alone', async () => {
    process.env['ALL_PROXY'] = 'http://%';
    const server = await serve((_, response) => void response.end('direct'));
    expect((await get(server.url)).text).toBe('direct');
  });

  it('ends an update after a second try', async () => {
    process.env['HTTPS_PROXY'] = 'http://proxy-user:pass#word@proxy.test';
    const json = await setAttribute('https://genesys.test');
    expect(json).toMatchObject({
      error: expect.stringMatching(/after 2 attempts.*HTTPS_PROXY cannot be used/),
      details: { code: 'unreachable', attempts: 2 },
    });
    expect(JSON.stringify(json)).not.toMatch(/proxy-user|#word/);
  });
});

describe('a proxy that is not there', () => {
  it('by its name is what is to be checked, not the region', async () => {
    process.env['HTTPS_PROXY'] = 'http://proxy-user:pass-word@proxy.invalid:3128';
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    // Where no name can be asked for at all, that is all there is to say.
    if (error.message.includes('EAI_AGAIN')) return;
    expect(error.details).toEqual({ kind: 'connection', sent: false, obstacle: 'proxy' });
    expect(error.message).toContain('(through the proxy proxy.invalid:3128)');
    expect(error.message).not.toMatch(/proxy-user|pass-word/);
  });

  it('but hangs is named where no reply comes in time', async () => {
    const port = await listen(net.createServer());
    process.env['HTTPS_PROXY'] = `http://proxy-user:pass-word@127.0.0.1:${port}`;
    const url = 'https://api.genesys.test/api';
    const error = await genesysErrorOf(
      send(connections, { method: 'GET', url, headers: {}, timeoutMs: 100 }),
    );
    expect(error.message).toBe(
      `api.genesys.test did not reply within 100 ms (through the proxy 127.0.0.1:${port}).`,
    );
  });

  it.each<[string, (socket: net.Socket) => void]>([
    ['closes', (socket) => void socket.end()],
    ['resets', (socket) => void socket.resetAndDestroy()],
    ['is no proxy', (socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
  ])('or %s has carried nothing', async (_, act) => {
    const server = net.createServer((socket) => {
      socket.once('data', () => {
        act(socket);
      });
    });
    process.env['HTTPS_PROXY'] = `http://127.0.0.1:${await listen(server)}`;
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(error.details).toEqual({ kind: 'connection', sent: false });
  });
});

describe('a proxy that opens no tunnel', () => {
  it.each([401, 403, 404, 405, 407])(
    'with %i will not open the next one either',
    async (status) => {
      const proxy = await proxyAnswering(status);
      process.env['HTTPS_PROXY'] = proxy.url;
      const error = await genesysErrorOf(get('https://api.genesys.test/api'));
      expect(error.details).toEqual({ kind: 'connection', sent: false, obstacle: 'proxy' });
      expect(error.message).toContain(`the proxy 127.0.0.1:${proxy.port} answered ${status}`);
    },
  );

  it.each([408, 429, 500, 502, 503, 504])('with %i may open the next one', async (status) => {
    const proxy = await proxyAnswering(status);
    process.env['HTTPS_PROXY'] = proxy.url;
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(error.details).toEqual({ kind: 'connection', sent: false });
  });

  it('for want of a sign-in (407) ends an update after a second try, and is named', async () => {
    const proxy = await proxyAnswering(407);
    process.env['HTTPS_PROXY'] = proxy.url;
    const begun = performance.now();
    expect(await setAttribute('https://genesys.test')).toMatchObject({
      error: expect.stringMatching(
        /after 2 attempts.*the proxy [\d.:]+ answered 407.*HTTPS_PROXY/s,
      ),
      details: { code: 'unreachable', attempts: 2 },
    });
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(proxy.asked).toHaveLength(2);
  });
});
