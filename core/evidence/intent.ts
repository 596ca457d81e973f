import type { Change } from '../change';
import {
  type Delta,
  isSameText,
  laidOver,
  NO_CHANGES,
  type Parts,
  sameParts,
  shownOf,
  shows,
  textOf,
} from '../parts';
import { showsAsMerged, type Written } from './proof';
import { inStoredForms, isFormOf, isWholeFormOf } from './text-forms';

/** What one update wrote in a write that it shared with others. */
export interface OwnWrite {
  readonly delta: Delta;
  readonly change: Pick<Change<never, unknown>, 'idempotent' | 'conditional'>;
}

/** A write, noted before it is sent. */
export interface Intent<Writer> extends Written {
  /** What it is to leave. */
  readonly after: Parts;
  /** What each of its writers changes, met with what those before it had changed. */
  readonly own: ReadonlyMap<Writer, OwnWrite>;
}

/** What became of the part of a write that was one update's own, as far as anybody can tell. */
export type Fate =
  /** Not known yet. */
  | 'open'
  /** The write was applied, as a whole. */
  | 'applied'
  /** It was not applied, and will not be. */
  | 'notApplied'
  /** The write as a whole is unproved, but all of this update's own is there. */
  | 'seen'
  /** Some of its own is there, and others may have set that. */
  | 'seenInPart'
  /** It may have been applied, and overwritten since: nobody will ever know. */
  | 'unknowable';

/**
 * Finds out from a later snapshot what became of a write that got no answer.
 *
 * A version protects: while it has not moved, the write may still be applied, and a second one under
 * the same version is safe, because only one of them can be. Once it has moved, the write will not
 * be applied any more. Without a version it may always arrive later.
 *
 * Content does not tell who wrote it. So after the version has moved, a change with a condition of its
 * own, or one that must not run twice, is never proved by it.
 *
 * @returns whether it was applied as a whole, what of it is there by all that can be told, and the fate
 * of each writer's own part
 */
export function resolve<Writer>(
  { after, base, delta: sent, own }: Intent<Writer>,
  seen: { readonly parts: Parts; readonly version: number | null },
): {
  readonly isApplied: boolean;
  readonly shown: Delta;
  readonly fates: ReadonlyMap<Writer, Fate>;
} {
  const read = { before: base.parts, seen: seen.parts };
  const delta = inStoredForms(sent, read, isWholeFormOf);
  const hasVersion = base.version !== null && seen.version !== null;
  const hasMoved = !hasVersion || seen.version > base.version;
  const movedOnce = hasVersion && seen.version === base.version + 1;
  // A single move was ours only if it led to exactly what we wrote. A write that changes nothing, since
  // two writers undo each other in it, is proved by nothing.
  const isApplied =
    hasMoved &&
    delta.size > 0 &&
    (movedOnce
      ? sameParts(laidOver(after, delta), seen.parts)
      : shows(seen.parts, delta) === 'all');
  const isMerged = movedOnce && showsAsMerged({ base, delta }, seen.parts);
  const found = (changes: Delta) => foundOf(changes, base.parts, seen.parts);
  const fateOf = ({ delta: ownDelta, change }: OwnWrite): Fate => {
    if (!hasMoved) return 'open';
    if (hasVersion && delta.size === 0 && sameParts(base.parts, seen.parts)) return 'unknowable';
    const shown = found(inStoredForms(ownDelta, read, isWholeFormOf));
    const isAbsent = found(inStoredForms(ownDelta, read, isFormOf)) === 'none';
    if (!change.idempotent || (change.conditional && hasVersion)) {
      // Merged, a companion may have replaced all of it.
      const isOthers = movedOnce && !isApplied && !isMerged && isAbsent;
      return isOthers ? 'notApplied' : 'unknowable';
    }
    if (isApplied) return 'applied';
    if (shown === 'all') return 'seen';
    if (!hasVersion) return 'open';
    if (isMerged) return 'seenInPart';
    if (isAbsent) return movedOnce ? 'notApplied' : 'unknowable';
    // After a single move that was not ours, some of it there is somebody else's.
    return movedOnce ? 'unknowable' : 'seenInPart';
  };
  const fates = new Map([...own].map(([writer, write]) => [writer, fateOf(write)]));
  if (isApplied) return { isApplied, shown: delta, fates };
  const isOurs = hasVersion && hasMoved && (!movedOnce || isMerged);
  return { isApplied, shown: isOurs ? shownOf(seen.parts, delta) : NO_CHANGES, fates };
}

/** How much of a delta is there. What was so before tells nothing. */
function foundOf(delta: Delta, before: Parts, seen: Parts): 'all' | 'some' | 'none' {
  const telling = new Map(
    [...delta].filter(([name, { to }]) => !isSameText(textOf(before, name), to)),
  );
  return telling.size > 0 ? shows(seen, telling) : 'none';
}
