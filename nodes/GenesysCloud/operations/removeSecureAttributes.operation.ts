import { attributeChange } from '../../../genesys/stores/attribute-change';
import { secureAttributes } from '../../../genesys/stores/secure-attributes';
import { attributeHints } from '../attribute-hints';
import { attributeNamesProperty } from '../parameters/attributes';
import { removalTerms } from '../parameters/options-property';
import { readRemoval } from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import {
  readSecureRequest,
  secureConversationProperty,
  secureOptions,
} from '../parameters/secure-attributes';
import { secureOutcome } from '../outcomes/secure-attributes';
import { versionedUpdate } from './operation';

/** Removes secure attributes of a conversation. */
export const removeSecureAttributes = versionedUpdate({
  name: 'Remove',
  value: 'remove',
  action: 'Remove secure attributes of a conversation',
  description:
    'Remove secure attributes of a conversation without losing what others write meanwhile. An attribute that is not there is no error.',
  properties: [
    secureConversationProperty,
    attributeNamesProperty,
    secureOptions(removalTerms, []),
    ...retryProperties,
  ],
  read: (reader, itemIndex) =>
    readSecureRequest(reader, itemIndex, (parameter, given) => ({
      wanted: readRemoval(parameter, given),
      skipped: 0,
    })),
  resourceOf: ({ conversationId }) => secureAttributes(conversationId),
  changeOf: ({ wanted }) => attributeChange(wanted),
  outcomeOf: secureOutcome,
  hintsOf: ({ wanted }, result) => attributeHints(wanted, result),
});
