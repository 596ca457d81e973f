import type * as z from 'zod/v4';

import type { ApiRequest } from '../client';

/** A conversation as a query finds it. */
export interface FoundConversation {
  readonly conversationId: string;
  /** Of an active one, since when it is known to be in a queue: that query does not tell when it began. */
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly direction: string | null;
  /** In the singular, as a participant has them. */
  readonly mediaTypes: readonly string[];
  readonly queueIds: readonly string[];
  readonly userIds: readonly string[];
}

/** What one reply to a query has. */
export interface Page {
  readonly found: readonly FoundConversation[];
  /** Whether there is nothing after it. */
  readonly isLast: boolean;
  /** Whether the server says that it has left some out for good. */
  readonly isCut: boolean;
}

/** A query whose answers come in pages, the first of which is 1. */
export interface ConversationQuery<Reply> {
  request(pageNumber: number): ApiRequest;
  readonly schema: z.ZodType<Reply>;
  page(reply: Reply, pageNumber: number): Page;
}

/** How many a page has at most. */
export const PAGE_SIZE = 100;

/**
 * Asks for one page after the other, until there are as many as are wanted, or there is nothing more.
 * Each conversation is there once, also where it has moved to another page meanwhile.
 */
export async function findConversations<Reply>(
  query: ConversationQuery<Reply>,
  limit: number,
  ask: (request: ApiRequest, schema: z.ZodType<Reply>) => Promise<Reply>,
): Promise<{ readonly conversations: readonly FoundConversation[]; readonly isCut: boolean }> {
  const found = new Map<string, FoundConversation>();
  let isCut = false;
  for (let pageNumber = 1; found.size < limit; pageNumber++) {
    const page = query.page(await ask(query.request(pageNumber), query.schema), pageNumber);
    const before = found.size;
    for (const one of page.found) {
      const known = found.get(one.conversationId);
      found.set(one.conversationId, known ? merged(known, one) : one);
    }
    isCut ||= page.isCut;
    // Where a page brings nothing new, neither will the next: the server may not know of pages.
    if (page.isLast || found.size === before) break;
  }
  return { conversations: [...found.values()].slice(0, limit), isCut };
}

function merged(one: FoundConversation, other: FoundConversation): FoundConversation {
  return {
    ...one,
    startTime: earlier(one.startTime, other.startTime),
    direction: one.direction ?? other.direction,
    mediaTypes: unique([...one.mediaTypes, ...other.mediaTypes]),
    queueIds: unique([...one.queueIds, ...other.queueIds]),
    userIds: unique([...one.userIds, ...other.userIds]),
  };
}

function earlier(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return one ?? other;
  return Date.parse(other) < Date.parse(one) ? other : one;
}

export function unique<Item>(items: readonly (Item | null | undefined)[]): Item[] {
  return [...new Set(items.filter((item) => item !== null && item !== undefined))];
}

/** What queries call a call; all else has the same name everywhere. */
const VOICE = 'voice';

export function mediaTypeOf(queried: string): string {
  return queried.toLowerCase() === VOICE ? 'call' : queried;
}

export function queriedMediaType(mediaType: string): string {
  return mediaType === 'call' ? VOICE : mediaType;
}
