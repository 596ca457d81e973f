import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from './ports';
import { type ServerProcess, startServer } from './server-process';

const execute = promisify(execFile);

/** Where Debian's package postgresql puts its programs, in a folder for each major version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** A PostgreSQL on this machine that is gone when it is closed. */
export interface Postgres extends ServerProcess {
  readonly port: number;
  /** Its owner, who needs no password. */
  readonly user: string;
  readonly database: string;
}

/** Starts a new and empty PostgreSQL on a free port. Needs Debian's package postgresql. */
export async function startPostgres(): Promise<Postgres> {
  const programs = await programsFolder();
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'e2e-postgres-'));
  const removeFolder = async () => {
    await rm(folder, { recursive: true });
  };
  try {
    const user = await unprivileged();
    if (user) await chown(folder, user.uid, user.gid);
    const owner = 'n8n';
    await execute(
      join(programs, 'initdb'),
      ['-D', folder, '-U', owner, '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'],
      { cwd: folder, ...user },
    );
    const server = await startServer({
      command: join(programs, 'postgres'),
      args: ['-D', folder, '-k', folder, '-h', '127.0.0.1', '-p', String(port), '-c', 'fsync=off'],
      ready: 'database system is ready to accept connections',
      // Does not wait for connections to be closed.
      stopSignal: 'SIGINT',
      ...(user && { user }),
    });
    return {
      port,
      user: owner,
      database: 'postgres',
      close: async () => {
        await server.close();
        await removeFolder();
      },
    };
  } catch (error) {
    await removeFolder();
    throw error;
  }
}

/** PostgreSQL refuses to run as root: there it runs as the user that comes with Debian's package. */
async function unprivileged(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string) =>
    Number((await execute('id', [flag, 'postgres'])).stdout.trim());
  return { uid: await idOf('-u'), gid: await idOf('-g') };
}

async function programsFolder(): Promise<string> {
  const versions = await readdir(DEBIAN_FOLDER).catch(() => []);
  const newest = versions.map(Number).sort((one, other) => other - one)[0];
  if (newest === undefined) throw new Error(`Nothing in ${DEBIAN_FOLDER}: install postgresql.`);
  return join(DEBIAN_FOLDER, String(newest), 'bin');
}
