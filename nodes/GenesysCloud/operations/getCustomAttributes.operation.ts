import { customAttributes, simpleRecord } from '../../../genesys/stores/json/custom-attributes';
import { seen } from '../../failure/failure-title';
import { CUSTOM_ATTRIBUTES } from '../../failure/subject';
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
import { readRecordId, recordIdProperty } from '../parameters/record-id';
import { reading } from './operation';
import { readResource } from '../running/persistent-reads';

const TOLD = { goal: seen('The custom attributes were not read', CUSTOM_ATTRIBUTES) };

/** One record of custom attributes. */
export const getCustomAttributes = reading({
  name: 'Get',
  value: 'get',
  action: 'Get custom attributes of a conversation',
  description:
    'Returns one record of custom attributes of a conversation: its values with their types, its schema and its version. Changes nothing.',
  properties: [
    conversationIdProperty,
    recordIdProperty,
    optionsOf(concurrencyOption, simplifyOption),
    ...readingRetryProperties,
  ],
  read: (reader, itemIndex) => ({
    conversationId: readConversationIdOf(reader, itemIndex),
    recordId: readRecordId(reader, itemIndex),
    ...readPatience(reader, itemIndex),
    told: TOLD,
    simplify: parseSimplify(readOptions(reader, itemIndex)),
  }),
  find: async ({ conversationId, policy, recordId, simplify }, run) => {
    const target = { conversationId, recordId };
    const { raw } = await readResource(customAttributes(target), policy, run);
    return [{ ...target, ...(simplify ? simpleRecord(raw.document) : raw.document) }];
  },
});
