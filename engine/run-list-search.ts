import './n8n-home';

import { LoadOptionsContext } from 'n8n-core';
import type {
  ILoadOptionsFunctions,
  INodeListSearchResult,
  INodeParameters,
  INodeType,
} from 'n8n-workflow';

import { singleNode, type Credential } from './single-node';

export interface ListSearch {
  readonly credential: Credential;
  /** The node's other parameters, as far as they are filled in. */
  readonly parameters?: INodeParameters;
  /** What the user typed into the list's search box. */
  readonly filter?: string;
  readonly paginationToken?: string;
}

/** Runs the method behind a "From list" field the way the editor does. */
export async function runListSearch(
  nodeType: INodeType,
  method: string,
  { credential, parameters, filter, paginationToken }: ListSearch,
): Promise<INodeListSearchResult> {
  const search = nodeType.methods?.listSearch?.[method];
  if (search === undefined) {
    throw new Error(`"${nodeType.description.displayName}" has no list search "${method}"`);
  }
  const { workflow, node, additionalData } = singleNode(nodeType, credential, parameters);
  const context = new LoadOptionsContext(workflow, node, additionalData, '');
  // A cast, because n8n-core allows for a workflow without a name; this one has one.
  return await search.call(context as ILoadOptionsFunctions, filter, paginationToken);
}
