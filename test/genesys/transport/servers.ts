import { afterEach } from '@jest/globals';
import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Listens on a free port until the test ends; then every socket is destroyed. */
export async function listen(server: net.Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  closing.push(async () => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A request as it came in. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Numbers the connections, from 1. */
  readonly socket: number;
}

export interface HttpServer {
  readonly url: string;
  readonly port: number;
  readonly received: readonly Received[];
}

/** A server whose replies the test writes; it counts what comes in. */
export async function serve(
  answer: (
    request: Received,
    response: http.ServerResponse,
    count: number,
  ) => void | Promise<void> = (_, response) => void response.end(),
): Promise<HttpServer> {
  const received: Received[] = [];
  const sockets = new Map<net.Socket, number>();
  const take = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    if (!sockets.has(request.socket)) sockets.set(request.socket, sockets.size + 1);
    const { method = '', url = '', headers } = request;
    const entry = {
      method,
      url,
      headers,
      body: await text(request),
      socket: sockets.get(request.socket) ?? 0,
    };
    received.push(entry);
    await answer(entry, response, received.length);
  };
  const server = http.createServer((request, response) => {
    void take(request, response);
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, port, received };
}

/** A server of bare sockets; `act` runs when the first bytes of a request have come. */
export async function serveRaw(
  act: (socket: net.Socket, connection: number) => void,
): Promise<{ readonly url: string; readonly port: number; readonly arrivals: string[] }> {
  const arrivals: string[] = [];
  const server = net.createServer((socket) => {
    socket.once('data', (data) => {
      act(socket, arrivals.push(data.toString('latin1')));
    });
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, port, arrivals };
}

export function sendJson(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
