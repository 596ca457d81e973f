import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

import { freePort } from './ports';

const execute = promisify(execFile);

const READY = 'Editor is now accessible via';
const WORKER_READY = 'n8n worker is now ready';
/** n8n itself gives executions 30 seconds to end. */
const STOPS_WITHIN_MS = 40_000;
/** So much of the log goes into the error where n8n does not start. */
const LOG_SHOWN = 3000;

export interface N8nOptions {
  /** The folder that n8n is installed in. */
  readonly installation: string;
  /** Where n8n keeps its database, its key and its packages, in `.n8n/`. */
  readonly userFolder: string;
  /** Of the editor. */
  readonly port: number;
  /** Settings beside those for a quiet n8n on this machine only. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running process of n8n. */
export interface N8nProcess {
  /** Settles when it has ended, however it ended, with the exit code or the signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Asks it to end, and waits until it has. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

/** A real n8n on this machine. */
export class N8n {
  constructor(private readonly options: N8nOptions) {}

  get url(): string {
    return `http://127.0.0.1:${this.options.port}`;
  }

  /** Where what it prints goes, all its processes together. */
  get logFile(): string {
    return join(this.options.userFolder, 'n8n.log');
  }

  /** The folder for packages that a user installs by hand. */
  get packagesFolder(): string {
    return join(this.options.userFolder, '.n8n', 'nodes');
  }

  /**
   * Runs one of n8n's commands to its end, e.g. `import:workflow`.
   *
   * @returns what it printed
   * @throws when it fails, with what it printed
   */
  async command(...args: readonly string[]): Promise<string> {
    const { stdout } = await execute(process.execPath, [this.program, ...args], {
      env: await this.environment(),
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  }

  /**
   * Starts n8n, and waits until its editor and webhooks answer.
   *
   * @param signal stops it while it is starting
   * @throws when it ends before that, with the end of its log
   */
  async start(signal?: AbortSignal): Promise<N8nProcess> {
    return await this.launch(['start'], READY, signal);
  }

  /** Starts a worker, in queue mode. */
  async startWorker(concurrency: number): Promise<N8nProcess> {
    return await this.launch(['worker', `--concurrency=${concurrency}`], WORKER_READY);
  }

  private get program(): string {
    return join(this.options.installation, 'node_modules', 'n8n', 'bin', 'n8n');
  }

  private async launch(
    args: readonly string[],
    ready: string,
    signal?: AbortSignal,
  ): Promise<N8nProcess> {
    await mkdir(this.options.userFolder, { recursive: true });
    const child = spawn(process.execPath, [this.program, ...args], {
      env: await this.environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.once('exit', (code, signal) => {
        resolve(code ?? signal);
      });
    });
    for (const output of [child.stdout, child.stderr]) {
      void pipeline(output, createWriteStream(this.logFile, { flags: 'a' })).catch(() => undefined);
    }
    const isReady = new Promise<'ready'>((resolve) => {
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-10_000);
        if (printed.includes(ready)) resolve('ready');
      });
    });
    const stop = () => child.kill('SIGTERM');
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    const first = await Promise.race([isReady, ended]);
    signal?.removeEventListener('abort', stop);
    if (first !== 'ready') {
      const log = await readFile(this.logFile, 'utf8');
      throw new Error(`n8n ended with ${String(first)}:\n${log.slice(-LOG_SHOWN)}`);
    }
    return {
      ended,
      stop: async () => {
        await end(child, ended, 'SIGTERM');
      },
      kill: async () => {
        await end(child, ended, 'SIGKILL');
      },
    };
  }

  private async environment(): Promise<NodeJS.ProcessEnv> {
    const { env, port, userFolder } = this.options;
    // What this shell has set for another n8n is not for this one, nor what jest sets for its tests.
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(N8N_|DB_|EXECUTIONS_|QUEUE_|WEBHOOK_|NODE_ENV$)/.test(name),
    );
    return {
      ...Object.fromEntries(inherited),
      // What the examples talk to is on this machine, whatever proxy is between it and the world.
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      N8N_USER_FOLDER: userFolder,
      N8N_LISTEN_ADDRESS: '127.0.0.1',
      N8N_PORT: String(port),
      N8N_RUNNERS_BROKER_PORT: String(await freePort()),
      N8N_SECURE_COOKIE: 'false',
      N8N_DIAGNOSTICS_ENABLED: 'false',
      N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
      N8N_TEMPLATES_ENABLED: 'false',
      N8N_PERSONALIZATION_ENABLED: 'false',
      N8N_VERIFIED_PACKAGES_ENABLED: 'false',
      N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
      ...env,
    };
  }
}

async function end(
  child: ChildProcess,
  ended: Promise<unknown>,
  signal: NodeJS.Signals,
): Promise<void> {
  child.kill(signal);
  const tooLate = setTimeout(() => {
    child.kill('SIGKILL');
  }, STOPS_WITHIN_MS);
  await ended;
  clearTimeout(tooLate);
}
