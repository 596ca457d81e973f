import type { Clock } from './clock';
import { askedToWaitMs } from './contention';
import type { Member } from './member';
import {
  isStoreError,
  type Permit,
  type Snapshot,
  type Store,
  type TimedSnapshot,
  type Visibility,
} from './store';
import { visibilityWaits } from './visibility-waits';

/** Tells from a later snapshot whether something can be seen. */
export type Judge<State> = (later: Snapshot<State>) => Visibility;

/** Somebody who waits until something can be seen. */
export interface Watcher<State, Report> {
  readonly member: Member<State, Report>;
  readonly report: Report;
  readonly batchSize: number;
  /** Whether what it waits for is a write of its own. */
  readonly wrote: boolean;
}

/** Something accepted that reads are to show, and who waits for it. */
interface Watch<State, Report> {
  readonly judge: Judge<State>;
  readonly watchers: readonly Watcher<State, Report>[];
  readonly since: number;
  readonly waits: Iterator<number, never>;
  dueAt: number;
}

/** Reads a record until what was accepted can be seen: one read for all who wait. */
export class ReadBack<State, Report> {
  private readonly watches = new Set<Watch<State, Report>>();
  private nap = new AbortController();
  private reading = new AbortController();
  private running = false;

  /**
   * @param onOvertaken told of a read that shows that somebody else wrote after us, and who met it
   */
  constructor(
    private readonly store: Store<State>,
    private readonly clock: Clock,
    private readonly onOvertaken: (
      read: TimedSnapshot<State>,
      members: readonly Member<State, Report>[],
    ) => void,
  ) {}

  /** Ends the update of each watcher when it can be seen, or fails its attempt when it is overtaken. */
  watch(judge: Judge<State>, watchers: readonly Watcher<State, Report>[]): void {
    for (const { member } of watchers) {
      member.lastFailure = undefined;
      member.onLeave = () => {
        this.release();
      };
    }
    const since = this.clock.now();
    const waits = visibilityWaits();
    this.watches.add({ judge, watchers, since, waits, dueAt: since + waits.next().value });
    if (this.running) this.nap.abort();
    else void this.run();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.dropAbandoned()) {
      const from = this.clock.now();
      const dueAt = Math.min(...[...this.watches].map((watch) => watch.dueAt));
      if (dueAt > from) {
        this.nap = new AbortController();
        for (const { progress } of membersOf(this.watches)) progress.beginWait();
        await this.clock.sleep(dueAt - from, this.nap.signal).catch(() => undefined);
        continue;
      }
      await this.look([...this.watches]);
    }
    this.running = false;
  }

  /** Answers whether anybody is left. */
  private dropAbandoned(): boolean {
    for (const watch of this.watches) {
      const left = watch.watchers.some(({ member }) => member.stillTakesPart());
      if (!left) this.watches.delete(watch);
    }
    return this.watches.size > 0;
  }

  private release(): void {
    if (this.dropAbandoned()) return;
    this.nap.abort();
    this.reading.abort();
  }

  /** A read whose passing failures do not matter, because the next look comes anyway. */
  private async look(watches: readonly Watch<State, Report>[]): Promise<void> {
    this.reading = new AbortController();
    const { signal } = this.reading;
    const members = membersOf(watches);
    let permit: Permit | undefined;
    let retryAfterMs = 0;
    try {
      permit = await this.store.admission?.permit(1, signal);
      for (const { progress } of members) progress.endWait();
      const sentAt = this.clock.now();
      const timeoutMs = Math.max(...members.map((member) => member.requestTimeoutMs()));
      const snapshot = await this.store.read({ timeoutMs, signal, ...(permit && { permit }) });
      for (const member of members) member.lastFailure = undefined;
      this.show({ snapshot, sentAt, answeredAt: this.clock.now() }, watches);
    } catch (error) {
      if (!isStoreError<State>(error) || error.failure.kind === 'permanent') {
        this.giveUp(watches, error);
        return;
      }
      // Only a wait that the server asks for is kept in mind.
      const throttled = error.failure.kind === 'throttled';
      for (const member of members) member.lastFailure = throttled ? error : undefined;
      retryAfterMs = askedToWaitMs(error.failure);
    } finally {
      permit?.giveBack();
      this.schedule(retryAfterMs);
    }
  }

  /** When to look again. */
  private schedule(retryAfterMs: number): void {
    const now = this.clock.now();
    for (const watch of this.watches) {
      if (watch.dueAt <= now) watch.dueAt = now + Math.max(watch.waits.next().value, retryAfterMs);
    }
  }

  private giveUp(watches: readonly Watch<State, Report>[], error: unknown): void {
    for (const member of membersOf(watches)) {
      if (isStoreError<State>(error)) member.fail(error);
      else member.crash(error);
    }
  }

  private show(read: TimedSnapshot<State>, watches: readonly Watch<State, Report>[]): void {
    for (const watch of watches) {
      const seen = watch.judge(read.snapshot);
      if (seen === 'notYet') continue;
      this.watches.delete(watch);
      if (seen === 'there') succeed(watch.watchers, read.snapshot);
      else this.overtaken(watch.watchers, read);
    }
  }

  /** Each is judged by its own: what became of a lane-mate's attributes is none of its business. */
  private overtaken(watchers: readonly Watcher<State, Report>[], read: TimedSnapshot<State>): void {
    const untouched: Watcher<State, Report>[] = [];
    const overwritten: Watcher<State, Report>[] = [];
    for (const watcher of watchers) {
      const { member, report, wrote } = watcher;
      try {
        const isThere = wrote && member.change.shown(report, read.snapshot) === 'all';
        (isThere ? untouched : overwritten).push(watcher);
      } catch (error) {
        member.crash(error);
      }
    }
    const { visibility } = read.snapshot;
    if (!visibility) succeed(untouched, read.snapshot);
    else if (untouched.length > 0) this.watch(visibility, untouched);
    if (overwritten.length > 0) this.overwritten(overwritten, read);
  }

  private overwritten(
    watchers: readonly Watcher<State, Report>[],
    read: TimedSnapshot<State>,
  ): void {
    for (const { member, report, wrote } of watchers) {
      member.progress.conflicts++;
      if (!wrote) continue;
      // It was there, so there is nothing uncertain any more.
      member.uncertain = undefined;
      member.noteWritten(report);
    }
    this.onOvertaken(
      read,
      watchers.map(({ member }) => member),
    );
  }
}

/** Whether all that two judges look for can be seen. */
export function worstOf<State>(
  one: Judge<State> | undefined,
  other: Judge<State> | undefined,
): Judge<State> | undefined {
  if (!one || !other) return one ?? other;
  return (later) => {
    const seen = [one(later), other(later)];
    if (seen.includes('overtaken')) return 'overtaken';
    return seen.includes('notYet') ? 'notYet' : 'there';
  };
}

function membersOf<State, Report>(
  watches: Iterable<Watch<State, Report>>,
): Member<State, Report>[] {
  return [...watches].flatMap(({ watchers }) => watchers.map(({ member }) => member));
}

function succeed<State, Report>(
  watchers: readonly Watcher<State, Report>[],
  snapshot: Snapshot<State>,
): void {
  for (const { member, report, batchSize, wrote } of watchers) {
    member.succeed(wrote ? 'written' : member.outcome, snapshot, report, batchSize);
  }
}
