import { z } from 'zod/v4';
import type { SimulatedCall } from './call';
import type { SimulatedParticipant } from './participant';
import type { Reply } from './replies';
import { errorReply, json } from './replies';

const DIMENSIONS = ['queueId', 'userId', 'mediaType'] as const;

const querySchema = z.object({
  metrics: z
    .array(
      z.object({
        metric: z.enum(['oWaiting', 'oAlerting', 'oInteracting']),
        details: z.boolean().default(false),
      }),
    )
    .min(1),
  groupBy: z.tuple([z.literal('queueId')]),
  filter: z
    .object({
      type: z.enum(['and', 'or']),
      predicates: z.array(
        z.object({
          dimension: z.enum(DIMENSIONS),
          operator: z.literal('matches').optional(),
          value: z.string(),
        }),
      ),
    })
    .optional(),
  order: z.enum(['asc', 'desc']).optional(),
});

type Query = z.infer<typeof querySchema>;

const number = z.string().transform(Number).pipe(z.int().min(1));
const pagingSchema = z.object({ pageSize: number.optional(), pageNumber: number.optional() });

/** Somebody who waits, is rung at or talks: one entry of the answer. */
type Activity = ReturnType<typeof activityOf>;

/** Answers which conversations are in queues, or with their agents, right now. */
export function conversationActivity(
  calls: Iterable<SimulatedCall>,
  body: unknown,
  urlQuery: URLSearchParams,
): Reply {
  const { data: query, error } = querySchema.safeParse(body);
  if (error) return errorReply(400, 'bad.request', z.prettifyError(error));
  const { data: paging, error: noPaging } = pagingSchema.safeParse(Object.fromEntries(urlQuery));
  if (noPaging) return errorReply(400, 'bad.request', z.prettifyError(noPaging));
  const groups = new Map<string, Activity[]>();
  for (const activity of [...calls].flatMap(activitiesOf)) {
    const { queueId } = activity;
    if (queueId === undefined || !passes(activity, query)) continue;
    groups.set(queueId, [...(groups.get(queueId) ?? []), activity]);
  }
  const { pageSize = 25, pageNumber = 1 } = paging;
  const first = pageSize * (pageNumber - 1);
  return json(200, {
    results: [...groups]
      .slice(first, first + pageSize)
      .map(([queueId, activities]) => group(queueId, activities, query)),
  });
}

function group(queueId: string, activities: readonly Activity[], { metrics, order }: Query) {
  const detailed = new Set<string>(
    metrics.filter(({ details }) => details).map(({ metric }) => metric),
  );
  const entities = activities
    .filter(({ metric }) => detailed.has(metric))
    .sort((one, other) => one.activityDate.localeCompare(other.activityDate));
  return {
    group: { queueId },
    data: metrics.map(({ metric }) => ({
      metric,
      count: activities.filter((activity) => activity.metric === metric).length,
    })),
    truncated: false,
    entities: order === 'desc' ? entities.reverse() : entities,
  };
}

function passes(activity: Activity, { metrics, filter }: Query): boolean {
  if (!metrics.some(({ metric }) => metric === activity.metric)) return false;
  if (filter === undefined) return true;
  const holds = ({ dimension, value }: { dimension: (typeof DIMENSIONS)[number]; value: string }) =>
    activity[dimension] === value;
  return filter.type === 'and' ? filter.predicates.every(holds) : filter.predicates.some(holds);
}

function activitiesOf(call: SimulatedCall): Activity[] {
  return call.participants
    .filter(({ endTime, purpose }) => !endTime && (purpose === 'acd' || purpose === 'agent'))
    .map((one) => activityOf(call, one));
}

function activityOf(call: SimulatedCall, participant: SimulatedParticipant) {
  const { answeredAt, communicationId, purpose, queueId, startTime, userId } = participant;
  return {
    activityDate: (answeredAt ?? startTime).toISOString(),
    metric: metricOf(purpose, answeredAt !== undefined),
    conversationId: call.conversationId,
    sessionId: communicationId,
    queueId: queueId ?? call.queueId,
    userId,
    mediaType: 'voice',
    direction: 'inbound',
    participantName: call.customer.name,
  };
}

function metricOf(purpose: string, answered: boolean) {
  if (purpose === 'acd') return 'oWaiting';
  return answered ? 'oInteracting' : 'oAlerting';
}
