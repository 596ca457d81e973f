import { afterEach, describe, expect, it, jest } from '@jest/globals';
import dns from 'node:dns';
import { getEventListeners, once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';

import { type HttpRequest, send } from '../../../genesys/transport/http';
import { selfSigned } from './certificate';
import { genesysErrorOf } from './errors';
import { deadPort, listen, serve, serveRaw } from './servers';
import { watchTimers } from '../limits/timers';
import { Connections } from '../../../genesys/transport/connections';

const connections = new Connections();

const get = (url: string, more: Partial<HttpRequest> = {}) =>
  send(connections, { method: 'GET', url, headers: {}, timeoutMs: 5000, ...more });
const put = (url: string, more: Partial<HttpRequest> = {}) =>
  get(url, { method: 'PUT', body: '{"version":1}', ...more });

/** Runs an action in a world where every name has these addresses, or where none can be found. */
async function resolving<Result>(
  problem: Error | null,
  addresses: readonly dns.LookupAddress[],
  action: () => Promise<Result>,
): Promise<Result> {
  const lookup = jest.spyOn(dns, 'lookup').mockImplementation(((
    _name: string,
    _options: unknown,
    done: (error: Error | null, addresses: readonly dns.LookupAddress[]) => void,
  ) => {
    process.nextTick(done, problem, addresses);
  }) as typeof dns.lookup);
  try {
    return await action();
  } finally {
    lookup.mockRestore();
  }
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a request', () => {
  it('arrives with its method, path, headers and body, byte for byte', async () => {
    const server = await serve();
    const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
    await put(`${server.url}/api/v2/x%20y?z=1`, { headers, body: '{"a":"päö 📞"}' });
    expect(server.received).toEqual([
      {
        method: 'PUT',
        url: '/api/v2/x%20y?z=1',
        headers: expect.objectContaining({ ...headers, 'content-length': '18' }),
        body: '{"a":"päö 📞"}',
        socket: 1,
      },
    ]);
  });

  it('without a body sends none', async () => {
    const server = await serve();
    await get(server.url);
    expect(server.received[0]).toMatchObject({ method: 'GET', body: '' });
    expect(server.received[0]?.headers).not.toHaveProperty('content-type');
  });

  it('goes over the connection that the one before has opened', async () => {
    const server = await serve((_, response) => void response.end('{}'));
    await get(server.url);
    await put(server.url);
    await get(server.url);
    expect(server.received.map(({ socket }) => socket)).toEqual([1, 1, 1]);
  });

  it('goes over a new connection where the server has closed the old one', async () => {
    const server = await serve(
      (_, response) => void response.setHeader('connection', 'close').end(),
    );
    await get(server.url);
    await put(server.url);
    expect(server.received.map(({ socket }) => socket)).toEqual([1, 2]);
  });

  it('does not wait for others to the same host', async () => {
    const server = await serve(async ({ url }, response) => {
      if (url === '/slow') await sleep(300);
      response.end(url);
    });
    const slow = get(`${server.url}/slow`);
    const begun = performance.now();
    await get(`${server.url}/quick`);
    expect(performance.now() - begun).toBeLessThan(250);
    await slow;
  });
});

