import { Alarm } from './alarm';
import { onAbort } from './cancellation';
import type { Clock } from './clock';

/** Nobody waits for others longer than this, in ms. */
const LONGEST_MS = 250;

/** Nor for a larger share of the time that is left to it. */
const PATIENCE = 0.1;

/** Those who come closer, in ms, come together: that tells nothing of when the next will. */
const SHORTEST_MS = 5;

/** The next update is late when it has not come in so many times the usual gap. */
const LATE_AFTER_GAPS = 8;

/** How close updates come is judged by so many of the latest gaps, and not before there are so many. */
const GAPS = { kept: 8, needed: 4 };

/** After so many ms without an update, the next one is the first again. */
const FORGOTTEN_AFTER_MS = 1000;

/** Updates that begin together. */
interface Group {
  beginsAt: number;
  /** It begins by then, however many come. */
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
  /** See {@link Target}. */
  readonly follows?: boolean | undefined;
  /** Ends its wait. */
  readonly cancelled?: AbortSignal | undefined;
}

/** An update that has come. */
interface Arrival {
  readonly at: number;
  hasEnded: boolean;
}

/**
 * Lets updates of one target begin together that come one by one all the time: a group shares its
 * look-up, its read and its write. It begins when the next update is late, or when the first has
 * waited long enough, and all of it in the order in which they came.
 *
 * A lone update waits for nobody, nor does the first of many. Only updates that come before the latest
 * one has ended count, as whoever waits for the end of one before it begins the next would wait here for
 * itself. Any other one says that the crowd may be over.
 */
export class Gathering {
  private latest: Arrival = { at: -Infinity, hasEnded: true };
  /** How long after the one before each of those came that count, in ms. */
  private gaps: readonly number[] = [];
  private group: { readonly times: Group; readonly begun: Promise<void> } | undefined;

  constructor(private readonly clock: Clock) {}

  get usefulUntil(): number {
    return this.latest.at + FORGOTTEN_AFTER_MS;
  }

  /**
   * Runs an update when it had better begin: at once, unless others are about to come.
   *
   * @param update told for how many ms it has waited
   */
  async run<Result>(comer: Comer, update: (waitedMs: number) => Promise<Result>): Promise<Result> {
    if (comer.follows) return await update(await this.waitForGroup(comer));
    const before = this.latest;
    const arrival = { at: this.clock.now(), hasEnded: false };
    this.latest = arrival;
    this.noteGap(before, arrival);
    try {
      return await update(await this.wait(comer, this.usualGapMs));
    } finally {
      arrival.hasEnded = true;
    }
  }

  private noteGap(before: Arrival, { at }: Arrival): void {
    const gapMs = at - before.at;
    if (gapMs > FORGOTTEN_AFTER_MS) this.gaps = [];
    else if (before.hasEnded) this.gaps = this.gaps.slice(1);
    else if (gapMs >= SHORTEST_MS) this.gaps = [...this.gaps, gapMs].slice(-GAPS.kept);
  }

  /** @returns milliseconds that it took */
  private async wait(comer: Comer, gapMs: number | undefined): Promise<number> {
    if (!this.group && gapMs === undefined) return 0;
    const now = this.clock.now();
    const { times } = (this.group ??= this.openGroup());
    const before = times.beginsAt;
    const patienceMs = Math.min(LONGEST_MS, comer.leftMs * PATIENCE);
    times.latestAt = Math.min(times.latestAt, now + patienceMs);
    times.beginsAt = Math.min(times.latestAt, now + LATE_AFTER_GAPS * (gapMs ?? 0));
    if (times.beginsAt < before) times.alarm.ring();
    return await this.waitForGroup(comer);
  }

  /** @returns milliseconds that it took */
  private async waitForGroup({ cancelled }: Comer): Promise<number> {
    if (!this.group) return 0;
    const now = this.clock.now();
    await unlessAborted(this.group.begun, cancelled);
    return this.clock.now() - now;
  }

  /** Milliseconds from one update to the next, as a rule, where others are about to come. */
  private get usualGapMs(): number | undefined {
    if (this.gaps.length < GAPS.needed) return undefined;
    const sorted = [...this.gaps].sort((one, other) => one - other);
    const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity;
    return median > LONGEST_MS ? undefined : median;
  }

  private openGroup(): NonNullable<typeof this.group> {
    const times = { beginsAt: Infinity, latestAt: Infinity, alarm: new Alarm(this.clock) };
    return { times, begun: this.beginningOf(times) };
  }

  /** One timer for all of a group: timers of their own would not go off in the order in which they were set. */
  private async beginningOf(times: Group): Promise<void> {
    while (this.clock.now() < times.beginsAt) await times.alarm.sleepUntil(times.beginsAt);
    this.group = undefined;
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
