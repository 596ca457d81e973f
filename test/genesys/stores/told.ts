import type { UpdateResult } from '../../../core';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import { byAttribute } from '../../../genesys/stores/participant-parts';

/** What an update did to single attributes, as a flow builder is told. */
export interface AttributeReport {
  readonly changed: ReadonlyMap<
    string,
    { readonly from: string | null; readonly to: string | null }
  >;
  readonly kept: AttributeNote['kept'];
}

/** A result in terms of attributes. */
export function told<Raw>(result: UpdateResult<Raw, AttributeNote>) {
  const changed = new Map(byAttribute(result.changed));
  for (const name of result.note.kept.keys()) changed.delete(name);
  return { ...result, report: { changed, kept: result.note.kept } };
}
