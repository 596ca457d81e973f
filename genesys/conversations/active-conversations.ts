import * as z from 'zod/v4';

import {
  type ConversationQuery,
  type FoundConversation,
  mediaTypeOf,
  PAGE_SIZE,
  unique,
} from './found-conversation';

const PATH = '/api/v2/analytics/conversations/activity/query';

/** To wait in a queue, to ring at an agent, to be with one. */
const METRICS = ['oWaiting', 'oAlerting', 'oInteracting'];

const text = z.string().nullish();

const entity = z.looseObject({
  activityDate: text,
  conversationId: text,
  direction: text,
  mediaType: text,
  queueId: text,
  userId: text,
});

const reply = z.looseObject({
  results: z
    .array(
      z.looseObject({
        group: z.looseObject({ queueId: text }).nullish(),
        truncated: z.boolean().nullish(),
        entities: z.array(entity).nullish(),
      }),
    )
    .nullish(),
});

type Reply = z.infer<typeof reply>;

/**
 * Conversations that are in queues now, or with agents of queues: the one list of what is going on that a
 * client without a user gets.
 *
 * @param queueIds none for all queues
 */
export function activeConversations(queueIds: readonly string[]): ConversationQuery<Reply> {
  const predicates = queueIds.map((value) => ({
    type: 'dimension',
    dimension: 'queueId',
    operator: 'matches',
    value,
  }));
  return {
    request: (pageNumber) => ({
      method: 'POST',
      path: `${PATH}?pageSize=${PAGE_SIZE}&pageNumber=${pageNumber}`,
      body: {
        metrics: METRICS.map((metric) => ({ metric, details: true })),
        groupBy: ['queueId'],
        ...(predicates.length > 0 && { filter: { type: 'or', predicates } }),
        order: 'asc',
      },
    }),
    schema: reply,
    page: ({ results }) => {
      const groups = results ?? [];
      const found = groups.flatMap(({ entities, group }) =>
        (entities ?? []).flatMap((one) => toFound(one, group?.queueId)),
      );
      return {
        found,
        // Nothing tells how many there are, nor whether groups are counted or what is in them.
        isLast: groups.length < PAGE_SIZE && found.length < PAGE_SIZE,
        isCut: groups.some(({ truncated }) => truncated === true),
      };
    },
  };
}

function toFound(
  { activityDate, conversationId, direction, mediaType, queueId, userId }: z.infer<typeof entity>,
  queueOfGroup: string | null | undefined,
): FoundConversation[] {
  if (!conversationId) return [];
  return [
    {
      conversationId,
      startTime: activityDate ?? null,
      endTime: null,
      direction: direction ?? null,
      mediaTypes: mediaType ? [mediaTypeOf(mediaType)] : [],
      queueIds: unique([queueId ?? queueOfGroup]),
      userIds: unique([userId]),
    },
  ];
}
