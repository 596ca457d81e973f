import { Agent, type Dispatcher } from 'undici';

import { agentFor } from './proxy';

/** No reply of the API comes near this many bytes; a hostile one must not fill the memory. */
export const MAX_REPLY_BYTES = 32 * 1024 * 1024;

const OPTIONS = {
  maxResponseSize: MAX_REPLY_BYTES,
  // HTTP/2 would carry everything over one connection and keep it when a request on it times out:
  // a connection that has gone dark would take all others with it for a minute.
  allowH2: false,
  // Longer than the default cap of a backoff, so that a retry finds the connection still open.
  keepAliveTimeout: 15_000,
};

let direct: Agent | undefined;
const proxied = new Map<string, Dispatcher>();

/**
 * One kept-alive pool for each host, shared by the whole process: a connection that is open already
 * shortens the time between read and write, in which others can get in between.
 *
 * @throws {GenesysError} where the proxy cannot be used.
 */
export function dispatcherFor(proxy: string | undefined): Dispatcher {
  if (proxy === undefined) return (direct ??= new Agent(OPTIONS));
  const agent = proxied.get(proxy) ?? agentFor(proxy, OPTIONS);
  proxied.set(proxy, agent);
  return agent;
}
