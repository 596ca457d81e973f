import { afterEach, describe, expect, it } from '@jest/globals';
import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { readOptions } from '../../simulator/main-options';
import { startSimulator } from '../../simulator/index';

const MAIN = join(__dirname, '../../simulator/main.ts');

describe('the command line', () => {
  let child: ChildProcessByStdio<null, Readable, Readable> | undefined;
  afterEach(() => {
    child?.kill('SIGKILL');
  });

  function run(...args: string[]) {
    const started = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    const printed = { stdout: '', stderr: '' };
    started.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
    started.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
    async function until(pattern: RegExp): Promise<string> {
      for (;;) {
        const found = pattern.exec(printed.stdout)?.[1];
        if (found !== undefined) return found;
        await once(started.stdout, 'data');
      }
    }
    return { started, printed, until };
  }

  it('prints what a credential needs, serves a changing call, and stops on SIGTERM', async () => {
    const { started, printed, until } = run('--port', '0', '--state-changes-every', '20');
    const url = await until(/API URL\s+(\S+)/);
    const conversationId = await until(/Conversation ID\s+(\S+)/);
    const customerId = await until(/Participant ID, customer\s+(\S+)/);
    const secret = await until(/Client Secret\s+(\S+)/);
    const page = await fetch(await until(/make things go wrong: (\S+)/));
    expect(await page.text()).toContain('<h1>Genesys Cloud simulator</h1>');
    await until(/(Ctrl\+C)/);

    const basic = Buffer.from(`demo-client:${secret}`).toString('base64');
    const signedIn = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials' }),
    });
    const { access_token: token } = (await signedIn.json()) as { access_token: string };
    const participant = `/api/v2/conversations/${conversationId}/participants/${customerId}`;
    const authorization = `Bearer ${token}`;
    const versions: number[] = [];
    while (new Set(versions).size < 2) {
      const read = await fetch(`${url}${participant}`, { headers: { authorization } });
      versions.push(((await read.json()) as { version: number }).version);
    }
    await until(/(GET \S+ 200)/);
    expect(printed.stdout).toContain(`GET ${participant} 200`);
    expect(printed.stdout).not.toContain(token);
    expect(printed.stdout).not.toContain(basic);

    started.kill('SIGTERM');
    expect(await once(started, 'exit')).toEqual([0, null]);
    expect(printed.stderr).toBe('');
  });

  it('says in one line that the port is taken', async () => {
    const simulator = await startSimulator();
    try {
      const { port } = new URL(simulator.url);
      const { started, printed } = run('--port', port);
      expect(await once(started, 'close')).toEqual([1, null]);
      expect(printed.stderr).toBe(`Port ${port} is taken: choose another with --port or PORT.\n`);
      expect(printed.stdout).toBe('');
    } finally {
      await simulator.close();
    }
  });

  it('reads flags before the environment, and has defaults', () => {
    expect(readOptions([], {})).toEqual({
      port: 8080,
      flavour: 'versioned',
      latencyMs: 0,
      stateChangesEveryMs: 2000,
    });
    const args = ['--flavour', 'public', '--latency', '40', '--lag', '900'];
    expect(readOptions(args, { PORT: '9000' })).toEqual({
      port: 9000,
      flavour: 'public',
      latencyMs: 40,
      visibilityLagMs: 900,
      stateChangesEveryMs: 2000,
    });
    expect(readOptions(['--port', '9001'], { PORT: '9000' }).port).toBe(9001);
  });

  it('takes any setting as JSON, before the flag for the lag', () => {
    const settings = '{"visibilityLagMs":{"from":0,"to":800},"replicas":[0,1000]}';
    expect(readOptions(['--lag', '5', '--settings', settings], {})).toMatchObject({
      visibilityLagMs: { from: 0, to: 800 },
      replicas: [0, 1000],
    });
  });

  it.each([
    [['--port', 'x'], /--port/],
    [['--flavour', 'sweet'], /--flavour/],
    [['--latency', '-1'], /latency/],
    [['--settings', 'lag'], /--settings: must be JSON/],
    [['--settings', '{"replicas":[-1]}'], /--settings\.replicas\.0: must be a time in ms/],
    [['--settings', '{"lagg":1}'], /--settings: .*"lagg"/],
    [['--sweet'], /--sweet/],
  ])('refuses %j, naming the flag', (args, message) => {
    expect(() => readOptions(args, {})).toThrow(message);
  });
});
