import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that stands in for a system that workflows talk to. */
export interface StandIn {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves HTTP on a port of this machine; any free one by default. Rejects where the port is taken. */
export async function listen(answer: RequestListener, port = 0): Promise<StandIn> {
  const server = createServer(answer).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
