import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { EditorApi } from '../application/editor-api';
import { freePort } from '../application/ports';

const ROOT = join(__dirname, '../..');

describe('npm run n8n', () => {
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
  });

  function start(port: number) {
    const started = spawn(
      process.execPath,
      ['--import', 'tsx', 'e2e/start.ts', '--port', String(port)],
      { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    child = started;
    const printed = { stdout: '', stderr: '' };
    started.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text));
    started.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text));
    return { started, printed };
  }

  it('says which port is taken, and how to choose another', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    const { started, printed } = start(port);
    expect(await once(started, 'exit')).toEqual([1, null]);
    server.close();
    expect(printed.stderr).toBe(
      `Port ${port} is taken: stop what listens there, or choose another: npm run n8n -- --port 5680\n`,
    );
  });

  it('reaches an editor with the examples in it, and stops cleanly', async () => {
    const port = await freePort();
    const { started, printed } = start(port);
    const ended = once(started, 'exit');
    while (!printed.stdout.includes('Ctrl+C stops it.')) {
      await Promise.race([
        once(started.stdout, 'data'),
        ended.then(() => {
          throw new Error(printed.stderr);
        }),
      ]);
    }
    const url = `http://127.0.0.1:${port}`;
    expect(printed.stdout).toContain(url);
    const editor = new EditorApi(url);
    await editor.signIn();
    const workflows = (await editor.call('GET', '/workflows')) as { data: { name: string }[] };
    expect(workflows.data.map(({ name }) => name)).toContain('Enrich a live call from the CRM');

    started.kill('SIGINT');
    expect(await ended).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow();
  });
});
