import { subscribe } from 'node:diagnostics_channel';
import { errors } from 'undici';

import { GenesysError, type Obstacle } from './genesys-error';
import { proxyHost } from './proxy';

/** Errors of connections that were never made (refused, no address, TLS or tunnel declined). */
const neverConnected = new WeakSet();
subscribe('undici:client:connectError', (message) => {
  neverConnected.add((message as { error: Error }).error);
});

/**
 * The codes of certificates that are not accepted, all of them those of OpenSSL but the first.
 *
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const CERTIFICATE_CODES = new Set([
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_CHAIN_TOO_LONG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REJECTED',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'HOSTNAME_MISMATCH',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Statuses of a proxy that may be others the next time; a server's pass as well. */
const PASSING_STATUSES = new Set([408, 425, 429]);

/** A request for which no reply came, because the connection could not be made or broke. */
export function connectionError(error: unknown, url: URL, proxy: string | undefined): GenesysError {
  const refusal = proxyStatus(error);
  const obstacle = obstacleIn(error, refusal);
  const why =
    refusal === undefined
      ? describe(error) + (proxy === undefined ? '' : ` (through the proxy ${proxyHost(proxy)})`)
      : refused(refusal, proxy);
  return new GenesysError(`The connection to ${url.host} failed: ${why}`, {
    kind: 'connection',
    sent: refusal === undefined && !neverConnected.has(error as Error),
    ...(obstacle && { obstacle }),
  });
}

function obstacleIn(error: unknown, refusal: number | undefined): Obstacle | undefined {
  const codes = chain(error).map(({ code }) => code ?? '');
  if (codes.some((code) => CERTIFICATE_CODES.has(code))) return 'certificate';
  // EAI_AGAIN is another: the one who knows the names cannot be asked.
  if (codes.includes('ENOTFOUND')) return 'name';
  const isFinal = refusal !== undefined && refusal < 500 && !PASSING_STATUSES.has(refusal);
  return isFinal ? 'proxy' : undefined;
}

/** What a proxy has answered that does not let a request through. */
function proxyStatus(error: unknown): number | undefined {
  for (const { message } of chain(error)) {
    const [, tunnel, plain] =
      /^Proxy response \((\d{3})\)|^Proxy Authentication Required \((\d{3})\)/.exec(message) ?? [];
    const status = tunnel ?? plain;
    if (status !== undefined) return Number(status);
  }
  return undefined;
}

function refused(status: number, proxy = ''): string {
  const wish = status === 407 ? ': it wants a user and a password, or others.' : '.';
  return `the proxy ${proxyHost(proxy)} answered ${status}${wish}`;
}

/** An error and those that have led to it. */
function chain(error: unknown): NodeJS.ErrnoException[] {
  const found: NodeJS.ErrnoException[] = [];
  for (let next = first(error); next && found.length < 5; next = first(next.cause)) {
    found.push(next);
  }
  return found;
}

/** Node wraps the errors of several tried addresses into one. */
function first(error: unknown): (NodeJS.ErrnoException & { cause?: unknown }) | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { errors: tried } = error as Partial<AggregateError>;
  return (tried?.[0] ?? error) as NodeJS.ErrnoException;
}

/** Told by shape, not by class: the errors of node's own modules may come from another realm. */
function describe(error: unknown): string {
  if (error instanceof errors.SocketError) return 'it was closed before the reply came.';
  const { message = '', code } = first(error) ?? {};
  const text = message.trim();
  return code && !text.includes(code) ? `${text} (${code})` : text;
}
