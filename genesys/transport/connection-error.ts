import { errors } from 'undici';

import { chain, first, isAboutCertificate } from './error-chain';
import { GenesysError, type Obstacle } from './genesys-error';
import { proxyHost, through } from './proxy';

/** Statuses of a proxy that may be others the next time; a server's pass as well. */
const PASSING_STATUSES = new Set([408, 425, 429]);

/**
 * A request for which no reply came, because the connection could not be made or broke.
 *
 * @param wasMade whether there was a connection
 */
export function connectionError(
  error: unknown,
  url: URL,
  proxy: string | undefined,
  wasMade: boolean,
): GenesysError {
  const refusal = proxyStatus(error);
  const obstacle = obstacleIn(error, refusal, proxy);
  const why =
    refusal === undefined
      ? describe(error) + through(proxy) + (speaksNoTls(error, proxy) ? NO_TLS : '')
      : refused(refusal, proxy);
  return new GenesysError(`The connection to ${url.host} failed: ${why}`, {
    kind: 'connection',
    sent: refusal === undefined && wasMade,
    ...(obstacle && { obstacle }),
  });
}

function obstacleIn(
  error: unknown,
  refusal: number | undefined,
  proxy: string | undefined,
): Obstacle | undefined {
  if (isAboutCertificate(error)) return 'certificate';
  // EAI_AGAIN is another: the one who knows the names cannot be asked. Through a proxy, it is the
  // proxy's own name.
  if (chain(error).some(({ code }) => code === 'ENOTFOUND')) {
    return proxy === undefined ? 'name' : 'proxy';
  }
  if (speaksNoTls(error, proxy)) return 'proxy';
  const isFinal = refusal !== undefined && refusal < 500 && !PASSING_STATUSES.has(refusal);
  return isFinal ? 'proxy' : undefined;
}

const NO_TLS =
  '. Perhaps the proxy speaks no TLS: write http:// before its address, for to n8n an address without that is one with https://.';

/** Whether what came from a proxy that was to speak TLS was something else. */
function speaksNoTls(error: unknown, proxy = ''): boolean {
  return (
    /^https:/i.test(proxy) &&
    chain(error).some(({ code = '' }) =>
      /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/.test(code),
    )
  );
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

/** Told by shape, not by class: the errors of node's own modules may come from another realm. */
function describe(error: unknown): string {
  if (error instanceof errors.SocketError) return 'it was closed before the reply came.';
  const { message = '', code } = first(error) ?? {};
  const text = message.trim();
  return code && !text.includes(code) ? `${text} (${code})` : text;
}
