import {
  customAttributesPath,
  customListing,
  simpleRecord,
} from '../../../genesys/stores/json/custom-attributes';
import { seen } from '../../failure/failure-title';
import { CUSTOM_ATTRIBUTES } from '../../failure/subject';
import { limitProperties, readLimit } from '../parameters/limit';
import {
  concurrencyOption,
  conversationIdProperty,
  optionsOf,
  parseSimplify,
  readConversationIdOf,
  readingRetryProperties,
  readOptions,
  readPatience,
  simplifyOption,
} from '../parameters/reading';
import { reading } from './operation';
import { inTurn, persistently } from '../running/persistent-reads';

const TOLD = {
  goal: seen('The custom attributes were not read', {
    ...CUSTOM_ATTRIBUTES,
    missing: () => 'there is no such conversation',
    whereToLook: 'Check the conversation. One that ended long ago may be gone.',
  }),
};

/** All records of custom attributes of a conversation. */
export const getAllCustomAttributes = reading({
  name: 'Get Many',
  value: 'getAll',
  action: 'Get many custom attributes of a conversation',
  description:
    'Returns the records of custom attributes of a conversation, an item for each: values with their types, schema and version. Changes nothing.',
  properties: [
    conversationIdProperty,
    ...limitProperties,
    optionsOf(concurrencyOption, simplifyOption),
    ...readingRetryProperties,
  ],
  read: (reader, itemIndex) => ({
    conversationId: readConversationIdOf(reader, itemIndex),
    limit: readLimit(reader, itemIndex),
    ...readPatience(reader, itemIndex),
    told: TOLD,
    simplify: parseSimplify(readOptions(reader, itemIndex)),
  }),
  find: async ({ conversationId, limit, policy, simplify }, run) => {
    const request = { method: 'GET', path: customAttributesPath(conversationId) } as const;
    const { results } = await persistently(
      async (limits) =>
        await inTurn(
          run.client,
          (inTime) => run.client.call(request, customListing, inTime),
          limits,
        ),
      policy,
      run,
    );
    return results.slice(0, limit).map((record) => ({
      conversationId,
      recordId: record['id'] ?? null,
      ...(simplify ? simpleRecord(record) : record),
    }));
  },
});
