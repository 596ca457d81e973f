import { attributeChange } from '../../../genesys/stores/attribute-change';
import { secureAttributes } from '../../../genesys/stores/secure-attributes';
import { attributeHints } from '../attribute-hints';
import { attributesProperties } from '../parameters/attributes';
import { readWanted } from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import {
  readSecureRequest,
  secureConversationProperty,
  secureOptions,
} from '../parameters/secure-attributes';
import { secureOutcome } from '../outcomes/secure-attributes';
import { versionedUpdate } from './operation';

/** Sets secure attributes of a conversation, without losing what others write meanwhile. */
export const setSecureAttributes = versionedUpdate({
  name: 'Set',
  value: 'set',
  action: 'Set secure attributes of a conversation',
  description:
    'Set secure attributes of a conversation without losing what others write meanwhile. They come out under "secure" only.',
  properties: [
    secureConversationProperty,
    ...attributesProperties,
    secureOptions(
      [],
      [
        'attributesToRemove',
        'condition',
        'expectedAttributes',
        'ifNotMet',
        'conflictPolicy',
        'missingValues',
      ],
    ),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => readSecureRequest(reader, itemIndex, readWanted),
  resourceOf: ({ conversationId }) => secureAttributes(conversationId),
  changeOf: ({ wanted }) => attributeChange(wanted),
  outcomeOf: secureOutcome,
  hintsOf: ({ skipped, wanted }, result) => [
    ...(skipped > 0 ? (['valuesSkipped'] as const) : []),
    ...attributeHints(wanted, result),
  ],
});
