import { secureAttributes } from '../../../genesys/stores/secure-attributes';
import { seen } from '../../failure/failure-title';
import { SECURE_ATTRIBUTES } from '../../failure/subject';
import { shownAttributes } from '../outcomes/attributes';
import { versionOf } from '../outcomes/details';
import {
  concurrencyOption,
  optionsOf,
  readConversationIdOf,
  readingRetryProperties,
  readPatience,
} from '../parameters/reading';
import { secureConversationProperty } from '../parameters/secure-attributes';
import { reading } from './operation';
import { readResource } from '../running/persistent-reads';

const TOLD = { goal: seen('The secure attributes were not read', SECURE_ATTRIBUTES) };

/** The secure attributes of a conversation. */
export const getSecureAttributes = reading({
  name: 'Get',
  value: 'get',
  action: 'Get secure attributes of a conversation',
  description:
    'Returns the secure attributes of a conversation under "secure"; none where there are none. Changes nothing.',
  properties: [secureConversationProperty, optionsOf(concurrencyOption), ...readingRetryProperties],
  read: (reader, itemIndex) => ({
    conversationId: readConversationIdOf(reader, itemIndex),
    ...readPatience(reader, itemIndex),
    told: TOLD,
  }),
  find: async ({ conversationId, policy }, run) => {
    const found = await readResource(secureAttributes(conversationId), policy, run);
    return [
      {
        conversationId,
        secure: { attributes: shownAttributes(found) },
        version: versionOf(found),
      },
    ];
  },
});
