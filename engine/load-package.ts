import './n8n-home';

import { resolve } from 'node:path';

import { PackageDirectoryLoader } from 'n8n-core';
import type { INodeType } from 'n8n-workflow';

import type { EngineOptions } from './run-workflow';

/** What a package brings into n8n. */
export type LoadedPackage = Required<Pick<EngineOptions, 'nodeTypes' | 'credentialTypes'>>;

/**
 * Loads a built package with n8n's own loader: what the `n8n` block of its `package.json` lists,
 * under the type names that workflows use.
 *
 * @throws when something listed is not there, e.g. because the package has not been built
 */
export async function loadPackage(directory: string): Promise<LoadedPackage> {
  const loader = new PackageDirectoryLoader(resolve(directory));
  await loader.loadAll();
  return {
    nodeTypes: Object.fromEntries(
      Object.entries(loader.nodeTypes).map(([name, { type }]) => [
        `${loader.packageName}.${name}`,
        latestVersion(type),
      ]),
    ),
    credentialTypes: Object.values(loader.credentialTypes).map(({ type }) => type),
  };
}

type LoadedNodeType = PackageDirectoryLoader['nodeTypes'][string]['type'];

function latestVersion(type: LoadedNodeType): INodeType {
  return 'nodeVersions' in type ? type.getNodeType() : type;
}
