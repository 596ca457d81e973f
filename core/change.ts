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
   * @param first what the update read first: what differs from it in `base` was changed meanwhile
   * @param written what this update has written already, where others have written since
   */
  apply(
    base: Snapshot<State>,
    first: Snapshot<State>,
    written: Report | undefined,
  ): Verdict<State, Report>;
  /** How much of what a write with this report was to bring about a snapshot shows. */
  shown(report: Report, snapshot: Snapshot<State>): 'all' | 'part' | 'nothing';
  /** One report for two writes of the same update. */
  merge(earlier: Report, later: Report): Report;
}
