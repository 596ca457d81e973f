import type { Change } from './change';
import type { Clock } from './clock';
import { find } from './find';
import { IntentLog } from './intent-log';
import { type ClientLags, Lags } from './lags';
import { Lane } from './lane';
import { RecordMemories } from './record-memories';
import type { RecordMemory } from './record-memory';
import { Registry } from './registry';
import type { Locate } from './store';
import { Update } from './update';
import type { LaneOptions, Surroundings, UpdatePolicy, UpdateResult } from './update-types';

const DEFAULTS = { freshMs: 250, maxQueue: 10_000 };

/** All ways of writing one record: each has a lane, and all share a log and what is remembered. */
class Room<Raw, Note> {
  readonly log: IntentLog;
  readonly lanes: Registry<Lane<Raw, Note>>;

  constructor(
    clock: Clock,
    readonly record: RecordMemory,
    lags: ClientLags,
  ) {
    this.log = new IntentLog(clock, lags);
    this.lanes = new Registry(clock);
  }

  get usefulUntil(): number {
    return Math.max(
      this.log.usefulUntil,
      ...this.lanes.values.map(({ usefulUntil }) => usefulUntil),
    );
  }
}

/**
 * Changes records under optimistic locking: reads a record, applies the change and writes the result
 * on condition that the record has not moved. On a conflict it backs off, reads again and applies the
 * change to the fresh state, so nobody's write is lost. After a write of unknown outcome it reads
 * before it does anything else.
 *
 * Updates of one record that meet here are combined: one read and one write for all of them, and yet
 * each has its own outcome. Share one instance in a process.
 */
export class Lanes<Raw, Note> {
  private readonly rooms: Registry<Room<Raw, Note>>;
  private readonly memories: RecordMemories;
  private readonly lags: Lags;
  private readonly options: LaneOptions;

  constructor(options: Surroundings & Partial<LaneOptions>) {
    this.options = { ...DEFAULTS, ...options };
    this.rooms = new Registry(options.clock);
    this.memories = new RecordMemories(options.clock);
    this.lags = new Lags(options.clock);
  }

  /** Lanes that are in use, or were a moment ago. */
  get size(): number {
    return this.rooms.values.reduce((size, { lanes }) => size + lanes.values.length, 0);
  }

  /**
   * Runs one update to its end.
   *
   * Cancelling ends waits and reads at once. A write that is under way is seen to its end, because its
   * outcome is the truth: what was committed is reported as written.
   *
   * @throws {UpdateError} with the reason and the whole story, in every case but a bug.
   */
  async update(
    locate: Locate<Raw>,
    change: Change<Raw, Note>,
    policy: UpdatePolicy,
    signal?: AbortSignal,
  ): Promise<UpdateResult<Raw, Note>> {
    const { clock } = this.options;
    const update = new Update<Raw, Note>(change, policy, clock, signal);
    const located = await find(update, locate, this.options, signal);
    if (!located) return await update.result;
    const { key, record = key, client = record, seen, store } = located;
    const room = this.rooms.acquire(
      record,
      () => new Room(clock, this.memories.of(record), this.lags.of(client)),
    );
    this.memories.keep(record, room.record);
    const lane = room.lanes.acquire(key, () => new Lane(store, this.options, room));
    try {
      lane.enqueue(update, seen);
      return await update.result;
    } catch (error) {
      update.crash(error);
      throw error;
    } finally {
      this.memories.keep(record, room.record);
      room.lanes.release(key);
      this.rooms.release(record);
    }
  }
}
