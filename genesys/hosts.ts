import { regions } from './regions';

/** Where one organisation signs in and where its API lives, as origins with an optional base path and no trailing slash. */
export interface Hosts {
  readonly loginUrl: string;
  readonly apiUrl: string;
}

/** The hosts of one of the regions that Genesys runs; `undefined` if it runs no such region. */
export function hostsOfRegion(environment: string): Hosts | undefined {
  if (!regions.some((region) => region.environment === environment)) return undefined;
  return { loginUrl: `https://login.${environment}`, apiUrl: `https://api.${environment}` };
}

/** An address that is fit for use, or what is wrong with it, as a sentence. */
export type HostUrl = { readonly url: string } | { readonly complaint: string };

/**
 * Checks an address that a user typed in. Secrets travel there, so it must be https, except on the
 * machine itself.
 */
export function parseHostUrl(text: string): HostUrl {
  const url = URL.parse(text.trim());
  if (!url) return { complaint: 'It is not an address such as https://api.mypurecloud.com.' };
  if (url.username || url.password) return { complaint: 'It must not hold a user or password.' };
  if (url.search || url.hash) return { complaint: 'It must end before any "?" or "#".' };
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return { complaint: 'It must begin with https:// (http:// is for this machine only).' };
  }
  return { url: url.origin + url.pathname.replace(/\/+$/, '') };
}

/** Whether a host name, as the URL class spells it, is this machine (RFC 1122, RFC 4291). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
