import * as z from 'zod/v4';

import {
  type ConversationQuery,
  type FoundConversation,
  mediaTypeOf,
  PAGE_SIZE,
  queriedMediaType,
  unique,
} from './found-conversation';

const PATH = '/api/v2/analytics/conversations/details/query';

const text = z.string().nullish();

const segment = z.looseObject({ queueId: text });
const session = z.looseObject({ mediaType: text, segments: z.array(segment).nullish() });
const participant = z.looseObject({ userId: text, sessions: z.array(session).nullish() });

const conversation = z.looseObject({
  conversationId: z.string(),
  conversationStart: text,
  conversationEnd: text,
  originatingDirection: text,
  participants: z.array(participant).nullish(),
});

const reply = z.looseObject({
  conversations: z.array(conversation).nullish(),
  totalHits: z.number().nullish(),
});

type Reply = z.infer<typeof reply>;

/** Which conversations of an interval. What is not named does not matter. */
export interface PastConversationsFilter {
  readonly from: Date;
  readonly to: Date;
  readonly queueIds: readonly string[];
  readonly userId?: string | undefined;
  /** In the singular, as a participant has it. */
  readonly mediaType?: string | undefined;
  readonly direction?: string | undefined;
  readonly stillActive: boolean;
}

/** Conversations of an interval, those that began first first. What is going on is among them, some seconds late. */
export function pastConversations(
  filter: PastConversationsFilter,
  limit: number,
): ConversationQuery<Reply> {
  // The same for all pages, or they would not follow one another.
  const pageSize = Math.min(PAGE_SIZE, limit);
  return {
    request: (pageNumber) => ({
      method: 'POST',
      path: PATH,
      body: {
        interval: `${filter.from.toISOString()}/${filter.to.toISOString()}`,
        order: 'asc',
        orderBy: 'conversationStart',
        paging: { pageSize, pageNumber },
        ...filtersOf(filter),
      },
    }),
    schema: reply,
    page: ({ conversations, totalHits }, pageNumber) => {
      const found = conversations ?? [];
      const isTold = typeof totalHits === 'number';
      return {
        found: found.map(toFound),
        isLast: isTold ? pageNumber * pageSize >= totalHits : found.length < pageSize,
        isCut: false,
      };
    },
  };
}

interface Predicate {
  readonly type: 'dimension';
  readonly dimension: string;
  readonly operator: 'matches' | 'notExists';
  readonly value?: string;
}

function filtersOf({
  direction,
  mediaType,
  queueIds,
  stillActive,
  userId,
}: PastConversationsFilter) {
  const ofConversation = [
    ...(direction ? [matches('originatingDirection', direction)] : []),
    ...(stillActive
      ? [{ type: 'dimension', dimension: 'conversationEnd', operator: 'notExists' } as const]
      : []),
  ];
  const ofSegment = [
    ...(mediaType ? [matches('mediaType', queriedMediaType(mediaType))] : []),
    ...(userId ? [matches('userId', userId)] : []),
  ];
  const queues = queueIds.map((queueId) => matches('queueId', queueId));
  return {
    ...listOf('conversationFilters', [['and', ofConversation]]),
    ...listOf('segmentFilters', [
      ['and', ofSegment],
      ['or', queues],
    ]),
  };
}

function matches(dimension: string, value: string): Predicate {
  return { type: 'dimension', dimension, operator: 'matches', value };
}

function listOf(name: string, filters: readonly (readonly ['and' | 'or', readonly Predicate[]])[]) {
  const list = filters
    .filter(([, predicates]) => predicates.length > 0)
    .map(([type, predicates]) => ({ type, predicates }));
  return list.length > 0 && { [name]: list };
}

function toFound(found: z.infer<typeof conversation>): FoundConversation {
  const participants = found.participants ?? [];
  const sessions = participants.flatMap((one) => one.sessions ?? []);
  const segments = sessions.flatMap((one) => one.segments ?? []);
  return {
    conversationId: found.conversationId,
    startTime: found.conversationStart ?? null,
    endTime: found.conversationEnd ?? null,
    direction: found.originatingDirection ?? null,
    mediaTypes: unique(sessions.map(({ mediaType }) => mediaType && mediaTypeOf(mediaType))),
    queueIds: unique(segments.map(({ queueId }) => queueId)),
    userIds: unique(participants.map(({ userId }) => userId)),
  };
}
