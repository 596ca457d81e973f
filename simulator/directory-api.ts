import { z } from 'zod/v4';
import { emailOf, type Named, type Organisation } from './organisation';
import type { Reply } from './replies';
import { errorReply, json } from './replies';

const number = (fallback: number, max: number) =>
  z
    .string()
    .transform(Number)
    .pipe(z.int().min(1).max(max))
    .optional()
    .transform((value) => value ?? fallback);

const pagingSchema = z.object({ pageSize: number(25, 500), pageNumber: number(1, 1_000_000) });

const searchSchema = z.object({
  pageSize: z.int().min(1).max(500).default(25),
  pageNumber: z.int().min(1).default(1),
  query: z
    .array(
      z.object({
        type: z.literal('CONTAINS'),
        fields: z.array(z.enum(['name', 'email'])).min(1),
        value: z.string(),
      }),
    )
    .optional(),
});

/** Lists queues. In the name that is asked for a star stands for any text. */
export function queueListing({ queues }: Organisation, query: URLSearchParams): Reply {
  const { data: paging, error } = pagingSchema.safeParse(Object.fromEntries(query));
  if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
  const pattern = patternOf(query.get('name') ?? '*');
  const found = queues.filter(({ name }) => pattern.test(name));
  return json(200, listing('/api/v2/routing/queues', found.map(queueDocument), paging));
}

export function userListing({ users }: Organisation, query: URLSearchParams): Reply {
  const { data: paging, error } = pagingSchema.safeParse(Object.fromEntries(query));
  if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
  return json(200, listing('/api/v2/users', users.map(userDocument), paging));
}

/** Searches users by parts of their names or addresses. */
export function userSearch({ users }: Organisation, body: unknown): Reply {
  const { data, error } = searchSchema.safeParse(body);
  if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
  const { query = [], ...paging } = data;
  const found = users
    .map(userDocument)
    .filter((user) =>
      query.every(({ fields, value }) =>
        fields.some((field) => user[field].toLowerCase().includes(value.toLowerCase())),
      ),
    );
  const { entities, total, pageCount, pageNumber, pageSize } = listing('', found, paging);
  return json(200, { total, pageCount, pageSize, pageNumber, types: ['users'], results: entities });
}

function listing<Entity>(
  path: string,
  all: readonly Entity[],
  { pageSize, pageNumber }: { pageSize: number; pageNumber: number },
) {
  const pageCount = Math.ceil(all.length / pageSize);
  const uri = (number: number) =>
    `${path}?pageSize=${String(pageSize)}&pageNumber=${String(number)}`;
  const first = pageSize * (pageNumber - 1);
  return {
    entities: all.slice(first, first + pageSize),
    pageSize,
    pageNumber,
    total: all.length,
    pageCount,
    selfUri: uri(pageNumber),
    firstUri: uri(1),
    lastUri: uri(Math.max(1, pageCount)),
    ...(pageNumber < pageCount && { nextUri: uri(pageNumber + 1) }),
    ...(pageNumber > 1 && { previousUri: uri(pageNumber - 1) }),
  };
}

function patternOf(name: string): RegExp {
  const escaped = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`, 'i');
}

function queueDocument({ id, name }: Named) {
  return { id, name, selfUri: `/api/v2/routing/queues/${id}` };
}

function userDocument(user: Named) {
  const { id, name } = user;
  return { id, name, email: emailOf(user), state: 'active', selfUri: `/api/v2/users/${id}` };
}
