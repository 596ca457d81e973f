import type {
  ILoadOptionsFunctions,
  INodeListSearchResult,
  INodePropertyOptions,
} from 'n8n-workflow';

import type { SharedByClients } from '../../genesys/client';
import { findQueues, findUsers } from '../../genesys/conversations/queues-and-users';
import { clientFor } from '../credential/client';

const TIMEOUT_MS = 10_000;

/** No list has more pages, lest it never ends. */
const MOST_PAGES = 50;

/**
 * What there is where the node has no credential. The editor asks for the list of a new node before it
 * fills that in, and may not ask again; an error would be shown as one of Genesys Cloud. Whoever
 * chooses it is told that it is no ID.
 */
const NOT_LOADED: INodePropertyOptions = {
  name: 'Not loaded yet: choose "Refresh List" in the menu of this field',
  value: 'not loaded',
};

type Find = typeof findQueues;

/** Queues for a list in the panel, a page at a time. */
export async function searchQueues(
  context: ILoadOptionsFunctions,
  shared: SharedByClients,
  filter: string,
  page: string | undefined,
): Promise<INodeListSearchResult> {
  return await search(findQueues, context, shared, { filter, page });
}

/** Users for a list in the panel, a page at a time. */
export async function searchUsers(
  context: ILoadOptionsFunctions,
  shared: SharedByClients,
  filter: string,
  page: string | undefined,
): Promise<INodeListSearchResult> {
  return await search(findUsers, context, shared, { filter, page });
}

/** All queues, for a list of which several can be chosen. */
export async function allQueues(
  context: ILoadOptionsFunctions,
  shared: SharedByClients,
): Promise<INodePropertyOptions[]> {
  if (!context.getNode().credentials) return [NOT_LOADED];
  const options: INodePropertyOptions[] = [];
  let page: string | undefined = '1';
  while (page !== undefined && Number(page) <= MOST_PAGES) {
    const found = await search(findQueues, context, shared, { filter: '', page });
    options.push(...found.results);
    page = found.paginationToken;
  }
  return options;
}

async function search(
  find: Find,
  context: ILoadOptionsFunctions,
  shared: SharedByClients,
  { filter, page }: { readonly filter: string; readonly page: string | undefined },
): Promise<INodeListSearchResult> {
  const client = clientFor(await context.getCredentials('genesysCloudApi'), shared);
  const pageNumber = Number(page ?? '1');
  const limits = { timeoutMs: TIMEOUT_MS };
  const { found, hasMore } = await find(client, filter.trim(), pageNumber, limits);
  return {
    results: found.map(({ id, name }) => ({ name, value: id })),
    ...(hasMore && { paginationToken: String(pageNumber + 1) }),
  };
}
