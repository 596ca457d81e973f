import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const ROOT = join(__dirname, '../..');

/**
 * Builds and packs this package.
 *
 * @param version what the tarball calls itself, where not by the version in package.json
 * @returns the path of the tarball, alone in a temporary folder
 */
export async function packPackage(version?: string): Promise<string> {
  const tarball = await pack(ROOT);
  if (version === undefined) return tarball;
  const workspace = dirname(tarball);
  try {
    await execute('tar', ['-xzf', tarball, '-C', workspace]);
    const unpacked = join(workspace, 'package');
    const manifest = join(unpacked, 'package.json');
    const content = JSON.parse(await readFile(manifest, 'utf8')) as object;
    await writeFile(manifest, JSON.stringify({ ...content, version }));
    return await pack(unpacked, '--ignore-scripts');
  } finally {
    await rm(workspace, { recursive: true });
  }
}

/** Installs a tarball as README tells users to, in the folder that n8n has for packages. */
export async function installPackage(tarball: string, packagesFolder: string): Promise<void> {
  await npm(packagesFolder, 'install', tarball);
}

/** Takes the package out again: npm would not install another build of the same version over it. */
export async function removePackage(packagesFolder: string): Promise<void> {
  const manifest = await readFile(join(ROOT, 'package.json'), 'utf8');
  await npm(packagesFolder, 'uninstall', (JSON.parse(manifest) as { name: string }).name);
}

async function npm(folder: string, ...args: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  // Without a prefix npm would look for a package.json further up, and change that one.
  const flags = ['--prefix', folder, '--legacy-peer-deps', '--no-audit', '--no-fund'];
  await execute('npm', [...args, ...flags], { cwd: folder });
}

async function pack(source: string, ...flags: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  await execute('npm', ['pack', ...flags, '--pack-destination', folder], { cwd: source });
  const [packed] = await readdir(folder);
  if (packed === undefined) throw new Error(`npm has packed nothing into ${folder}.`);
  return join(folder, packed);
}
