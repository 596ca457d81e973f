import {
  type Delta,
  isSameText,
  laidOver,
  type Parts,
  sameParts,
  textOf,
  withoutRemovals,
} from '../parts';
import type { Snapshot } from '../store';

/** A write, as far as records are compared with it. */
export interface Written {
  /** What it was made from, and conditional on where that has a version. */
  readonly base: { readonly parts: Parts; readonly version: number | null };
  /** Everything that it changes. */
  readonly delta: Delta;
}

/** What the reply to a write that was taken proves of the record. */
export interface Proof<Raw> {
  /** The record as the write left it; `undefined` where the reply proves only that the write was taken. */
  readonly after: Snapshot<Raw> | undefined;
  /** Whether the reply shows just what was to be there, and so may serve as the base of another write. */
  readonly isBase: boolean;
  /** Whether the reply surely shows the record as this write left it, though not all of it. */
  readonly isExact: boolean;
  /** Whether it shows these parts as they were to be. A gap proves a removal only where nothing else is missing. */
  shows(this: void, names: Iterable<string>): boolean;
}

/**
 * What a reply proves. It may be cut short, show the record as it was before, or carry what somebody
 * else has written since: only the version that the write itself has made is ours alone.
 */
export function prove<Raw>(
  write: Written & { readonly after: Parts },
  reply: Snapshot<Raw>,
): Proof<Raw> {
  const { after: expected, base, delta } = write;
  if (base.version === null) {
    return { after: reply, isBase: false, isExact: false, shows: () => true };
  }
  // With all names in it, it is most likely whole, and what differs was set by somebody else.
  const isWhole = [...expected.keys()].every((name) => reply.parts.has(name));
  const shows = (names: Iterable<string>) => {
    const all = [...names];
    const isGap = (name: string) => textOf(expected, name) === '';
    return showsAsWritten(write, all, reply.parts) && (isWhole || !all.some(isGap));
  };
  const unproved = { after: undefined, isBase: false, isExact: false, shows };
  if (reply.version === base.version + 1) {
    if (sameParts(expected, reply.parts)) {
      return { ...unproved, after: reply, isBase: true, isExact: true };
    }
    const isExact = [...delta].some(
      ([name, { from, to }]) =>
        to !== null && !isSameText(from, to) && isSameText(textOf(reply.parts, name), to),
    );
    const removed = [...delta].flatMap(([name, { to }]) => (to === null ? [name] : []));
    if (!shows(removed)) return { ...unproved, isExact };
    // What is missing in a reply, or as it was before, is as it was to be: the reply is cut short or old.
    // What it shows otherwise is what the server has made of it.
    const made = [...reply.parts].filter(([name, text]) => {
      const change = delta.get(name);
      return change !== undefined && text !== change.from;
    });
    const parts = new Map([...expected, ...made]);
    return { ...unproved, after: { ...reply, parts }, isExact };
  }
  const isOld = reply.version !== null && reply.version <= base.version;
  // Not every server counts its versions as we expect: all that was written is not what was before.
  if (isOld && delta.size > 0 && shows(delta.keys())) {
    return { ...unproved, after: { ...reply, parts: expected } };
  }
  if (isWhole && !isOld) return { ...unproved, after: reply };
  return { ...unproved, shows: () => false };
}

/** Whether a record shows these parts as a write was to leave them. */
export function showsAsWritten(
  { base, delta }: Written,
  names: Iterable<string>,
  parts: Parts,
): boolean {
  for (const name of names) {
    const change = delta.get(name);
    const text = change ? (change.to ?? '') : textOf(base.parts, name);
    if (textOf(parts, name) !== text) return false;
  }
  return true;
}

/** Whether all that a write was to change is as it was before. */
export function showsNothing({ base, delta }: Written, parts: Parts): boolean {
  return (
    delta.size > 0 &&
    [...delta.keys()].every((name) => textOf(parts, name) === textOf(base.parts, name))
  );
}

/**
 * Whether a record is just as a server leaves it that merges what it should replace: all is set, and
 * nothing removed.
 */
export function showsAsMerged({ base, delta }: Written, parts: Parts): boolean {
  const set = withoutRemovals(delta);
  return set.size > 0 && sameParts(laidOver(base.parts, set), parts);
}

/** Whether something that a write was to remove is there, just as it was before. */
export function keepsRemoved({ delta }: Pick<Written, 'delta'>, own: Delta, parts: Parts): boolean {
  return [...own.keys()].some((name) => {
    const change = delta.get(name);
    if (change?.to !== null) return false;
    return !isSameText(change.from, '') && isSameText(change.from, textOf(parts, name));
  });
}
