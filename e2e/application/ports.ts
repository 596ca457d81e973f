import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  return await tryPort(0);
}

/** The first port from one on that nobody listens on. */
export async function firstFreePort(from: number): Promise<number> {
  for (let port = from; ; port++) {
    const isFree = await tryPort(port).then(
      () => true,
      () => false,
    );
    if (isFree) return port;
  }
}

/** @throws when somebody listens on the port already. */
export async function requireFree(port: number, hint: string): Promise<void> {
  await tryPort(port).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
      throw new Error(`Port ${port} is taken: ${hint}`);
    }
    throw error;
  });
}

async function tryPort(port: number): Promise<number> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: found } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return found;
}
