import type { AwaitedValues } from './awaited-values';
import { type Delta, isSameText, type PartChange } from './parts';
import type { Altered, Superseded, UpdateResult } from './update-types';

/**
 * What an update is told whose write was accepted, when it is known what became of all of it: where what
 * somebody else has written stands in place of any of it, it is superseded. What was seen was changed,
 * to what the server stores.
 */
export function toldOfAccepted(
  own: Delta,
  { stored, superseded }: Pick<AwaitedValues, 'stored' | 'superseded'>,
): Pick<UpdateResult<unknown, unknown>, 'outcome' | 'changed' | 'altered' | 'superseded'> {
  const changed = new Map<string, PartChange>();
  const altered = new Map<string, Altered>();
  const lost = new Map<string, Superseded>();
  for (const [name, { from, to }] of own) {
    const found = superseded.get(name);
    const form = stored.get(name);
    if (found !== undefined) lost.set(name, { written: to, found });
    else if (form === undefined) changed.set(name, { from, to });
    else {
      altered.set(name, { wanted: to, stored: form });
      if (!isSameText(from, form)) changed.set(name, { from, to: form });
    }
  }
  return {
    outcome: lost.size > 0 ? 'superseded' : 'written',
    changed,
    ...(altered.size > 0 && { altered }),
    ...(lost.size > 0 && { superseded: lost }),
  };
}
