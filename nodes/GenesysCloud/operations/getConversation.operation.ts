import { simpleConversation } from '../../../genesys/conversations/simplified';
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
import { seen } from '../../failure/failure-title';
import { reading } from './operation';
import { readConversation } from '../running/persistent-reads';

const TOLD = { goal: seen('The conversation was not read') };

/** All that is known of a conversation: who takes part, and which attributes they hold. */
export const getConversation = reading({
  name: 'Get',
  value: 'get',
  action: 'Get a conversation',
  description:
    'Returns one conversation with everybody in it and all their attributes, also merged into one set. Use it to find out what is known of a call. Changes nothing.',
  properties: [
    conversationIdProperty,
    optionsOf(concurrencyOption, simplifyOption),
    ...readingRetryProperties,
  ],
  read: (reader, itemIndex) => ({
    conversationId: readConversationIdOf(reader, itemIndex),
    ...readPatience(reader, itemIndex),
    told: TOLD,
    simplify: parseSimplify(readOptions(reader, itemIndex)),
  }),
  find: async ({ conversationId, policy, simplify }, run) => [
    await readConversation(conversationId, policy, run, (conversation) =>
      simplify
        ? { ...simpleConversation(conversationId, conversation) }
        : { conversationId, ...conversation },
    ),
  ],
});
