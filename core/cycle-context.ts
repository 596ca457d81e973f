import type { Clock } from './clock';
import type { Contention } from './contention';
import type { IntentLog } from './intent-log';
import type { JointLooks } from './joint-looks';
import type { LaneMemory } from './lane-memory';
import type { Parts } from './parts';
import type { Reading } from './reading';
import type { RecordMemory } from './record-memory';
import type { Registry } from './registry';
import type { Store } from './store';
import type { Update } from './update';
import type { UpdateQueue } from './update-queue';

/** What the cycles and looks of a lane share. */
export interface CycleContext<Raw, Note> {
  readonly store: Store<Raw>;
  readonly clock: Clock;
  /** For so many ms a receipt may save a read; see `LaneOptions`. */
  readonly freshMs: number;
  readonly memory: LaneMemory<Raw, Note>;
  readonly contention: Contention;
  readonly log: IntentLog;
  readonly record: RecordMemory;
  /** All who look at what one read shows. */
  readonly jointLooks: Registry<JointLooks>;
  /** Shows what was read to those who wait to see something. */
  readonly onRead: (reading: Reading<Raw>) => void;
  /** Told of what a write has made from what, also of one that was lost and then found applied. */
  readonly onCommit: (from: Parts, to: Parts) => void;
  /** All of the lane. */
  readonly updates: ReadonlySet<Update<Raw, Note>>;
  readonly queue: UpdateQueue<Raw, Note>;
}
