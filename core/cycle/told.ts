import type { AwaitedValues } from '../evidence/awaited-values';
import type { OwnTexts } from '../evidence/own-texts';
import { showsAsWritten, type Written } from '../evidence/proof';
import { type Delta, isSameText, type PartChange, type Parts } from '../parts';
import type { Altered, Superseded, UpdateResult } from '../update-types';

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

/**
 * Parts that were there before a write, which it did not touch, and that a record does not show any more:
 * a server that replaces what it should merge takes away what others have set. What this process has
 * removed itself of late may be missing for that.
 */
export function goneSince(
  { base, delta }: Written,
  parts: Parts,
  own: Pick<OwnTexts, 'has'>,
): Pick<UpdateResult<unknown, unknown>, 'gone'> {
  const gone = [...base.parts].flatMap(([name, text]) =>
    text === '' || delta.has(name) || parts.has(name) || own.has(name, '') ? [] : [name],
  );
  return gone.length > 0 ? { gone: new Set(gone) } : {};
}

/** What a server has made of an update's own part of a write, where that is not as it was sent. */
export function toldOfTaken(
  write: Written,
  own: Delta,
  parts: Parts,
): { readonly altered: ReadonlyMap<string, Altered>; readonly changed: Delta } {
  const changed = new Map<string, PartChange>();
  const altered = new Map<string, Altered>();
  for (const [name, { from, to }] of own) {
    const sent = write.delta.get(name);
    // A companion has undone it, so that it was not sent.
    if (!sent) continue;
    const stored = parts.get(name) ?? null;
    const isAsBefore = isSameText(stored, sent.from) && !isSameText(sent.to, sent.from);
    if (isAsBefore) altered.set(name, { wanted: to, stored });
    // A companion has made something else of it, and tells what the server has made of that.
    else if (!isSameText(sent.to, to)) changed.set(name, { from, to });
    else {
      if (!showsAsWritten(write, [name], parts)) altered.set(name, { wanted: to, stored });
      if (!isSameText(stored, from)) changed.set(name, { from, to: stored });
    }
  }
  return { altered, changed };
}
