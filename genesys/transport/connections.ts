import { subscribe } from 'node:diagnostics_channel';
import { Agent, type Dispatcher } from 'undici';

import { SharedListeners } from '../../core';
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

/**
 * The connections of a process: one kept-alive pool for each host. A connection that is open already
 * shortens the time between read and write, in which others can get in between.
 */
export class Connections {
  readonly listeners = new SharedListeners();
  private direct: Agent | undefined;
  private readonly proxied = new Map<string, Dispatcher>();
  /** Errors of connections that were never made (refused, no address, TLS or tunnel declined). */
  private readonly neverMade = new WeakSet();

  constructor() {
    subscribe('undici:client:connectError', (message) => {
      this.neverMade.add((message as { error: Error }).error);
    });
  }

  /**
   * What to send requests with, through a proxy where one is given.
   *
   * @throws {GenesysError} where the proxy cannot be used.
   */
  dispatcherFor(proxy: string | undefined): Dispatcher {
    if (proxy === undefined) return (this.direct ??= new Agent(OPTIONS));
    const agent = this.proxied.get(proxy) ?? agentFor(proxy, OPTIONS);
    this.proxied.set(proxy, agent);
    return agent;
  }

  /** Whether an error says that there was no connection at all, so that nothing was sent. */
  wasNeverMade(error: unknown): boolean {
    return this.neverMade.has(error as Error);
  }
}
