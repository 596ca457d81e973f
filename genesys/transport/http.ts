import { setImmediate as nextTurn } from 'node:timers/promises';
import { request } from 'undici';

import { connectionError } from './connection-error';
import { decode } from './decode';
import { type Connections, MAX_REPLY_BYTES } from './connections';
import { GenesysError } from './genesys-error';
import { proxyFor, through } from './proxy';

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
  /** Whether characters of the text were lost, since it came in another encoding than UTF-8. */
  readonly isDamaged?: boolean;
}

/**
 * Sends one request and reads its reply to the end. Redirects are replies like any other: following
 * one would carry the token to a host that nobody configured.
 *
 * @throws {GenesysError} of kind `connection`, `timeout` or `aborted`.
 */
export async function send(connections: Connections, http: HttpRequest): Promise<HttpReply> {
  const url = new URL(http.url);
  const proxy = proxyFor(url);
  const dispatcher = connections.dispatcherFor(proxy);
  const abort = new AbortController();
  const timedOut = new Error('timed out');
  const timer = setTimeout(() => {
    abort.abort(timedOut);
  }, http.timeoutMs);
  const stopListening = connections.listeners.onAbort(http.signal, () => {
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
        dispatcher,
        // The timer above is exact and covers the whole exchange.
        headersTimeout: 0,
        bodyTimeout: 0,
      }),
    ]);
    const bytes = await reply.body.bytes();
    const codings = [reply.headers['content-encoding'] ?? ''].flat().join(',');
    const content = await decode(bytes, codings, MAX_REPLY_BYTES);
    // Only then does undici take the connection for free: a write that follows its read at once
    // would open another one, with all its handshakes between read and write.
    await nextTurn();
    return {
      status: reply.statusCode,
      header: (name) => firstOf(reply.headers[name]),
      ...content,
    };
  } catch (error) {
    if (abort.signal.reason === timedOut) {
      throw new GenesysError(
        `${url.host} did not reply within ${Math.round(http.timeoutMs)} ms${through(proxy)}.`,
        { kind: 'timeout', sent: true },
      );
    }
    if (http.signal?.aborted) {
      throw new GenesysError('The request was given up.', { kind: 'aborted', sent: true });
    }
    throw connectionError(error, url, proxy, !connections.wasNeverMade(error));
  } finally {
    clearTimeout(timer);
    stopListening();
  }
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
