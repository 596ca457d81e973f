import type { IDataObject } from 'n8n-workflow';

import type { UpdateResult } from '../../../core';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import type { AttributesRaw } from '../../../genesys/stores/participant-parts';
import { toldOfAttributes } from './attributes';
import { detailsOf, versionOf } from './details';
import type { SecureRequest } from '../parameters/secure-attributes';

/** What a flow builder gets for an update of secure attributes: nothing outside of `secure` tells a value. */
export function secureOutcome(
  request: SecureRequest,
  result: UpdateResult<AttributesRaw, AttributeNote>,
): IDataObject {
  const { attributes, outcome } = toldOfAttributes(request, result);
  return {
    conversationId: request.conversationId,
    outcome,
    secure: attributes,
    version: versionOf(result.snapshot),
    details: detailsOf('versioned', result),
  };
}
