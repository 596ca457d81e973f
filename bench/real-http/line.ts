import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface LineOptions {
  /** The port of this machine at the far end. */
  readonly to: number;
  /** Time that everything takes from one end to the other, in ms. */
  readonly oneWayMs: number;
  /**
   * Whether a new connection costs a round trip before it carries anything, as TCP's handshake does.
   * The listening end of this machine accepts at once; so the line holds back the first bytes
   * instead, which comes to the same where the client speaks first.
   */
  readonly delaysHandshake: boolean;
}

export interface Line {
  readonly port: number;
  close(): Promise<void>;
}

/** A long line on a short way: a TCP proxy on loopback that hands everything on some time later. */
export async function openLine({ to, oneWayMs, delaysHandshake }: LineOptions): Promise<Line> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ port: to, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const opensAt = performance.now() + (delaysHandshake ? 2 * oneWayMs : 0);
    carry(near, far, oneWayMs, opensAt);
    carry(far, near, oneWayMs, opensAt);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** One direction: whatever comes in at one end comes out at the other, in order, so many ms later. */
function carry(from: Socket, to: Socket, ms: number, opensAt: number): void {
  const underway: (() => void)[] = [];
  const send = (arrive: () => void) => {
    underway.push(arrive);
    const now = performance.now();
    // Whichever timer goes off first, what was sent first arrives first.
    setTimeout(() => underway.shift()?.(), Math.max(now, opensAt) + ms - now);
  };
  from.on('data', (chunk) => {
    send(() => to.write(chunk));
  });
  from.once('end', () => {
    send(() => to.end());
  });
  from.once('error', () => {
    send(() => to.destroy());
  });
}
