import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/**
 * Runs a script of this folder in a process of its own for each of the settings, which are its
 * argument. When all of them have come to their {@link startingSignal}, it is given to all at once.
 *
 * @param onBegin called then
 * @returns what each printed, as JSON
 * @throws where one fails, or does not end by itself in time
 */
export async function runProcesses(
  script: string,
  settings: readonly object[],
  { onBegin, timeoutMs = 60_000 }: { onBegin?: () => void; timeoutMs?: number } = {},
): Promise<readonly unknown[]> {
  const processes = settings.map((one) =>
    spawn(process.execPath, ['--import', 'tsx', join(__dirname, script), JSON.stringify(one)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    }),
  );
  try {
    const printed = Promise.all(processes.map(printedBy));
    const ready = Promise.all(
      processes.map(async (one) => {
        await once(one, 'message');
      }),
    );
    await Promise.race([ready, printed]);
    for (const one of processes) one.send('begin');
    onBegin?.();
    return await printed;
  } finally {
    for (const one of processes) one.kill('SIGKILL');
  }
}

async function printedBy(one: ChildProcess): Promise<unknown> {
  const ended = once(one, 'close');
  const printed = one.stdout ? await text(one.stdout) : '';
  const [code, signal] = (await ended) as [number | null, string | null];
  if (code !== 0) throw new Error(`A process ended with ${code ?? signal ?? ''}: ${printed}`);
  return JSON.parse(printed);
}

/** In such a process: says that it is ready, and waits for the others. */
export async function startingSignal(): Promise<void> {
  const begin = once(process, 'message');
  process.send?.('ready');
  await begin;
  // Nothing else that comes from there is to keep it alive.
  process.disconnect();
}
