import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  access,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { step } from './step';

const execute = promisify(execFile);

/** Holds the package.json that says which n8n, and its lock file. */
const MANIFESTS = join(__dirname, '..');

const UNFINISHED = 'unfinished-';
const HOUR_MS = 3_600_000;

/**
 * Installs n8n where it is not installed yet: into the user's cache, so that it outlives checkouts and
 * two of them share it. It takes some minutes and 3 GB.
 *
 * @param tell is told what is going on, a line each time
 * @param version another n8n than that of our lock file, with what its own ranges allow today
 * @returns the folder that n8n is installed in
 * @throws when npm fails, with what it printed
 */
export async function installN8n(tell: (line: string) => void, version?: string): Promise<string> {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'n8n-nodes-genesys-cloud',
  );
  const folder = join(cache, `n8n-${version ?? (await digestOfLock())}`);
  if (await exists(folder)) return folder;

  await mkdir(cache, { recursive: true });
  await removeUnfinished(cache);
  // Under its own name only when it is complete: an installation that was broken off is none.
  const unfinished = await mkdtemp(join(cache, UNFINISHED));
  try {
    tell(`n8n is not here yet. It is installed once, into ${folder}`);
    await step(tell, 'Downloading n8n: some minutes, and 3 GB of disk', () =>
      version === undefined ? installLocked(unfinished) : install(version, unfinished),
    );
    const driver =
      'Getting its database driver, sqlite3: some seconds, or two to four minutes to compile it ' +
      'where no compiled one can be downloaded';
    await step(tell, driver, () => npm(['rebuild', 'sqlite3'], unfinished));
    await rename(unfinished, folder).catch(async (error: unknown) => {
      // Somebody else may have been faster.
      if (!(await exists(folder))) throw error;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

async function digestOfLock(): Promise<string> {
  const lock = await readFile(join(MANIFESTS, 'package-lock.json'));
  return createHash('sha256').update(lock).digest('hex').slice(0, 12);
}

/** Of all that wants to be compiled or downloaded, n8n needs its database driver only. */
const OPTIONS = ['--ignore-scripts', '--no-audit', '--no-fund'];

async function installLocked(folder: string): Promise<void> {
  for (const name of ['package.json', 'package-lock.json']) {
    await cp(join(MANIFESTS, name), join(folder, name));
  }
  await npm(['ci', ...OPTIONS], folder);
}

async function install(version: string, folder: string): Promise<void> {
  const manifest = {
    name: 'n8n-of-another-version',
    private: true,
    dependencies: { n8n: version },
    // Older ones have it from a host of its own, which not everybody can reach; nothing here needs it.
    overrides: { xlsx: '0.18.5' },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npm(['install', ...OPTIONS], folder);
}

/** What installations that were broken off an hour ago and more have left. */
async function removeUnfinished(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const folder = join(cache, name);
    const { mtimeMs } = await stat(folder);
    if (mtimeMs < Date.now() - HOUR_MS) await rm(folder, { recursive: true, force: true });
  }
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  await execute('npm', args, { cwd, maxBuffer: 64 * 1024 * 1024 });
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
