import * as z from 'zod/v4';

import type { RequestLimits } from '../../core';
import type { GenesysClient } from '../client';

/** A queue or a user. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Some of them by name. */
export interface NamedPage {
  readonly found: readonly Named[];
  readonly hasMore: boolean;
}

const PAGE_SIZE = 100;

const named = z
  .looseObject({ id: z.string(), name: z.string().nullish() })
  .transform(({ id, name }) => ({ id, name: name ?? id }));

const list = z
  .looseObject({
    entities: z.array(named).nullish(),
    results: z.array(named).nullish(),
    pageCount: z.number().nullish(),
    nextUri: z.string().nullish(),
    nextPage: z.string().nullish(),
  })
  .transform(({ entities, nextPage, nextUri, pageCount, results }) => ({
    found: entities ?? results ?? [],
    pageCount: pageCount ?? 0,
    isFollowed: Boolean(nextUri ?? nextPage),
  }));

/**
 * Queues whose name has a text in it.
 *
 * @throws {GenesysError}
 */
export async function findQueues(
  client: GenesysClient,
  text: string,
  pageNumber: number,
  limits: RequestLimits,
): Promise<NamedPage> {
  const name = text === '' ? '' : `&name=${encodeURIComponent(`*${text}*`)}`;
  const path = `/api/v2/routing/queues?pageSize=${PAGE_SIZE}&pageNumber=${pageNumber}&sortOrder=asc${name}`;
  return toPage(await client.call({ method: 'GET', path }, list, limits), pageNumber);
}

/**
 * Active users whose name or address has a text in it.
 *
 * @throws {GenesysError}
 */
export async function findUsers(
  client: GenesysClient,
  text: string,
  pageNumber: number,
  limits: RequestLimits,
): Promise<NamedPage> {
  const paging = { pageSize: PAGE_SIZE, pageNumber };
  const request =
    text === ''
      ? ({
          method: 'GET',
          path: `/api/v2/users?pageSize=${PAGE_SIZE}&pageNumber=${pageNumber}&sortOrder=asc`,
        } as const)
      : ({
          method: 'POST',
          path: '/api/v2/users/search',
          body: {
            ...paging,
            query: [{ type: 'CONTAINS', fields: ['name', 'email'], value: text }],
          },
        } as const);
  return toPage(await client.call(request, list, limits), pageNumber);
}

function toPage(
  { found, isFollowed, pageCount }: z.infer<typeof list>,
  pageNumber: number,
): NamedPage {
  return { found, hasMore: isFollowed || pageNumber < pageCount };
}
