import type { Clock } from '../clock';
import type { IntentLog } from '../evidence/intent-log';
import type { RecordMemory } from '../evidence/record-memory';
import type { Contention } from '../lane/contention';
import type { LaneMemory } from '../lane/lane-memory';
import type { UpdateQueue } from '../lane/update-queue';
import type { JointLooks } from '../looks/joint-looks';
import type { Parts } from '../parts';
import type { Registry } from '../registry';
import type { Store } from '../store';
import type { Update } from '../update/update';
import type { Reading } from './reading';

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
