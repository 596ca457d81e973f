import type { Change } from './change';
import { Lane } from './lane';
import type { Locate, Located } from './store';
import { Update } from './update';
import type { LaneOptions, Surroundings, UpdatePolicy, UpdateResult } from './update-types';

const DEFAULTS = { freshMs: 250, maxQueue: 10_000 };

interface Entry<State, Report> {
  readonly lane: Lane<State, Report>;
  /** Updates that are not over yet. */
  riders: number;
  /** Keeps an idle lane from being forgotten. */
  cancelForgetting?: () => void;
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
export class Lanes<State, Report> {
  private readonly entries = new Map<string, Entry<State, Report>>();
  private readonly options: LaneOptions;

  constructor(options: Surroundings & Partial<LaneOptions>) {
    this.options = { ...DEFAULTS, ...options };
  }

  /** Lanes that are in use, or were a moment ago. */
  get size(): number {
    return this.entries.size;
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
    locate: Locate<State>,
    change: Change<State, Report>,
    policy: UpdatePolicy,
    signal?: AbortSignal,
  ): Promise<UpdateResult<State, Report>> {
    let leave: (() => void) | undefined;
    const board = (located: Located<State>) => {
      const entry = this.enter(located);
      leave = () => {
        this.leave(located.key, entry);
      };
      return entry.lane;
    };
    try {
      return await new Update(locate, board, change, policy, this.options, signal).run();
    } finally {
      leave?.();
    }
  }

  private enter({ key, store }: Located<State>): Entry<State, Report> {
    const entry = this.entries.get(key) ?? { lane: new Lane(store, this.options), riders: 0 };
    this.entries.set(key, entry);
    entry.riders++;
    entry.cancelForgetting?.();
    return entry;
  }

  /** An idle lane leaves nothing behind, once what it knows is of no use any more. */
  private leave(key: string, entry: Entry<State, Report>): void {
    if (--entry.riders > 0) return;
    const forget = () => {
      this.entries.delete(key);
    };
    const usefulForMs = entry.lane.freshUntil - this.options.clock.now();
    if (usefulForMs > 0) entry.cancelForgetting = this.options.clock.later(usefulForMs, forget);
    else forget();
  }
}
