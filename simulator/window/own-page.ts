import type { IncomingMessage } from 'node:http';
import { WINDOW_PATH } from './page';

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

/**
 * Whether a request may steer or look: it asks for this machine by a name that no other machine can
 * have, and no page of another origin has sent it. What is no browser sends neither header.
 */
export function isOwn({ method, url, headers }: IncomingMessage): boolean {
  const { host = '', origin } = headers;
  if (!LOOPBACK.test(host)) return false;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site === 'same-origin' || site === 'none') return true;
  // A link elsewhere may lead here: the page cannot be framed, and by itself changes nothing.
  return method === 'GET' && url === WINDOW_PATH && headers['sec-fetch-mode'] === 'navigate';
}
