import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { installN8n } from '../application/install';
import { installPackage, packPackage } from '../application/our-package';

/** What is the same for all files, and takes long: n8n, and the package as npm installs it from the tarball. */
export default async function beforeAll(): Promise<void> {
  process.env['E2E_INSTALLATION'] = await installN8n((line) => {
    process.stdout.write(`${line}\n`);
  }, process.env['E2E_N8N']);
  const packages = await mkdtemp(join(tmpdir(), 'e2e-packages-'));
  process.env['E2E_PACKAGES'] = packages;
  const tarball = await packPackage();
  await installPackage(tarball, packages);
  await rm(dirname(tarball), { recursive: true });
}
