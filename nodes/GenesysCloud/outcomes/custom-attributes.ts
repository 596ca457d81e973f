import type { IDataObject } from 'n8n-workflow';

import type { UpdateResult } from '../../../core';
import type { JsonNote } from '../../../genesys/stores/json/json-change';
import { documentOf } from '../../../genesys/stores/json/json-parts';
import type { JsonRaw } from '../../../genesys/stores/json/versioned-json';
import type { Returned } from '../parameters/choices';
import { toldOfFields } from './fields';
import { detailsOf } from './details';

interface Asked {
  readonly conversationId: string;
  readonly recordId: string;
  readonly returns: Returned;
}

/** What a flow builder gets for an update of custom attributes. */
export function customOutcome(
  { conversationId, recordId, returns }: Asked,
  result: UpdateResult<JsonRaw, JsonNote>,
): IDataObject {
  const { changed, outcome, ...others } = toldOfFields(result);
  return {
    outcome,
    changed,
    ...(returns === 'everything' && { attributes: { ...documentOf(result.snapshot.parts) } }),
    ...others,
    conversationId,
    recordId,
    details: detailsOf('versioned', result),
  };
}
