import type { Contention } from './contention';
import type { IntentLog } from './intent-log';
import type { LaneMemory } from './lane-memory';
import type { Parts } from './parts';
import type { Reading } from './reading';
import type { RecordMemory } from './record-memory';
import type { Store } from './store';
import type { Surroundings } from './update-types';

/** What the cycles of a lane share. */
export interface CycleContext<Raw, Note> {
  readonly store: Store<Raw>;
  readonly surroundings: Surroundings;
  readonly memory: LaneMemory<Raw, Note>;
  readonly contention: Contention;
  readonly log: IntentLog;
  readonly record: RecordMemory;
  /** Shows what was read to those who wait to see something. */
  readonly onRead: (reading: Reading<Raw>) => void;
  /** Told of what a write has made from what, also of one that was lost and then found applied. */
  readonly onCommit: (from: Parts, to: Parts) => void;
  /** For so many ms after a write its receipt may serve as a base; 0 for never. */
  readonly freshMs: number;
}