describe('a reply', () => {
  it('has status, headers by their lower-case names, and text', async () => {
    const server = await serve((_, response) => {
      response.writeHead(409, { 'Retry-After': '7', 'X-Many': ['one', 'two'] }).end('{"a":"ü"}');
    });
    const reply = await get(server.url);
    expect([reply.status, reply.text]).toEqual([409, '{"a":"ü"}']);
    expect(reply.header('retry-after')).toBe('7');
    expect(reply.header('x-many')).toBe('one');
    expect(reply.header('x-none')).toBeUndefined();
  });

  it('may have no body', async () => {
    const server = await serve((_, response) => void response.writeHead(204).end());
    expect(await get(server.url)).toMatchObject({ status: 204, text: '' });
  });

  it('is put together where a character is split between two packets', async () => {
    const whole = Buffer.from('"📞"');
    const server = await serve(async (_, response) => {
      response.write(whole.subarray(0, 3));
      await sleep(20);
      response.end(whole.subarray(3));
    });
    expect((await get(server.url)).text).toBe('"📞"');
  });

  it.each([301, 302, 303, 307, 308])(
    'that redirects (%i) is a reply like any other: nothing goes to the other host',
    async (status) => {
      const other = await serve();
      const server = await serve((_, response) => {
        response.writeHead(status, { location: `${other.url}/elsewhere` }).end();
      });
      const reply = await put(server.url, { headers: { authorization: 'Bearer token' } });
      expect(reply.status).toBe(status);
      expect(server.received).toHaveLength(1);
      expect(other.received).toEqual([]);
    },
  );

  it('that is endless is cut off before it fills the memory', async () => {
    const block = Buffer.alloc(1024 * 1024, 32);
    let written = 0;
    const server = await serve(async (_, response) => {
      const closed = once(response, 'close');
      while (!response.destroyed && written < 200) {
        written++;
        if (!response.write(block)) {
          await Promise.race([once(response, 'drain'), closed]);
        }
      }
    });
    const error = await genesysErrorOf(get(server.url));
    expect(error.details).toEqual({ kind: 'connection', sent: true });
    expect(written).toBeLessThan(100);
  });
});

describe('a secure connection', () => {
  const trusted = tls.getCACertificates('default');
  afterEach(() => {
    tls.setDefaultCACertificates(trusted);
  });

  it('carries the request, by HTTP/1.1 even where the server would like HTTP/2', async () => {
    const { key, cert } = selfSigned();
    tls.setDefaultCACertificates([cert]);
    const server = http2.createSecureServer({ key, cert, allowHTTP1: true });
    server.on('request', ({ httpVersion, method, url }, response) => {
      response.end(`${method} ${url} HTTP/${httpVersion}`);
    });
    const { text } = await put(`https://localhost:${await listen(server)}/api`);
    expect(text).toBe('PUT /api HTTP/1.1');
  });
});

describe('a request that is given up while its connection is being made', () => {
  const trusted = tls.getCACertificates('default');
  afterEach(() => {
    tls.setDefaultCACertificates(trusted);
  });

  /** A host that answers the first handshake only when it is told to. */
  async function hesitantHost() {
    const { key, cert } = selfSigned();
    tls.setDefaultCACertificates([cert]);
    const requests: string[] = [];
    const secure = tls.createServer({ key, cert }, (socket) => {
      socket.on('data', (data: Buffer) => requests.push(data.toString()));
    });
    const waiting: net.Socket[] = [];
    const port = await listen(net.createServer((socket) => void waiting.push(socket)));
    const goOn = async () => {
      for (const socket of waiting) secure.emit('connection', socket);
      await sleep(150);
    };
    return { url: `https://localhost:${port}`, requests, goOn };
  }

  it('or not, is sent as soon as the connection is made', async () => {
    const { url, requests, goOn } = await hesitantHost();
    const pending = genesysErrorOf(put(`${url}/api`, { timeoutMs: 400 }));
    await sleep(50);
    await goOn();
    expect(requests.join('')).toContain('PUT /api HTTP/1.1');
    await pending;
  });

  it('for want of time ends in time, and is never sent', async () => {
    const { url, requests, goOn } = await hesitantHost();
    const begun = performance.now();
    const error = await genesysErrorOf(put(url, { timeoutMs: 100 }));
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(error.details.kind).toBe('timeout');
    await goOn();
    expect(requests).toEqual([]);
  });

  it('at the caller’s wish ends at once, and is never sent', async () => {
    const { url, requests, goOn } = await hesitantHost();
    const giveUp = new AbortController();
    const ended = genesysErrorOf(put(url, { signal: giveUp.signal }));
    await sleep(50);
    giveUp.abort();
    const begun = performance.now();
    expect((await ended).details.kind).toBe('aborted');
    expect(performance.now() - begun).toBeLessThan(1000);
    await goOn();
    expect(requests).toEqual([]);
  });
});

