import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a script of this folder in a process of its own, with the settings as its argument.
 *
 * @returns what it printed, as JSON
 * @throws where it does not end by itself
 */
export async function runProcess(
  script: string,
  settings: object,
  timeoutMs = 50_000,
): Promise<unknown> {
  const { stdout } = await execute(
    process.execPath,
    ['--import', 'tsx', join(__dirname, script), JSON.stringify(settings)],
    { timeout: timeoutMs, killSignal: 'SIGKILL' },
  );
  return JSON.parse(stdout);
}
