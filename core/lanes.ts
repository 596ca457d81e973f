import { SharedListeners } from './cancellation';
import type { Change } from './change';
import type { Clock } from './clock';
import { IntentLog } from './evidence/intent-log';
import { type ClientLags, Lags } from './evidence/lags';
import { RecordMemories } from './evidence/record-memories';
import type { RecordMemory } from './evidence/record-memory';
import { Gathering, type Target } from './gathering/gathering';
import { Lane } from './lane/lane';
import type { JointLooks } from './looks/joint-looks';
import { Registry } from './registry';
import type { Locate, Located, LocateLimits, StoreError } from './store';
import type { LaneOptions, Surroundings, UpdatePolicy, UpdateResult } from './update-types';
import { find } from './update/find';
import { Update } from './update/update';

const DEFAULTS = { freshMs: 250, maxQueue: 10_000 };
/** All ways of writing one record: each has a lane, and all share a log and what is remembered. */
class Room<Raw, Note> {
  readonly log: IntentLog;
  readonly lanes: Registry<Lane<Raw, Note>>;

  constructor(
    clock: Clock,
    readonly record: RecordMemory,
    readonly jointLooks: Registry<JointLooks>,
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
  private readonly jointLooks: Registry<JointLooks>;
  private readonly gatherings: Registry<Gathering>;
  private readonly options: LaneOptions;
  private readonly listeners = new SharedListeners();
  private arrivals = 0;

  constructor(options: Surroundings & Partial<LaneOptions>) {
    this.options = { ...DEFAULTS, ...options };
    this.rooms = new Registry(options.clock);
    this.memories = new RecordMemories(options.clock);
    this.lags = new Lags(options.clock);
    this.jointLooks = new Registry(options.clock);
    this.gatherings = new Registry(options.clock);
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
   * @param target updates of one target that come all the time are gathered, see {@link Gathering}
   * @throws {UpdateError} with the reason and the whole story, in every case but a bug.
   */
  async update<RawOf extends Raw, NoteOf extends Note>(
    locate: Locate<RawOf>,
    change: Change<RawOf, NoteOf>,
    policy: UpdatePolicy,
    signal?: AbortSignal,
    target?: Target,
  ): Promise<UpdateResult<RawOf, NoteOf>> {
    const { clock } = this.options;
    const { listeners } = this;
    const arrival = this.arrivals++;
    const origin = { arrival, clock, listeners, signal };
    if (target === undefined) {
      return await this.run(new Update<RawOf, NoteOf>(change, policy, origin), locate);
    }
    const { follows, name } = target;
    const gathering = this.gatherings.acquire(name, () => new Gathering(clock));
    const update = new Update<RawOf, NoteOf>(change, policy, { ...origin, gathering });
    const { cancelled, writeAnswered } = update;
    const comer = { leftMs: policy.totalTimeoutMs, cancelled, follows, writeAnswered };
    try {
      return await gathering.run(comer, async (waitedMs) => {
        update.progress.waited(waitedMs);
        return await this.run(update, locate);
      });
    } finally {
      this.gatherings.release(name);
    }
  }

  private async run<RawOf extends Raw, NoteOf extends Note>(
    update: Update<RawOf, NoteOf>,
    locate: Locate<RawOf>,
  ): Promise<UpdateResult<RawOf, NoteOf>> {
    let failed: StoreError | undefined;
    do {
      const located = await find(update, locate, this.options, failed);
      failed = located && (await this.stay(update, located));
    } while (failed);
    return await update.result;
  }

  /**
   * Reads something that is not to be changed, and tries again as often and as long as the policy
   * allows: as the record of an update is found. Nothing is written, so nothing is combined.
   *
   * @throws {UpdateError} with the reason and the whole story, in every case but a bug.
   */
  async read<Result>(
    attempt: (limits: LocateLimits) => Promise<Result>,
    policy: UpdatePolicy,
    signal?: AbortSignal,
  ): Promise<Result> {
    const { clock } = this.options;
    const { listeners } = this;
    // It waits in no lane, so that its place does not matter.
    const origin = { arrival: 0, clock, listeners, signal };
    const update = new Update<never, never>(ONLY_READ, policy, origin);
    const asked = async (limits: LocateLimits) => ({ result: await attempt(limits), waitedMs: 0 });
    const found = await find(update, asked, this.options, undefined);
    if (!found) {
      await update.result;
      throw new Error('It has ended without a failure.');
    }
    update.moveTo({ kind: 'ended' });
    return found.result;
  }

  /** @returns what has failed, where the record is elsewhere; else the update has ended */
  private async stay<RawOf extends Raw, NoteOf extends Note>(
    update: Update<RawOf, NoteOf>,
    located: Located<RawOf>,
  ): Promise<StoreError | undefined> {
    const { clock } = this.options;
    const { key, record = key, client = record, store } = located;
    const room = this.rooms.acquire(
      record,
      () => new Room(clock, this.memories.of(record), this.jointLooks, this.lags.of(client)),
    );
    // Whoever has the same key has a store of the same kind.
    const lane = room.lanes.acquire(
      key,
      () => new Lane<RawOf, NoteOf>(store, this.options, room) as unknown as Lane<Raw, Note>,
    ) as unknown as Lane<RawOf, NoteOf>;
    try {
      return await lane.take(update, located);
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

/** What is read is not changed. */
const ONLY_READ = {
  idempotent: true,
  apply: () => ({ kind: 'refused', reason: 'It was only to be read.' }) as const,
};
