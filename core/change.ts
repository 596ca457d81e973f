import { type Delta, isSameText, type Parts, textOf } from './parts';

/** The record as a change is shown it. */
export interface View<Raw> {
  /** What to apply the change to: the record with the changes of companions that came before it. */
  readonly parts: Parts;
  /** The same without them. */
  readonly read: Parts;
  /**
   * The record when this update began, with all that this process has written since. So whatever
   * differs from it in `read` was changed by somebody else.
   */
  readonly first: Parts;
  /** What somebody else has set since then, as far as was seen; this process may have overwritten it. */
  readonly theirs: Parts;
  /** What this update surely has written already, where others have written since. */
  readonly written: Delta;
  /** What the store has to tell of the record besides its parts. */
  readonly raw: Raw;
  /** Whether this process was the last to set a part, as far as reads tell; known only without versions. */
  isOurs(this: void, name: string): boolean;
  /**
   * What may stand in a part instead, where a read cannot be relied on: it shows what was there before
   * something of this process, or what somebody else wrote at about the same time. Only without versions.
   */
  alternative(this: void, name: string): string | undefined;
  /** Whether a part is there only because this process has set it, which the read does not show yet. */
  isUnseen(this: void, name: string): boolean;
}

/** What a change wants done with the record that it was shown. */
export type Verdict<Note> =
  | {
      readonly kind: 'unchanged';
      readonly note: Note;
      /** The parts that this rests on: each must be seen where it was accepted but not shown yet. */
      readonly restsOn: readonly string[];
    }
  /**
   * What changes nothing in the delta is written once more, as it is not seen yet. Each change is made
   * `from` what the view shows, or from its `alternative`.
   */
  | { readonly kind: 'write'; readonly delta: Delta; readonly note: Note }
  | { readonly kind: 'refused'; readonly reason: string };

/** A change to a record, independent of the version that it will meet. */
export interface Change<Raw, Note> {
  /**
   * Whether applying it twice leaves the same as applying it once, as setting a value does and
   * incrementing does not. A change that is not is never applied anew after a write whose outcome
   * stayed unknown.
   */
  readonly idempotent: boolean;
  /**
   * Whether it writes only where the record is as expected, as a claim does: what somebody else has
   * written would have stopped it, so that content never proves that it was this change which wrote
   * it. Default false.
   */
  readonly conditional?: boolean;
  /** Pure: it runs again on each fresh snapshot, and only what its last run said is written. */
  apply(view: View<Raw>): Verdict<Note>;
}

/** Whether somebody else has set a part meanwhile, to another text than the one that is wanted. */
export function isSetByOthers(
  { first, read }: Pick<View<unknown>, 'first' | 'read'>,
  name: string,
  wanted: string | null,
): boolean {
  const now = textOf(read, name);
  return now !== textOf(first, name) && !isSameText(now, wanted);
}
