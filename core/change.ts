import type { Snapshot } from './store';

/** What a change wants done with the snapshot that it was shown. */
export type Verdict<State, Report> =
  | {
      readonly kind: 'unchanged';
      readonly report: Report;
      /** Set where this rests on what was accepted but no read has shown yet. */
      readonly unseen?: boolean;
    }
  | { readonly kind: 'write'; readonly next: State; readonly report: Report }
  | { readonly kind: 'refused'; readonly reason: string };

/** What an update was shown of its record. */
export interface Reads<State> {
  /** By the first read after it began. */
  readonly first: Snapshot<State>;
  /** By the latest one. */
  readonly now: Snapshot<State>;
}

/** A change to a record, independent of the version that it will meet. */
export interface Change<State, Report> {
  /**
   * Whether applying it twice leaves the same as applying it once, as setting a value does and
   * incrementing does not. A change that is not is never applied anew after a write whose outcome
   * stayed unknown.
   */
  readonly idempotent: boolean;
  /**
   * Pure: it runs again on each fresh snapshot, and only what its last run said is written.
   *
   * @param base what to apply it to: the record with the changes of lane-mates that came before
   * @param read the same without them: what differs between its `now` and its `first` was changed
   * meanwhile by somebody else
   * @param written what this update has written already, where others have written since
   */
  apply(
    base: Snapshot<State>,
    read: Reads<State>,
    written: Report | undefined,
  ): Verdict<State, Report>;
  /** How much of what a write with this report was to bring about a snapshot shows. */
  shown(report: Report, snapshot: Snapshot<State>): 'all' | 'part' | 'nothing';
  /** One report for two writes of the same update. */
  merge(earlier: Report, later: Report): Report;
}
