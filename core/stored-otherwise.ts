import { type Delta, isSameText, type PartChange, type Parts } from './parts';
import type { Altered } from './update-types';
import { showsAsWritten, type Written } from './proof';

/** What a server has made of an update's own part of a write, where that is not as it was sent. */
export function storedOtherwise(
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
