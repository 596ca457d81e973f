import type { IDataObject } from 'n8n-workflow';

import type { UpdateResult } from '../../core';
import { customValues, type CustomRaw } from '../../genesys/stores/json/custom-attributes';
import type { JsonNote } from '../../genesys/stores/json/json-change';
import type { Returned } from './parameters/choices';
import { toldOfFields } from './resource-outcome';
import { detailsOf } from './outcome-details';

interface Asked {
  readonly conversationId: string;
  readonly recordId: string;
  readonly returns: Returned;
}

/** What a flow builder gets for an update of custom attributes. */
export function customOutcome(
  { conversationId, recordId, returns }: Asked,
  result: UpdateResult<CustomRaw, JsonNote>,
): IDataObject {
  const { changed, outcome, ...others } = toldOfFields(result);
  return {
    outcome,
    changed,
    ...(returns === 'everything' && { attributes: { ...customValues(result.snapshot.parts) } }),
    ...others,
    conversationId,
    recordId,
    details: detailsOf('versioned', result),
  };
}
