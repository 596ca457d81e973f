import type { Backoff } from './backoff';
import type { SharedListeners } from './cancellation';
import type { Clock, Random } from './clock';
import type { Gathering } from './gathering/gathering';
import type { Delta } from './parts';
import type { Snapshot } from './store';
import type { Story } from './update-error';

/** How long and how often an update tries. */
export interface UpdatePolicy {
  /** Cycles of reading and writing, the first included. */
  readonly maxAttempts: number;
  /** The update ends after so many ms, whatever it is doing. */
  readonly totalTimeoutMs: number;
  /** A single request is given up after so many ms. */
  readonly requestTimeoutMs: number;
  readonly backoff: Backoff;
  /**
   * Whether to wait until a read shows what was written, where the store only accepts writes at
   * first. Default true.
   */
  readonly waitUntilVisible?: boolean;
}

/** Where time and chance come from. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
}

/** Where an update comes from. */
export interface Origin {
  readonly clock: Clock;
  /** Its place in the order in which updates were asked for, which tells apart who came in the same moment. */
  readonly arrival: number;
  readonly signal: AbortSignal | undefined;
  /** One signal may end ten thousand updates. */
  readonly listeners: SharedListeners;
  /** Of the updates of one target, where it is gathered with others. */
  readonly gathering?: Pick<Gathering, 'othersCome'>;
}

/** How lanes are run. */
export interface LaneOptions extends Surroundings {
  /**
   * For so many ms after a write its receipt may serve as the base of the next cycle, which saves a
   * read; 0 for never. The cycle after that reads again.
   */
  readonly freshMs: number;
  /** So many updates may wait for one record at once; further ones fail as `throttled`. */
  readonly maxQueue: number;
}

/** What an update is told that has succeeded, beside its outcome and its story. */
export type Success<Raw, Note> = Pick<
  UpdateResult<Raw, Note>,
  'snapshot' | 'note' | 'batchSize' | 'altered' | 'superseded' | 'gone'
>;

/** A part that the server stores otherwise than it was written; `null` stands for one that is not there. */
export interface Altered {
  readonly wanted: string | null;
  readonly stored: string | null;
}

/** A part that was written and over which somebody else has written; `null` stands for one that is not there. */
export interface Superseded {
  readonly written: string | null;
  readonly found: string | null;
}

/** An update that reached its goal. */
export interface UpdateResult<Raw, Note> extends Story {
  /**
   * `unchanged`: everything was as wanted already, and nothing was written. `accepted`: the store
   * took the write and will show it later. `superseded`: it took the write, and what somebody else
   * has written since stands in place of some of it at least.
   */
  readonly outcome: 'written' | 'unchanged' | 'accepted' | 'superseded';
  /** The record after the update; the version is `null` where the store did not tell. */
  readonly snapshot: Snapshot<Raw>;
  /**
   * What this update has changed, from what its first write found to what its last one left; without
   * what was superseded.
   */
  readonly changed: Delta;
  /** What the server stores otherwise than it was written, by part; only where there is such a thing. */
  readonly altered?: ReadonlyMap<string, Altered>;
  /** What was written and is not what stands, by part; only where there is such a thing. */
  readonly superseded?: ReadonlyMap<string, Superseded>;
  /**
   * Parts that were there before a write without a version did not touch them, and that are missing after
   * it; only where there is such a thing.
   */
  readonly gone?: ReadonlySet<string>;
  /** What the change had to say about the run that counted. */
  readonly note: Note;
  /** How many updates shared the cycle that settled this one, itself included. */
  readonly batchSize: number;
}
