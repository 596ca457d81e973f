import { installN8n } from '../application/install';
import { packPackage } from '../application/our-package';

/** What is the same for all files, and takes long: n8n, and the packed package. */
export default async function beforeAll(): Promise<void> {
  process.env['E2E_INSTALLATION'] = await installN8n((line) => {
    process.stdout.write(`${line}\n`);
  });
  process.env['E2E_TARBALL'] = await packPackage();
}
