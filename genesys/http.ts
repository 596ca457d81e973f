import { subscribe } from 'node:diagnostics_channel';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Agent, type Dispatcher, EnvHttpProxyAgent, errors, request } from 'undici';

import { onAbort } from '../core';
import { GenesysError } from './genesys-error';
import { isLoopback } from './hosts';

/** A request to one of the two hosts. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In ms, for the whole exchange up to the last byte of the reply. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpReply {
  readonly status: number;
  /** The first value of a header, by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/** No reply of the API comes near this many bytes; a hostile one must not fill the memory. */
const MAX_REPLY_BYTES = 32 * 1024 * 1024;

/** Errors of connections that were never made (refused, no address, TLS or tunnel declined). */
const neverConnected = new WeakSet();
subscribe('undici:client:connectError', (message) => {
  neverConnected.add((message as { error: Error }).error);
});

/** Longer than the default cap of a backoff, so that a retry finds the connection still open. */
const KEEP_ALIVE_MS = 15_000;

let direct: Agent | undefined;
let proxied: EnvHttpProxyAgent | undefined;

/**
 * One kept-alive pool for each host, shared by the whole process: a connection that is open already
 * shortens the time between read and write, in which others can get in between. Other hosts go
 * through HTTP_PROXY, HTTPS_PROXY and NO_PROXY; this machine never does.
 */
function dispatcherFor(url: URL): Dispatcher {
  // HTTP/2 would carry everything over one connection and keep it when a request on it times out:
  // a connection that has gone dark would take all others with it for a minute.
  const options = {
    maxResponseSize: MAX_REPLY_BYTES,
    allowH2: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  if (isLoopback(url.hostname)) return (direct ??= new Agent(options));
  return (proxied ??= new EnvHttpProxyAgent(options));
}

/**
 * Sends one request and reads its reply to the end. Redirects are replies like any other: following
 * one would carry the token to a host that nobody configured.
 *
 * @throws {GenesysError} of kind `connection`, `timeout` or `aborted`.
 */
export async function send(http: HttpRequest): Promise<HttpReply> {
  const url = new URL(http.url);
  const abort = new AbortController();
  const timedOut = new Error('timed out');
  const timer = setTimeout(() => {
    abort.abort(timedOut);
  }, http.timeoutMs);
  const stopListening = onAbort(http.signal, () => {
    abort.abort();
  });
  try {
    // undici heeds the signal only once there is a connection; making one may take much longer. What
    // is given up before that is dropped there and never sent.
    const gone = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => {
        reject(timedOut);
      });
    });
    abort.signal.throwIfAborted();
    const reply = await Promise.race([
      gone,
      request(url, {
        method: http.method,
        headers: http.headers,
        body: http.body ?? null,
        signal: abort.signal,
        dispatcher: dispatcherFor(url),
        // The timer above is exact and covers the whole exchange.
        headersTimeout: 0,
        bodyTimeout: 0,
      }),
    ]);
    const text = await reply.body.text();
    // Only then does undici take the connection for free: a write that follows its read at once
    // would open another one, with all its handshakes between read and write.
    await nextTurn();
    return {
      status: reply.statusCode,
      header: (name) => firstOf(reply.headers[name]),
      text,
    };
  } catch (error) {
    if (abort.signal.reason === timedOut) {
      throw new GenesysError(`${url.host} did not reply within ${Math.round(http.timeoutMs)} ms.`, {
        kind: 'timeout',
        sent: true,
      });
    }
    if (http.signal?.aborted) {
      throw new GenesysError('The request was given up.', { kind: 'aborted', sent: true });
    }
    throw new GenesysError(`The connection to ${url.host} failed: ${describe(error)}`, {
      kind: 'connection',
      sent: !neverConnected.has(error as Error),
    });
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Told by shape, not by class: the errors of node's own modules may come from another realm. */
function describe(error: unknown): string {
  if (error instanceof errors.SocketError) return 'it was closed before the reply came.';
  const { errors: tried } = error as Partial<AggregateError>;
  // Node wraps the errors of several tried addresses into one.
  const { message, code } = (tried?.[0] ?? error) as NodeJS.ErrnoException;
  const text = message.trim();
  return code && !text.includes(code) ? `${text} (${code})` : text;
}
