// Runs the tests in a real n8n: run.mjs <config> [--n8n <version>] [options of jest]
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';

const [config, ...options] = process.argv.slice(2);
const at = options.indexOf('--n8n');
const version = at < 0 ? undefined : (options.splice(at, 2)[1] ?? '');
if (version !== undefined && !/^\d+\.\d+\.\d+$/.test(version)) {
  console.error('--n8n wants a version, such as 2.0.0.');
  process.exit(1);
}

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const { status } = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest].concat(
    ['--config', config],
    options,
  ),
  { stdio: 'inherit', env: { ...process.env, ...(version && { E2E_N8N: version }) } },
);
process.exit(status ?? 1);
