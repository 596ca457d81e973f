import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { FAULT_KINDS } from '../../simulator';
import { EditorApi } from '../application/editor-api';
import { freePort } from '../application/ports';

const ROOT = join(__dirname, '../..');

/** `npm run n8n`, as a terminal runs it: in a process group of its own. */
class Start {
  stdout = '';
  stderr = '';
  readonly ended: Promise<unknown[]>;
  private readonly child: ChildProcess;

  constructor(port: number, folder: string) {
    const args = ['run', '--silent', 'n8n', '--', '--port', String(port), '--folder', folder];
    const child = spawn('npm', args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(child, 'close');
    this.child = child;
  }

  /** Waits until it has printed something. */
  async prints(text: string): Promise<void> {
    const endedEarly = this.ended.then(() => {
      throw new Error(`It ended before it printed "${text}": ${this.stdout}${this.stderr}`);
    });
    while (!this.stdout.includes(text)) {
      await Promise.race([new Promise((tell) => setTimeout(tell, 50)), endedEarly]);
    }
  }

  /** What a terminal sends for Ctrl+C: to all processes of the group. */
  pressCtrlC(): void {
    process.kill(-(this.child.pid ?? 0), 'SIGINT');
  }

  /** Leaves nothing running, however far it has come. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    process.kill(-(this.child.pid ?? 0), 'SIGTERM');
    await this.ended;
  }
}

describe('npm run n8n', () => {
  let folder: string;
  let started: Start | undefined;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'e2e-start-'));
  });
  afterEach(async () => {
    await started?.end();
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const start = (port: number) => {
    started = new Start(port, folder);
    return started;
  };

  it('says which port is taken, and how to choose another', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const run = start(port);
    expect(await run.ended).toEqual([1, null]);
    server.close();
    expect(run.stderr).toContain(
      `Port ${port} is taken: stop what listens there, or choose another: npm run n8n -- --port 5680\n`,
    );
  });

  it('is stopped while it is starting, and the next start is a first one again', async () => {
    const run = start(await freePort());
    await run.prints('Starting n8n');
    run.pressCtrlC();
    await run.ended;
    expect(run.stderr).toBe('');
    expect(run.stdout).not.toContain('Ctrl+C stops it.');
  });

  it('reaches an editor with everything in it, and stops cleanly', async () => {
    const port = await freePort();
    const run = start(port);
    await run.prints('Ctrl+C stops it.');
    const url = `http://127.0.0.1:${port}`;
    expect(run.stdout).toContain(url);
    await expectEverythingIn(url);

    const simulated =
      /http:\/\/127\.0\.0\.1:\d+\/_simulator\/calls\/\S+/.exec(run.stdout)?.[0] ?? '';
    expect((await fetch(simulated)).status).toBe(200);
    const windowUrl = /Its window +(\S+)/.exec(run.stdout)?.[1] ?? '';
    expect(await (await fetch(windowUrl)).text()).toContain('<h1>Genesys Cloud simulator</h1>');
    expect(run.stdout).toContain(`Workflows       ${url}/home/workflows\n`);
    for (const kind of FAULT_KINDS) expect(run.stdout).toMatch(new RegExp(`\\b${kind}\\b`));
    expect(run.stdout).toMatch(
      /^Compiling and packing this package: .*\n(?: {2}… .*\n)* {2}done after \d+ s$/m,
    );

    run.pressCtrlC();
    await run.ended;
    expect(run.stderr).toBe('');
    await expect(fetch(url)).rejects.toThrow();
    await expect(fetch(simulated)).rejects.toThrow();
  });

  it('is there again, with all that was in it', async () => {
    const from = performance.now();
    const port = await freePort();
    const run = start(port);
    await run.prints('Ctrl+C stops it.');
    const seconds = (performance.now() - from) / 1000;
    process.stdout.write(`Second start of npm run n8n: ${seconds.toFixed(1)} s\n`);
    expect(run.stdout).not.toContain('Bringing in');
    await expectEverythingIn(`http://127.0.0.1:${port}`);
    run.pressCtrlC();
    await run.ended;
    expect(run.stderr).toBe('');
  });

  /** With the login that it prints: all examples, and the credentials that they ask for. */
  async function expectEverythingIn(url: string): Promise<void> {
    const editor = new EditorApi(url);
    await editor.signIn();
    const { data: workflows } = (await editor.call('GET', '/workflows')) as Listed<'id'>;
    const examples = (await readdir(join(ROOT, 'examples'))).map((file) => basename(file, '.json'));
    expect(workflows.map(({ id }) => id).toSorted()).toEqual(examples.toSorted());
    const { data: credentials } = (await editor.call('GET', '/credentials')) as Listed<'name'>;
    expect(credentials.map(({ name }) => name).toSorted()).toEqual([
      'Genesys Cloud account',
      'OpenAI account',
    ]);
  }
});

/** What the editor's API lists. */
interface Listed<Field extends string> {
  readonly data: readonly Readonly<Record<Field, string>>[];
}
