import { z } from 'zod/v4';
import type { SimulatedCall } from './call';
import type { SimulatedParticipant } from './participant';
import type { Reply } from './replies';
import { errorReply, json } from './replies';

const predicate = z.discriminatedUnion('operator', [
  z.object({
    operator: z.literal('matches'),
    dimension: z.enum([
      'mediaType',
      'originatingDirection',
      'purpose',
      'queueId',
      'segmentType',
      'userId',
    ]),
    value: z.string(),
  }),
  z.object({
    operator: z.enum(['exists', 'notExists']),
    dimension: z.enum(['conversationEnd', 'segmentEnd']),
  }),
]);
type Predicate = z.infer<typeof predicate>;

const filters = z.array(
  z.object({ type: z.enum(['and', 'or']), predicates: z.array(predicate).min(1) }),
);

/** No query spans more. */
const LONGEST_INTERVAL_MS = 31 * 24 * 3_600_000;

const querySchema = z.object({
  interval: z.string().regex(/^[^/]+Z\/[^/]+Z$/, 'must be two times with a slash in between'),
  order: z.enum(['asc', 'desc']).optional(),
  orderBy: z.literal('conversationStart').optional(),
  paging: z.object({ pageSize: z.int().min(1).max(100), pageNumber: z.int().min(1) }),
  conversationFilters: filters.optional(),
  segmentFilters: filters.optional(),
});

type Dimensions = Readonly<Record<Predicate['dimension'], string | undefined>>;

/** Answers the query for conversation details, with the filters that tell who waits and who talks. */
export function conversationDetails(calls: Iterable<SimulatedCall>, body: unknown): Reply {
  const { data: query, error } = querySchema.safeParse(body);
  if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
  const { order, paging, conversationFilters = [], segmentFilters = [] } = query;
  const [from = 0, until = 0] = query.interval.split('/').map((time) => Date.parse(time));
  if (!(until - from <= LONGEST_INTERVAL_MS)) {
    return errorReply(400, 'bad.request', 'The interval must be of 31 days at most');
  }
  const filtering = [...conversationFilters, ...segmentFilters];
  const found = [...calls]
    .filter(({ startTime }) => startTime.getTime() >= from && startTime.getTime() < until)
    .filter((call) =>
      call.participants.some((one) =>
        filtering.every((filter) => passes(filter, dimensions(call, one))),
      ),
    )
    .sort((one, other) => one.startTime.getTime() - other.startTime.getTime());
  if (order === 'desc') found.reverse();
  const first = paging.pageSize * (paging.pageNumber - 1);
  return json(200, {
    conversations: found.slice(first, first + paging.pageSize).map(details),
    totalHits: found.length,
  });
}

function passes({ type, predicates }: z.infer<typeof filters>[number], found: Dimensions): boolean {
  return type === 'and'
    ? predicates.every((one) => holds(one, found))
    : predicates.some((one) => holds(one, found));
}

function holds(predicate: Predicate, dimensions: Dimensions): boolean {
  const found = dimensions[predicate.dimension];
  if (predicate.operator === 'matches') return found === predicate.value;
  return (found !== undefined) === (predicate.operator === 'exists');
}

function dimensions(call: SimulatedCall, participant: SimulatedParticipant): Dimensions {
  return {
    conversationEnd: call.endTime?.toISOString(),
    mediaType: 'voice',
    originatingDirection: 'inbound',
    purpose: participant.purpose,
    queueId: participant.queueId,
    userId: participant.userId,
    segmentType: 'interact',
    segmentEnd: participant.endTime?.toISOString(),
  };
}

function details(call: SimulatedCall) {
  return {
    conversationId: call.conversationId,
    conversationStart: call.startTime.toISOString(),
    conversationEnd: call.endTime?.toISOString(),
    originatingDirection: 'inbound',
    participants: call.participants.map((participant) => ({
      participantId: participant.id,
      participantName: participant.name,
      purpose: participant.purpose,
      userId: participant.userId,
      sessions: [
        {
          sessionId: participant.communicationId,
          mediaType: 'voice',
          direction: 'inbound',
          segments: [
            {
              segmentStart: participant.startTime.toISOString(),
              segmentEnd: participant.endTime?.toISOString(),
              segmentType: 'interact',
              queueId: participant.queueId,
            },
          ],
        },
      ],
    })),
  };
}
