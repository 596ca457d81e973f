import { getProxyForUrl } from 'proxy-from-env';
import { ProxyAgent } from 'undici';

import { GenesysError } from './genesys-error';
import { isLoopback } from './hosts';

/** What the HTTP library can speak to. */
const PROTOCOLS = new Set(['http:', 'https:', 'socks5:', 'socks:']);

/**
 * The proxy that the environment names for an address, as n8n's own requests find it: what works in
 * its HTTP Request node works here. This machine is never reached through one.
 */
export function proxyFor(url: URL): string | undefined {
  if (isLoopback(url.hostname)) return undefined;
  return getProxyForUrl(url.href) || undefined;
}

/** Host and port of a proxy, without the user and password that may be there, too. */
export function proxyHost(setting: string): string {
  return URL.parse(setting)?.host ?? '';
}

/** Words for the way through a proxy, where there is one. */
export function through(proxy: string | undefined): string {
  return proxy === undefined ? '' : ` (through the proxy ${proxyHost(proxy)})`;
}

/**
 * Requests through a proxy.
 *
 * @throws {GenesysError} where the setting cannot be used. It names the variable, and nothing of its
 * value, in which there may be a password.
 */
export function agentFor(setting: string, options: Omit<ProxyAgent.Options, 'uri'>): ProxyAgent {
  const url = URL.parse(setting);
  try {
    if (url?.hostname && PROTOCOLS.has(url.protocol)) {
      return new ProxyAgent({ ...options, uri: url.href });
    }
  } catch {
    // A user or password with a "%" that is none of an address.
  }
  throw new GenesysError(
    `The proxy in ${variablesWith(setting).join(' and ')} cannot be used. It must read like http://proxy.example:3128, or begin with https:// or socks5://; special characters in a password are written as %40 and the like.`,
    { kind: 'connection', sent: false, obstacle: 'proxy' },
  );
}

/** The variables of the environment with a setting, whose protocol may have been added. */
function variablesWith(setting: string): string[] {
  const names = Object.entries(process.env).flatMap(([name, value = '']) =>
    /_proxy$/i.test(name) && value !== '' && setting.endsWith(value) ? [name] : [],
  );
  return names.length > 0 ? names : ['the environment'];
}