describe('a connection that cannot be made has sent nothing:', () => {
  it('refused', async () => {
    const port = await deadPort();
    const error = await genesysErrorOf(put(`http://127.0.0.1:${port}`));
    expect(error.details).toEqual({ kind: 'connection', sent: false });
    expect(error.message).toBe(
      `The connection to 127.0.0.1:${port} failed: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  it('refused at every address of a name', async () => {
    const port = await deadPort();
    const addresses = [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ];
    const error = await resolving(null, addresses, () =>
      genesysErrorOf(put(`http://localhost:${port}`)),
    );
    expect(error.details).toEqual({ kind: 'connection', sent: false });
    expect(error.message).toBe(
      `The connection to localhost:${port} failed: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });

  it.each([
    ['ENOTFOUND', { obstacle: 'name' }],
    ['EAI_AGAIN', {}],
  ])('no address for the name (%s)', async (code, obstacle) => {
    const problem = Object.assign(new Error(`getaddrinfo ${code} api.test`), { code });
    const error = await resolving(problem, [], () => genesysErrorOf(put('https://api.test')));
    expect(error.details).toEqual({ kind: 'connection', sent: false, ...obstacle });
    expect(error.message).toBe(`The connection to api.test failed: getaddrinfo ${code} api.test`);
  });

  it('a certificate that nobody vouches for', async () => {
    const arrived = jest.fn();
    const server = tls.createServer(selfSigned(), (socket) => void socket.on('data', arrived));
    const error = await genesysErrorOf(put(`https://127.0.0.1:${await listen(server)}`));
    expect(error.details).toEqual({ kind: 'connection', sent: false, obstacle: 'certificate' });
    expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(arrived).not.toHaveBeenCalled();
  });

  it.each<[string, (socket: net.Socket) => void]>([
    [
      'a server that speaks no TLS',
      (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    ],
    ['a reset while TLS is agreed on', (socket) => void socket.resetAndDestroy()],
    ['an end while TLS is agreed on', (socket) => void socket.end()],
  ])('%s', async (_, act) => {
    const server = await serveRaw(act);
    const error = await genesysErrorOf(put(`https://127.0.0.1:${server.port}`));
    expect(error.details).toEqual({ kind: 'connection', sent: false });
    expect(server.arrivals).toHaveLength(1);
  });

  it('a server without a certificate', async () => {
    const port = await listen(tls.createServer({}));
    const error = await genesysErrorOf(put(`https://127.0.0.1:${port}`));
    expect(error.details).toEqual({ kind: 'connection', sent: false });
    expect(error.message).toMatch(/alert handshake failure[^\n]* \(ERR_SSL_.*\)$/);
  });
});

describe('a connection that breaks may have sent the request, which is not sent again:', () => {
  it.each<[string, (socket: net.Socket) => void]>([
    ['a reset before the reply', (socket) => void socket.resetAndDestroy()],
    ['an end before the reply', (socket) => void socket.end()],
    [
      'half a reply of known length',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"version"'),
    ],
    [
      'half a reply in chunks',
      (socket) =>
        void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"ver'),
    ],
    ['half a head', (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-')],
    ['a reply that is no HTTP', (socket) => void socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
  ])('%s', async (_, act) => {
    const server = await serveRaw(act);
    const error = await genesysErrorOf(put(`${server.url}/api`));
    expect(error.details).toEqual({ kind: 'connection', sent: true });
    expect(error.message).toMatch(/^The connection to 127\.0\.0\.1:\d+ failed: \S/);
    await sleep(20);
    expect(server.arrivals).toHaveLength(1);
  });

  it('a reset of a connection that served a request before', async () => {
    const server = await serve((_, response, count) => {
      if (count === 1) response.end();
      else response.socket?.resetAndDestroy();
    });
    await get(server.url);
    const error = await genesysErrorOf(put(server.url));
    expect(error.details).toEqual({ kind: 'connection', sent: true });
    await sleep(20);
    expect(server.received.map(({ method, socket }) => `${method} ${socket}`)).toEqual([
      'GET 1',
      'PUT 1',
    ]);
  });
});

describe('the timeout of a request', () => {
  it('is exact and closes the connection', async () => {
    const closed = Promise.withResolvers<undefined>();
    const server = await serveRaw((socket) => {
      socket.on('close', () => {
        closed.resolve(undefined);
      });
    });
    const begun = performance.now();
    const { details } = await genesysErrorOf(put(server.url, { timeoutMs: 120 }));
    const ms = performance.now() - begun;
    expect(details).toEqual({ kind: 'timeout', sent: true });
    expect(ms).toBeGreaterThan(118);
    expect(ms).toBeLessThan(300);
    await closed.promise;
  });

  it('leaves the connection, so that the next request does not wait on one that has gone dark', async () => {
    const server = await serve(({ socket }, response, count) => {
      if (count === 1 || socket > 1) response.end();
    });
    await get(server.url);
    await genesysErrorOf(get(server.url, { timeoutMs: 50 }));
    await get(server.url, { timeoutMs: 2000 });
    expect(server.received.map(({ socket }) => socket)).toEqual([1, 1, 2]);
  });

  it('names host and time in its message', async () => {
    const server = await serveRaw(() => undefined);
    const error = await genesysErrorOf(get(server.url, { timeoutMs: 30.4 }));
    expect(error.message).toBe(`127.0.0.1:${server.port} did not reply within 30 ms.`);
  });

  it('covers the whole reply, even if some of it comes all the time', async () => {
    const server = await serve((_, response) => {
      const drip = setInterval(() => void response.write(' '), 20);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    const error = await genesysErrorOf(get(server.url, { timeoutMs: 120 }));
    expect(error.details).toEqual({ kind: 'timeout', sent: true });
  });

  it('leaves no timer behind after a reply or an error', async () => {
    const server = await serve();
    const dead = await deadPort();
    const timers = watchTimers(60_001);
    await get(server.url, { timeoutMs: 60_001 });
    await genesysErrorOf(get(`http://127.0.0.1:${dead}`, { timeoutMs: 60_001 }));
    expect([timers.started(), timers.left()]).toEqual([2, 0]);
  });
});

describe('giving up a request', () => {
  it('ends it at once, closes its connection and leaves no listener', async () => {
    const giveUp = new AbortController();
    let closed = false;
    const server = await serve((_, response) => {
      response.on('close', () => void (closed = true));
      giveUp.abort();
    });
    const begun = performance.now();
    const error = await genesysErrorOf(get(server.url, { signal: giveUp.signal }));
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(error.details).toEqual({ kind: 'aborted', sent: true });
    expect(getEventListeners(giveUp.signal, 'abort')).toEqual([]);
    await sleep(20);
    expect(closed).toBe(true);
  });

  it('works in the middle of a reply', async () => {
    const giveUp = new AbortController();
    const server = await serve((_, response) => {
      response.write('{"half":');
      setTimeout(() => {
        giveUp.abort();
      }, 30);
    });
    const error = await genesysErrorOf(get(server.url, { signal: giveUp.signal }));
    expect(error.details.kind).toBe('aborted');
  });

  it('before it began sends nothing', async () => {
    const connected = jest.fn();
    const port = await listen(net.createServer(connected));
    const giveUp = AbortSignal.abort();
    const error = await genesysErrorOf(get(`http://127.0.0.1:${port}`, { signal: giveUp }));
    expect(error.details.kind).toBe('aborted');
    await sleep(20);
    expect(connected).not.toHaveBeenCalled();
  });

  it('leaves others to the same host alone', async () => {
    const giveUp = new AbortController();
    const server = await serve(async (_, response) => {
      await sleep(60);
      response.end('done');
    });
    const staying = get(server.url);
    const leaving = genesysErrorOf(get(server.url, { signal: giveUp.signal }));
    await sleep(20);
    giveUp.abort();
    expect((await leaving).details.kind).toBe('aborted');
    expect((await staying).text).toBe('done');
  });

  it('is listened to once for all requests that have the same', async () => {
    const { signal } = new AbortController();
    const server = await serve(async (_, response) => {
      await sleep(20);
      response.end();
    });
    const all = Promise.all(Array.from({ length: 20 }, () => get(server.url, { signal })));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await all;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is of no effect after the reply, and the listener is gone', async () => {
    const giveUp = new AbortController();
    const server = await serve((_, response) => void response.end('done'));
    const reply = await get(server.url, { signal: giveUp.signal });
    expect(getEventListeners(giveUp.signal, 'abort')).toEqual([]);
    giveUp.abort();
    expect(reply.text).toBe('done');
  });
});
