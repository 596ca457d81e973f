import { spawn } from 'node:child_process';

/** After so many ms it is not asked any more. */
const STOPS_WITHIN_MS = 10_000;

/** A server of Debian's, run as a child. */
export interface ServerProcess {
  close(): Promise<void>;
}

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** What it prints when it is ready. */
  readonly ready: string;
  /** Asks it to end at once, in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** Whom to run it as, where not as whoever runs this. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * Starts a server, and waits until it is ready.
 *
 * @throws when it ends before that, with what it printed, or is not installed
 */
export async function startServer(server: ServerCommand): Promise<ServerProcess> {
  const { args, command, ready, stopSignal, user } = server;
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...user });
  // From the start: it may end before it is asked to.
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  let printed = '';
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`${command} has ended:\n${printed}`));
    });
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-10_000);
        if (printed.includes(ready)) resolve();
      });
    }
  });
  return {
    close: async () => {
      child.kill(stopSignal);
      const tooLate = setTimeout(() => {
        child.kill('SIGKILL');
      }, STOPS_WITHIN_MS);
      await ended;
      clearTimeout(tooLate);
    },
  };
}
