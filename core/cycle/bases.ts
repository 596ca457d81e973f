import { LookSchedule } from '../looks/look-schedule';
import { sameParts } from '../parts';
import { isAbsent, isStoreError, type Snapshot, StoreError, type TimedSnapshot } from '../store';
import type { Update } from '../update/update';
import type { CycleContext } from './cycle-context';
import { layOver, type Reading } from './reading';
import type { Requests } from './requests';

/** Gets what a cycle starts from: a snapshot that may stand in for a read, or a read that proves something. */
export class Bases<Raw, Note> {
  constructor(
    private readonly updates: readonly Update<Raw, Note>[],
    private readonly requests: Requests<Raw, Note>,
    private readonly context: CycleContext<Raw, Note>,
  ) {}

  /** What may stand in for a read. A receipt may well be out of date, so nobody's last attempt rests on one. */
  spare(): Reading<Raw> | undefined {
    const { clock, log, memory, record } = this.context;
    const spare = memory.takeSpare(this.updates, clock.now());
    if (!spare) return undefined;
    const { version } = spare.snapshot;
    if (record.isBehind(version)) return undefined;
    if (record.isOvertaken(version)) return layOver({ ...spare, source: 'overtaken' }, log);
    const isLast = this.updates.some(
      ({ policy, progress }) => progress.attempts >= policy.maxAttempts,
    );
    return isLast && spare.source === 'receipt' ? undefined : layOver(spare, log);
  }

  /**
   * Reads until a read proves something. One that is behind proves nothing, and is no attempt.
   *
   * @param shown what was read before, where that was overtaken: only something newer will do
   * @returns `undefined` where nobody waits for it any more
   * @throws what the store throws
   */
  async read(shown?: Snapshot<Raw>): Promise<Reading<Raw> | undefined> {
    const { clock, record } = this.context;
    const looks = new LookSchedule(clock.now());
    const isNews = ({ version }: Snapshot<Raw>) =>
      (version ?? 0) > (shown?.version ?? -1) || !record.isOvertaken(version);
    for (let isFirst = !shown; ; isFirst = false) {
      if (!isFirst && !(await this.pause(looks))) return undefined;
      const timed = await this.ask();
      if (timed && isNews(timed.snapshot) && !record.isBehind(timed.snapshot.version)) {
        return this.noted(timed);
      }
    }
  }

  /** @returns `undefined` where the record is missing for the moment */
  private async ask(): Promise<TimedSnapshot<Raw> | undefined> {
    try {
      const timed = await this.requests.read();
      if (!this.context.store.versioned || timed.snapshot.version !== null) return timed;
      const message = 'The record came without a version, so a write could not be made safe.';
      throw new StoreError(message, { kind: 'permanent', lacksVersion: true });
    } catch (error) {
      if (isStoreError(error) && isAbsent(error) && this.context.record.mayBeAbsent) {
        return undefined;
      }
      throw error;
    }
  }

  private noted(timed: TimedSnapshot<Raw>): Reading<Raw> {
    const { contention, log, memory, onRead, record } = this.context;
    const source = record.isOvertaken(timed.snapshot.version) ? 'overtaken' : 'read';
    const reading = layOver({ ...timed, source }, log);
    const { sentAt, answeredAt, snapshot } = reading;
    const { parts, version } = snapshot;
    const contentMoved = memory.latest !== undefined && !sameParts(memory.latest, parts);
    contention.observe(this.updates, { kind: 'read', sentAt, answeredAt, version, contentMoved });
    memory.latest = parts;
    record.noteVersion(version);
    onRead(reading);
    return reading;
  }

  /** @returns whether anybody still waits */
  private async pause(looks: LookSchedule): Promise<boolean> {
    const { clock } = this.context;
    for (const { progress } of this.present()) progress.beginWait();
    await this.requests.pause(looks.dueAt - clock.now());
    for (const { progress } of this.updates) progress.endWait();
    // A timer may go off a little early: then that was the look, and not one before it.
    looks.looked(Math.max(clock.now(), looks.dueAt), 0);
    for (const update of this.updates) update.checkTime();
    return this.present().length > 0;
  }

  private present(): readonly Update<Raw, Note>[] {
    return this.updates.filter(({ isWanted }) => isWanted);
  }
}
