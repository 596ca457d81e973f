import './n8n-home';

import { LoadOptionsContext } from 'n8n-core';
import type { ILoadOptionsFunctions, INodePropertyOptions, INodeType } from 'n8n-workflow';

import { type Credential, singleNode } from './single-node';

/**
 * Runs the method behind a dropdown the way the editor does.
 *
 * @param isChosen whether the credential is chosen in the node already
 */
export async function runLoadOptions(
  nodeType: INodeType,
  method: string,
  { credential, isChosen = true }: { readonly credential: Credential; readonly isChosen?: boolean },
): Promise<INodePropertyOptions[]> {
  const load = nodeType.methods?.loadOptions?.[method];
  if (load === undefined) {
    throw new Error(`"${nodeType.description.displayName}" has no list of options "${method}"`);
  }
  const { workflow, node, additionalData } = singleNode(nodeType, credential);
  if (!isChosen) delete node.credentials;
  const context = new LoadOptionsContext(workflow, node, additionalData, '');
  // A cast, because n8n-core allows for a workflow without a name; this one has one.
  return await load.call(context as ILoadOptionsFunctions);
}
