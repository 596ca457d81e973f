import { rm } from 'node:fs/promises';

/** Removes what is the same for all files. n8n itself stays where it is. */
export default async function afterAll(): Promise<void> {
  const packages = process.env['E2E_PACKAGES'];
  if (packages !== undefined) await rm(packages, { recursive: true });
}
