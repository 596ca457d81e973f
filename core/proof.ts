import type { Intent } from './intent';
import { isSameText, laidOver, type Parts, sameParts, shows, textOf } from './parts';
import type { Snapshot } from './store';

/** What the reply to a write that was taken proves of the record. */
export interface Proof<Raw> {
  /** The record as the write left it; `undefined` where the reply proves only that the write was taken. */
  readonly after: Snapshot<Raw> | undefined;
  /** Whether the reply shows just what was to be there, and so may serve as the base of another write. */
  readonly isBase: boolean;
  /** Whether the reply surely shows the record as this write left it, though not all of it. */
  readonly isExact: boolean;
}

/**
 * What a reply proves. It may be cut short, show the record as it was before, or carry what somebody
 * else has written since: only the version that the write itself has made is ours alone.
 */
export function prove<Raw>(
  { base, delta }: Pick<Intent<unknown>, 'base' | 'delta'>,
  reply: Snapshot<Raw>,
): Proof<Raw> {
  if (base.version === null) return { after: reply, isBase: false, isExact: false };
  const expected = laidOver(base.parts, delta);
  if (reply.version === base.version + 1) {
    if (sameParts(expected, reply.parts)) return { after: reply, isBase: true, isExact: true };
    const isExact = [...delta].some(
      ([name, { from, to }]) =>
        to !== null && !isSameText(from, to) && isSameText(textOf(reply.parts, name), to),
    );
    return { after: { ...reply, parts: expected }, isBase: false, isExact };
  }
  const isOld = reply.version !== null && reply.version <= base.version;
  // Not every server counts its versions as we expect: all that was written is not what was before.
  if (isOld && delta.size > 0 && shows(reply.parts, delta) === 'all') {
    return { after: { ...reply, parts: expected }, isBase: false, isExact: false };
  }
  // With all names in it, it is most likely whole, and what differs was set by somebody else.
  const isWhole = [...expected.keys()].every((name) => reply.parts.has(name));
  return { after: isWhole && !isOld ? reply : undefined, isBase: false, isExact: false };
}

/** Whether a record shows these parts as a write was to leave them. */
export function showsAsWritten(
  { base, delta }: Pick<Intent<unknown>, 'base' | 'delta'>,
  names: Iterable<string>,
  parts: Parts,
): boolean {
  for (const name of names) {
    const change = delta.get(name);
    if (textOf(parts, name) !== (change ? (change.to ?? '') : textOf(base.parts, name)))
      return false;
  }
  return true;
}
