import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressOf } from './address';
import type { Control } from './control';
import { CONTROL_PREFIX } from './control';
import type { Gateway } from './gateway';
import { receiveBody, send } from './http';
import { errorReply } from './replies';
import { isOwn } from './window/own-page';
import { pageFile } from './window/page';
import type { Window } from './window/window';
import { EVENTS_PATH } from './window/window';

interface ServerOptions {
  readonly gateway: Gateway;
  readonly control: Control;
  readonly window: Window;
  readonly latencyMs: number;
}

/** The loopback HTTP server: takes requests in, and ends everything when it closes. */
export class SimulatorServer {
  /** Round trip time in ms of every API and sign-in request. */
  latencyMs: number;
  readonly #options: ServerOptions;
  readonly #closing = new AbortController();
  readonly #server = createServer((request, response) => {
    this.#receive(request, response).catch((error: unknown) => {
      // Closing ends the pauses of exchanges under way; anything else is a bug here.
      if (!this.#closing.signal.aborted) throw error;
    });
  });

  constructor(options: ServerOptions) {
    this.#options = options;
    this.latencyMs = options.latencyMs;
  }

  /** Resolves with the port; rejects when it is taken. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(port, '127.0.0.1', () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  /** Resolves when the port is free. */
  close(): Promise<void> {
    this.#closing.abort();
    return new Promise((resolve) => {
      // Called with an error when it was closed before: then it is closed all the same.
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    const { gateway } = this.#options;
    const { method = 'GET', url = '/' } = request;
    const { authorization, 'content-type': contentType } = request.headers;
    const [path = '/', query = ''] = url.split('?', 2);
    const body = await receiveBody(request);
    if (body === undefined) return;
    if (path.startsWith(CONTROL_PREFIX)) {
      await this.#control(request, response, { method, path, content: body.content });
      return;
    }
    const address = addressOf(method, path);
    const { kind } = address;
    const { content } = body;
    const entry = { at, kind, method, path, query, authorization, body: content, repeated: false };
    await gateway.passOn({ address, contentType, body, entry }, response, {
      latencyMs: this.latencyMs,
      pause: (ms) => this.#pause(ms),
    });
  }

  async #control(
    request: IncomingMessage,
    response: ServerResponse,
    { method, path, content }: { method: string; path: string; content: unknown },
  ): Promise<void> {
    const { control, window } = this.#options;
    if (!isOwn(request)) {
      send(response, errorReply(403, 'not.authorized', 'Only this machine, and no page elsewhere'));
    } else if (method === 'GET' && path === EVENTS_PATH) {
      window.open(response);
    } else {
      send(response, (await pageFile(method, path)) ?? control.answer(method, path, content));
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.#closing.signal });
  }
}
