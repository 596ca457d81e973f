import type { StoreError } from './store';

/**
 * Why an update ended without success.
 *
 * - `attempts`: the attempts are used up; `lastFailure` tells on what.
 * - `deadline`: the total timeout is over; with `accepted` set, before a write became visible.
 * - `throttled`: the server's Retry-After reaches past the total timeout.
 * - `cancelled`: cancelled, and surely nothing was applied.
 * - `permanent`: the store failed in a way that trying again does not change.
 * - `refused`: the change itself said no.
 * - `indeterminate`: a write may or may not have been applied, and there is no way left to find out.
 */
export type UpdateErrorReason =
  'attempts' | 'deadline' | 'throttled' | 'cancelled' | 'permanent' | 'refused' | 'indeterminate';

/** What an update went through, whether it succeeded or not. */
export interface Story {
  /** Cycles of reading and writing begun. */
  readonly attempts: number;
  /** Conflict replies met. */
  readonly conflicts: number;
  /** Milliseconds spent waiting between attempts. */
  readonly waitedMs: number;
  /** Milliseconds from the start to the end of the update. */
  readonly elapsedMs: number;
}

/** The texts of parts; `null` stands for one that is not there. */
export type Stands = ReadonlyMap<string, string | null>;

/** An update that did not succeed, with its whole story. */
export class UpdateError extends Error {
  override readonly name = 'UpdateError';
  /** Whether a write had been accepted whose effect no read has shown yet. */
  readonly accepted: boolean;
  /** Whether the update had written before, and others have written since. */
  readonly written: boolean;
  /**
   * After a write under a condition, or one that must not run twice, of which nobody will ever know
   * whether it was applied: what now stands in the parts that it was to change. Where a write was
   * accepted and not seen: what the latest read has shown in its place.
   */
  readonly stands: Stands | undefined;
  /** How its attempts failed, the earliest first, but for what ended it because its time was up. */
  readonly failures: readonly StoreError[];

  constructor(
    message: string,
    readonly reason: UpdateErrorReason,
    readonly story: Story,
    /** The last failure that the store reported, if there was one. */
    readonly lastFailure: StoreError | undefined,
    known: Partial<Pick<UpdateError, 'accepted' | 'written' | 'stands' | 'failures'>> = {},
  ) {
    super(message, lastFailure ? { cause: lastFailure } : {});
    this.accepted = known.accepted ?? false;
    this.written = known.written ?? false;
    this.stands = known.stands;
    this.failures = known.failures ?? [];
  }
}
