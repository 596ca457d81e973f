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

/** What people copy along with an address, and what is added to it here. */
const OWN_PATH = /\/+(api\/+v2(\/.*)?|oauth\/+token)$/i;

/**
 * Checks an address that a user typed in. Secrets travel there, so it must be https, except on the
 * machine itself. The path of the API, or of the sign-in, counts for nothing at its end.
 *
 * The complaint shows the address.
 */
export function parseHostUrl(text: string): HostUrl {
  const given = text.trim();
  const url = URL.parse(given);
  const complain = (why: string): HostUrl => ({ complaint: why + shownIn(given) });
  if (!url || /\s/.test(given)) {
    return complain('It is not an address such as https://api.mypurecloud.com.');
  }
  if (url.username || url.password) return complain('It must not hold a user or password.');
  if (url.search || url.hash) return complain('It must end before any "?" or "#".');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    return complain('It must begin with https:// (http:// is for this machine only).');
  }
  const path = url.pathname.replace(/\/+$/, '').replace(OWN_PATH, '').replace(/\/+$/, '');
  return { url: url.origin + path };
}

/** The address, unless it holds a user or password; nor is what follows a "?" anybody's business. */
function shownIn(given: string): string {
  if (given === '' || given.includes('@')) return '';
  return ` It reads ${JSON.stringify(given.replace(/[?#].*$/s, '…').slice(0, 200))}.`;
}

/** Whether a host name, as the URL class spells it, is this machine (RFC 1122, RFC 4291). */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
