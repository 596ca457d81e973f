import { Alarm } from './alarm';
import { onAbort } from './cancellation';
import type { Clock } from './clock';

/** Nobody waits for others longer than this, in ms. */
const LONGEST_MS = 250;

/** Nor for a larger share of the time that is left to it. */
const PATIENCE = 0.1;

/** Those who come closer, in ms, meet anyway while a request is under way. */
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

/** What there is to know of an update that comes. */
export interface Comer {
  /** In ms, of its total timeout. */
  readonly leftMs: number;
  /** Ends its wait. */
  readonly cancelled?: AbortSignal | undefined;
}

/**
 * Lets updates of one target begin together that come one by one all the time: a group shares its
 * look-up, its read and its write. It begins when the next update is late, or when the first has
 * waited long enough, and all of it in the order in which they came.
 *
 * A lone update waits for nobody, nor does the first of many. Only updates that meet others under way
 * wait and count, as whoever waits for the end of one before it begins the next would wait here for
 * itself.
 */
export class Gathering {
  private underWay = 0;
  private latestAt = -Infinity;
  /** Between each of the latest updates that met others under way and the one before, in ms. */
  private gaps: readonly number[] = [];
  private group: { readonly times: Group; readonly begun: Promise<void> } | undefined;

  constructor(private readonly clock: Clock) {}

  get usefulUntil(): number {
    return this.latestAt + FORGOTTEN_AFTER_MS;
  }

  /**
   * Resolves when an update had better begin: at once, unless others are about to come. To be followed
   * by {@link end}.
   *
   * @returns milliseconds that it waited
   */
  async begin({ cancelled, leftMs }: Comer): Promise<number> {
    const now = this.clock.now();
    const gapMs = this.note(now) ? this.usualGapMs : undefined;
    if (!this.group && gapMs === undefined) return 0;
    const { begun, times } = (this.group ??= this.openGroup());
    const before = times.beginsAt;
    times.latestAt = Math.min(times.latestAt, now + Math.min(LONGEST_MS, leftMs * PATIENCE));
    times.beginsAt = Math.min(times.latestAt, now + LATE_AFTER_GAPS * (gapMs ?? 0));
    if (times.beginsAt < before) times.alarm.ring();
    await unlessAborted(begun, cancelled);
    return this.clock.now() - now;
  }

  /** An update has ended. */
  end(): void {
    this.underWay--;
  }

  /** Milliseconds from one update to the next, as a rule, where others are about to come. */
  private get usualGapMs(): number | undefined {
    if (this.gaps.length < GAPS.needed) return undefined;
    const sorted = [...this.gaps].sort((one, other) => one - other);
    const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity;
    return median < SHORTEST_MS || median > LONGEST_MS ? undefined : median;
  }

  /** @returns whether an update meets others under way */
  private note(now: number): boolean {
    const gapMs = now - this.latestAt;
    const meetsOthers = this.underWay > 0;
    if (gapMs > FORGOTTEN_AFTER_MS) this.gaps = [];
    else if (meetsOthers) this.gaps = [...this.gaps, gapMs].slice(-GAPS.kept);
    // The crowd may be over.
    else this.gaps = this.gaps.slice(1);
    this.latestAt = now;
    this.underWay++;
    return meetsOthers;
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
