import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { activeConversations } from '../../../genesys/conversations/active-conversations';
import {
  type ConversationQuery,
  findConversations,
  type FoundConversation,
} from '../../../genesys/conversations/found-conversation';
import { pastConversations } from '../../../genesys/conversations/past-conversations';
import { simpleConversation } from '../../../genesys/conversations/simplified';
import { inParallel } from '../running/in-parallel';
import {
  conversationFilterProperties,
  readConversationFilter,
  type Wanted,
} from '../parameters/conversation-filter';
import { flagIn } from '../../parameters/flag';
import { limitProperties, readLimit } from '../parameters/limit';
import { parseConcurrency } from '../parameters/options';
import {
  concurrencyOption,
  optionsOf,
  type Patient,
  readingRetryProperties,
  readOptions,
  readPatience,
} from '../parameters/reading';
import { Slots } from '../running/slots';
import { seen } from '../../failure/failure-title';
import { isOfNobody, type ReadingRun } from '../running/read-each';
import { reading } from './operation';
import { inTurn, persistently, readConversation } from '../running/persistent-reads';

const includeAttributesOption: INodeProperties = {
  displayName: 'Include Attributes',
  name: 'includeAttributes',
  type: 'boolean',
  default: false,
  description:
    'Whether to return the attributes, too, and who holds them. That takes one request more for each conversation, out of Requests per Minute.',
};

/** For so long, in ms, a request may have to wait for its turn within the requests a minute. */
const MINUTE_MS = 60_000;

interface Request extends Patient {
  readonly wanted: Wanted;
  readonly limit: number;
  readonly includeAttributes: boolean;
  readonly concurrency: number;
}

const TOLD = { goal: seen('The conversations were not read') };

/** Conversations that are going on, or were held in a time. */
export const getConversations = reading<Request>({
  name: 'Get Many',
  value: 'getAll',
  action: 'Get many conversations',
  description:
    'Returns conversations, an item for each: those that are in queues or with agents now, or those of an interval. Use it to find a conversation ID. Changes nothing.',
  properties: [
    ...conversationFilterProperties,
    ...limitProperties,
    optionsOf(concurrencyOption, includeAttributesOption),
    ...readingRetryProperties,
  ],
  read: (reader, itemIndex) => {
    const options = readOptions(reader, itemIndex);
    return {
      wanted: readConversationFilter(reader, itemIndex, reader.timeZone),
      limit: readLimit(reader, itemIndex),
      ...readPatience(reader, itemIndex),
      told: TOLD,
      includeAttributes: flagIn(options, 'Include Attributes', 'includeAttributes', false),
      concurrency: parseConcurrency(options),
    };
  },
  find: async ({ concurrency, includeAttributes, limit, wanted, ...patient }, run) => {
    const policy = withPatience(patient.policy);
    const found =
      wanted.source === 'active'
        ? await findAll(activeConversations(wanted.queueIds), limit, policy, run)
        : await findAll(pastConversations(wanted, limit), limit, policy, run);
    if (found.isCut) run.hints.add('listCut');
    const { conversations } = found;
    if (!includeAttributes) return conversations.map((one) => ({ ...one }));
    return await withAttributes(conversations, { concurrency, policy }, run);
  },
});

/** Many requests may be more than a minute allows: that wait does not count. */
function withPatience(policy: Patient['policy']): Patient['policy'] {
  return { ...policy, totalTimeoutMs: policy.totalTimeoutMs + MINUTE_MS };
}

async function findAll<Reply>(
  query: ConversationQuery<Reply>,
  limit: number,
  policy: Patient['policy'],
  run: ReadingRun,
) {
  return await findConversations(
    query,
    limit,
    async (request, schema) =>
      await persistently(
        async (limits) =>
          await inTurn(run.client, (inTime) => run.client.call(request, schema, inTime), limits),
        policy,
        run,
      ),
  );
}

/** One request for each, a few at a time; each has the total timeout for itself. */
async function withAttributes(
  conversations: readonly FoundConversation[],
  { concurrency, policy }: Pick<Request, 'concurrency' | 'policy'>,
  run: ReadingRun,
): Promise<IDataObject[]> {
  const items: IDataObject[] = [];
  const entries = run.shared.slices.of(conversations.entries());
  await inParallel(entries, new Slots(concurrency), async ([index, found]) => {
    items[index] = { ...found, ...(await attributesOf(found, policy, run)) };
  });
  return items;
}

async function attributesOf(
  { conversationId }: FoundConversation,
  policy: Patient['policy'],
  run: ReadingRun,
): Promise<IDataObject> {
  const reading = readConversation(conversationId, policy, run, (conversation) => {
    const simple = simpleConversation(conversationId, conversation);
    const { attributes, endTime, holders, startTime } = simple;
    return { ...(startTime && { startTime }), endTime, attributes, holders };
  });
  return await reading.catch((error: unknown) => {
    // One that was found and is not there any more does not make the others unknown.
    if (isOfNobody(error)) return { attributes: null, holders: null };
    throw error;
  });
}
