import { freePort } from './ports';
import { type ServerProcess, startServer } from './server-process';

/** A Redis on this machine that keeps everything in memory. */
export interface Redis extends ServerProcess {
  readonly port: number;
}

/** Starts a Redis on a free port. Needs Debian's package redis-server, or another Redis on the PATH. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  const server = await startServer({
    command: 'redis-server',
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    ready: 'Ready to accept connections',
    stopSignal: 'SIGTERM',
  });
  return { ...server, port };
}
