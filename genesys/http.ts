import { Agent, type Dispatcher, EnvHttpProxyAgent, errors, request } from 'undici';

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

/** Errors that end an exchange before the request was sent. Everything else may come after. */
const NOTHING_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

let direct: Agent | undefined;
let proxied: EnvHttpProxyAgent | undefined;

/**
 * One kept-alive pool for each host, shared by the whole process: a connection that is open already
 * shortens the time between read and write, in which others can get in between. Other hosts go
 * through HTTP_PROXY, HTTPS_PROXY and NO_PROXY; this machine never does.
 */
function dispatcherFor(url: URL): Dispatcher {
  const options = { maxResponseSize: MAX_REPLY_BYTES };
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
  const onAbort = () => {
    abort.abort();
  };
  http.signal?.addEventListener('abort', onAbort, { once: true });
  if (http.signal?.aborted) abort.abort();
  try {
    const reply = await request(url, {
      method: http.method,
      headers: http.headers,
      body: http.body ?? null,
      signal: abort.signal,
      dispatcher: dispatcherFor(url),
      // The timer above is exact and covers the whole exchange.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const text = await reply.body.text();
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
      sent: !NOTHING_SENT.has(codeOf(error)),
    });
  } finally {
    clearTimeout(timer);
    http.signal?.removeEventListener('abort', onAbort);
  }
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Node wraps the errors of several tried addresses into one. */
function rootOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error;
}

function codeOf(error: unknown): string {
  const root = rootOf(error);
  return root instanceof Error && 'code' in root ? String(root.code) : '';
}

function describe(error: unknown): string {
  const root = rootOf(error);
  if (root instanceof errors.SocketError) return 'it was closed before the reply came.';
  const text = root instanceof Error ? root.message : String(root);
  return codeOf(error) && !text.includes(codeOf(error)) ? `${text} (${codeOf(error)})` : text;
}
