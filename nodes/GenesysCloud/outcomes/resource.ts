import type { IDataObject } from 'n8n-workflow';

import type { UpdateResult } from '../../../core';
import type { JsonNote } from '../../../genesys/stores/json/json-change';
import { type JsonRaw, shownOf } from '../../../genesys/stores/json/versioned-json';
import { detailsOf } from './details';
import { toldOfFields } from './fields';

/** What a flow builder gets for an update of a resource that reached its goal. */
export function resourceOutcome(
  path: string,
  result: UpdateResult<JsonRaw, JsonNote>,
): IDataObject {
  return {
    path,
    ...toldOfFields(result),
    resource: shownOf(result.snapshot),
    details: detailsOf('versioned', result),
  };
}
