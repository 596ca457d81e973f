import type { OwnTexts } from '../evidence/own-texts';
import { onceForEach } from '../once-for-each';
import { carriedOver, difference, laidOver, type Parts, textOf } from '../parts';

/** The record as an update met it first, and what others have done to it since. Only this module changes it. */
export class Beginning {
  /** What its first attempt was made from, with all that this process has written since. */
  readonly first: Parts | undefined;
  /** What somebody else has set since, as far as was seen; also where that was overwritten again. */
  readonly theirs: Parts = new Map();
}

interface Beginner {
  readonly beginning: Beginning;
}

/** All others can only read it. */
function revise(beginning: Beginning, now: Partial<Beginning>): void {
  Object.assign(beginning, now);
}

/** Keeps what each update is shown for the first time. */
export function noteBeginnings(updates: Iterable<Beginner>, parts: Parts): void {
  for (const { beginning } of updates) if (!beginning.first) revise(beginning, { first: parts });
}

/** Lays a commit of this process over what each update met first: it is not "somebody else's". */
export function shiftBeginnings(updates: Iterable<Beginner>, from: Parts, to: Parts): void {
  const delta = difference(from, to);
  if (delta.size === 0) return;
  // Many updates share what they met first, and go on sharing what is made of it.
  const shifted = onceForEach((first: Parts) => carriedOver(first, delta));
  for (const { beginning } of updates) {
    if (beginning.first) revise(beginning, { first: shifted(beginning.first) });
  }
}

/**
 * Tells each update what somebody else has changed since, and what this process has or may have written.
 *
 * @param known what this process has written, and whether that was the last to set a part
 */
export function compareBeginnings(
  updates: Iterable<Beginner>,
  read: Parts,
  { own, isOurs }: { readonly own: OwnTexts; readonly isOurs: (name: string) => boolean },
): void {
  const compared = onceForEach((before: Parts) => {
    const explained = own.explained(before, read);
    const changed = difference(explained, read);
    const ours = new Map([...changed].filter(([name]) => isOurs(name)));
    const theirs = [...changed.keys()].flatMap((name) => {
      const text = textOf(read, name);
      return ours.has(name) || own.has(name, text) ? [] : [[name, text] as const];
    });
    return {
      first: ours.size > 0 ? laidOver(explained, ours) : explained,
      theirs: new Map(theirs),
    };
  });
  for (const { beginning } of updates) {
    if (!beginning.first || beginning.first === read) continue;
    const { first, theirs } = compared(beginning.first);
    revise(beginning, { first });
    if (theirs.size > 0) revise(beginning, { theirs: new Map([...beginning.theirs, ...theirs]) });
  }
}
