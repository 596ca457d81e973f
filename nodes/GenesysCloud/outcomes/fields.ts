import type { IDataObject } from 'n8n-workflow';

import type { UpdateResult } from '../../../core';
import type { JsonNote } from '../../../genesys/stores/json/json-change';
import { alteredValues, changedValues } from '../../../genesys/stores/json/json-parts';
import { isWithin } from '../../../genesys/stores/json/pointer';

/** What there is to say of fields that were updated, wherever they are: by their JSON pointers. */
export function toldOfFields({
  altered: alteredParts = new Map(),
  changed: delta,
  note: { kept },
  outcome,
}: Pick<
  UpdateResult<unknown, JsonNote>,
  'altered' | 'changed' | 'note' | 'outcome'
>): IDataObject & {
  readonly changed: IDataObject;
  readonly outcome: string;
} {
  const altered = alteredValues(alteredParts);
  // What we had written may have been overwritten since, and then been left to those who did.
  const isKept = (pointer: string) => [...kept.keys()].some((outer) => isWithin(pointer, outer));
  const changed = new Map([...changedValues(delta)].filter(([pointer]) => !isKept(pointer)));
  const isAllKept = changed.size === 0 && altered.size === 0 && kept.size > 0;
  return {
    outcome: isAllKept ? 'unchanged' : outcome,
    changed: shown(changed),
    ...(kept.size > 0 && { kept: shown(kept) }),
    ...(altered.size > 0 && { altered: shown(altered) }),
  };
}

function shown(entries: ReadonlyMap<string, object>): IDataObject {
  return Object.fromEntries(entries);
}
