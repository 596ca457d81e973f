import { carriedOver, difference, type Parts } from './parts';
import type { Update } from './update';

/** Lays a commit of this process over what each update met first: it is not "somebody else's". */
export function shiftFirsts<Raw, Note>(
  updates: Iterable<Update<Raw, Note>>,
  from: Parts,
  to: Parts,
): void {
  const delta = difference(from, to);
  if (delta.size === 0) return;
  // Many share one, and go on sharing it.
  const shifted = new Map<Parts, Parts>();
  const shift = (first: Parts) => {
    const known = shifted.get(first) ?? carriedOver(first, delta);
    shifted.set(first, known);
    return known;
  };
  for (const update of updates) update.shiftFirst(shift);
}
