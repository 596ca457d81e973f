import { Alarm } from '../alarm';
import { onAbort } from '../cancellation';
import type { Clock } from '../clock';
import { Crowd } from './crowd';

/**
 * Once those before it are written, a group waits for more updates for so many times as long as they
 * have taken, within these bounds: where requests take long, it pays to share them.
 */
const WAIT = { timesTaken: 3, shortestMs: 250, longestMs: 500 };

/** Nobody waits longer than this, in ms, however long those before take. */
const LONGEST_IN_ALL_MS = 750;

/** Nor for a larger share of the time that is left to it. */
const PATIENCE = 0.1;

/** The next update is late when it has not come in so many times the usual gap. */
const LATE_AFTER_GAPS = 8;

/** Where the timer for that goes off so many ms after its time, the process was too busy to take updates in. */
const HELD_UP_MS = 4;

/** Updates that begin together. */
interface Group {
  /** Of those who have come by themselves, and wait. */
  size: number;
  /** Then it waits for no more updates: `Infinity` while those before it are being written. */
  fullAt: number;
  /** Then the next update is late. */
  lateAt: number;
  /** So many ms more it gets, once, where the process was held up. */
  graceMs: number;
  /** It begins by then, whatever happens. */
  latestAt: number;
  /** Goes off when it begins. */
  readonly alarm: Alarm;
}

/** What an update is for, as far as that is known before it is found. */
export interface Target {
  readonly name: string;
  /** It comes right after another one of the same caller, and so only with it in a group. */
  readonly follows?: boolean;
}

/** What there is to know of an update that comes. */
export interface Comer {
  /** In ms, of its total timeout. */
  readonly leftMs: number;
  /** Resolves when its write is answered, at its end at the latest. */
  readonly writeAnswered: Promise<unknown>;
  /** See {@link Target}. */
  readonly follows?: boolean | undefined;
  /** Ends its wait. */
  readonly cancelled?: AbortSignal | undefined;
}

/**
 * Lets updates of one target begin together that come one by one all the time: a group shares its
 * look-up, its read and its write. It begins some time after those before it are written, for which it
 * would wait in its lane anyway, or as soon as the next update is late or no other one is left that
 * could come; and all of it in the order in which they came.
 *
 * A lone update waits for nobody, nor does the first of many.
 */
export class Gathering {
  private readonly crowd: Crowd;
  private group: { readonly times: Group; readonly begun: Promise<void> } | undefined;
  /** So many updates have begun that are not written yet. */
  private beingWritten = 0;
  private latestBeganAt = 0;
  /** So long it took from the beginning of the latest ones until all were written. */
  private takenMs = 0;

  constructor(private readonly clock: Clock) {
    this.crowd = new Crowd(clock);
  }

  get usefulUntil(): number {
    return this.crowd.usefulUntil;
  }

  /** Whether more updates are about to come, and so a read of the record. */
  get othersCome(): boolean {
    return this.crowd.isGoingOn;
  }

  /**
   * Runs an update when it had better begin: at once, unless others are about to come.
   *
   * @param update told for how many ms it has waited
   */
  async run<Result>(comer: Comer, update: (waitedMs: number) => Promise<Result>): Promise<Result> {
    const end = comer.follows ? undefined : this.crowd.noteArrival();
    try {
      return await this.begin(comer, update, await this.wait(comer));
    } finally {
      end?.();
    }
  }

  private async begin<Result>(
    { writeAnswered }: Comer,
    update: (waitedMs: number) => Promise<Result>,
    waitedMs: number,
  ): Promise<Result> {
    this.beingWritten++;
    this.latestBeganAt = this.clock.now();
    void writeAnswered.then(() => {
      if (--this.beingWritten > 0) return;
      this.takenMs = this.clock.now() - this.latestBeganAt;
      if (!this.group) return;
      const { times } = this.group;
      times.fullAt = this.fullAt;
      times.alarm.ring();
    });
    return await update(waitedMs);
  }

  /** @returns milliseconds that it took */
  private async wait(comer: Comer): Promise<number> {
    if (comer.follows) return await this.join(comer);
    const gapMs = this.crowd.usualGapMs;
    if (!this.group && gapMs === undefined) return 0;
    const now = this.clock.now();
    const { times } = (this.group ??= this.openGroup());
    times.size++;
    if (this.crowd.isAllOf(times.size)) times.latestAt = now;
    times.graceMs = LATE_AFTER_GAPS * (gapMs ?? 0);
    times.lateAt = now + times.graceMs;
    try {
      return await this.join(comer);
    } finally {
      times.size--;
    }
  }

  /** @returns milliseconds that it took */
  private async join({ cancelled, leftMs }: Comer): Promise<number> {
    if (!this.group) return 0;
    const { begun, times } = this.group;
    const now = this.clock.now();
    const patienceMs = Math.min(LONGEST_IN_ALL_MS, leftMs * PATIENCE);
    times.latestAt = Math.min(times.latestAt, now + patienceMs);
    times.alarm.ring();
    await unlessAborted(begun, cancelled);
    return this.clock.now() - now;
  }

  private openGroup(): NonNullable<typeof this.group> {
    const alarm = new Alarm(this.clock);
    const { fullAt } = this;
    const never = { graceMs: 0, lateAt: Infinity, latestAt: Infinity };
    const times = { size: 0, fullAt, ...never, alarm };
    return { times, begun: this.beginningOf(times) };
  }

  private isDue(times: Group): boolean {
    const now = this.clock.now();
    if (now >= Math.min(times.fullAt, times.latestAt)) return true;
    const isHeldUp = now > times.lateAt + HELD_UP_MS;
    if (isHeldUp) {
      times.lateAt = now + times.graceMs;
      times.graceMs = 0;
    }
    return now >= times.lateAt;
  }

  private get fullAt(): number {
    if (this.beingWritten > 0) return Infinity;
    const { longestMs, shortestMs, timesTaken } = WAIT;
    const waitMs = Math.min(Math.max(timesTaken * this.takenMs, shortestMs), longestMs);
    return this.clock.now() + waitMs;
  }

  /** One timer for all of a group: timers of their own would not go off in the order in which they were set. */
  private async beginningOf(times: Group): Promise<void> {
    while (!this.isDue(times)) {
      await times.alarm.sleepUntil(Math.min(times.fullAt, times.lateAt, times.latestAt));
    }
    this.group = undefined;
    this.crowd.noteBeginning();
  }
}

async function unlessAborted(done: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const aborted = Promise.withResolvers<undefined>();
  const stopListening = onAbort(signal, () => {
    aborted.resolve(undefined);
  });
  await Promise.race([done, aborted.promise]);
  stopListening();
}
