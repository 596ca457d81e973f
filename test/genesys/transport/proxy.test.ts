import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

import { send } from '../../../genesys/transport/http';
import { genesysErrorOf } from './errors';
import { serve } from './servers';
import { Connections } from '../../../genesys/transport/connections';

const connections = new Connections();

const VARIABLES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
];

describe('with a proxy in the environment', () => {
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  const seen: { line: string; headers: http.IncomingHttpHeaders }[] = [];
  const proxy = http.createServer((request, response) => {
    seen.push({ line: `${request.method ?? ''} ${request.url ?? ''}`, headers: request.headers });
    response.end('from the proxy');
  });

  beforeAll(async () => {
    proxy.on('connect', ({ method, url, headers }: http.IncomingMessage, socket) => {
      seen.push({ line: `${method ?? ''} ${url ?? ''}`, headers });
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n');
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const name of VARIABLES) process.env[name] = '';
    process.env['http_proxy'] = url;
    process.env['https_proxy'] = url;
    process.env['no_proxy'] = '0.0.0.0';
  });
  beforeEach(() => void seen.splice(0));
  afterAll(async () => {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
    proxy.close();
    proxy.closeAllConnections();
    await once(proxy, 'close');
  });

  const get = (url: string) =>
    send(connections, {
      method: 'GET',
      url,
      headers: { authorization: 'Bearer token' },
      timeoutMs: 5000,
    });

  it.each(['127.0.0.1', 'localhost', '127.1'])(
    'requests to this machine (%s) never go through it',
    async (host) => {
      const server = await serve((_, response) => void response.end('direct'));
      expect((await get(`http://${host}:${server.port}`)).text).toBe('direct');
      expect(seen).toEqual([]);
    },
  );

  it('requests to other hosts go through it', async () => {
    expect((await get('http://genesys.test/api')).text).toBe('from the proxy');
    expect(seen.map(({ line }) => line)).toEqual(['GET http://genesys.test/api']);
  });

  it('https is tunnelled through it, and it never sees the token', async () => {
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(seen.map(({ line }) => line)).toEqual(['CONNECT api.genesys.test:443']);
    expect(seen[0]?.headers).not.toHaveProperty('authorization');
    expect(error.message).toMatch(/^The connection to api\.genesys\.test failed: .*403/);
  });

  it('a tunnel that it refuses has carried nothing', async () => {
    const error = await genesysErrorOf(get('https://api.genesys.test/api'));
    expect(error.details).toEqual({ kind: 'connection', sent: false, obstacle: 'proxy' });
  });

  it('hosts in NO_PROXY are reached directly', async () => {
    const server = await serve((_, response) => void response.end('direct'));
    expect((await get(`http://0.0.0.0:${server.port}`)).text).toBe('direct');
    expect(seen).toEqual([]);
  });
});
