import type { Clock } from '../clock';

/** Those who come closer, in ms, come together: that tells nothing of when the next will. */
const SHORTEST_GAP_MS = 5;

/** Those who come further apart, in ms, as a rule, are no crowd. */
const LONGEST_GAP_MS = 250;

/** How close updates come is judged by so many of the latest gaps, and not before there are so many. */
const GAPS = { kept: 8, needed: 4 };

/** How many there are at once is judged by so many of the latest groups. */
const GROUPS_KEPT = 8;

/** After so many ms without an update, the next one is the first again. */
const FORGOTTEN_AFTER_MS = 1000;

/** An update that has come. */
interface Arrival {
  readonly at: number;
  hasEnded: boolean;
}

/**
 * How close updates of one target come, and how many of them there are at once. An update that comes
 * after the one before it has ended may be the next one of a loop: to wait for others would slow that
 * down, so it counts against a crowd.
 */
export class Crowd {
  private latest: Arrival = { at: -Infinity, hasEnded: true };
  /** How long after the one before each of those came that count, in ms. */
  private gaps: readonly number[] = [];
  private present = 0;
  /** The most that were present at once, for each of the latest groups, the newest first. */
  private most: readonly number[] = [];

  constructor(private readonly clock: Clock) {}

  get usefulUntil(): number {
    return this.latest.at + FORGOTTEN_AFTER_MS;
  }

  /** Milliseconds from one update to the next, as a rule, where others are about to come. */
  get usualGapMs(): number | undefined {
    if (this.gaps.length < GAPS.needed) return undefined;
    const sorted = [...this.gaps].sort((one, other) => one - other);
    const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity;
    return median > LONGEST_GAP_MS ? undefined : median;
  }

  /** Whether the next update is to be expected now. */
  get isGoingOn(): boolean {
    return this.clock.now() <= this.latest.at + LONGEST_GAP_MS && this.usualGapMs !== undefined;
  }

  /** @returns what to call when the update has ended */
  noteArrival(): () => void {
    const before = this.latest;
    const arrival = { at: this.clock.now(), hasEnded: false };
    this.latest = arrival;
    this.noteGap(before, arrival);
    this.present++;
    this.most = [Math.max(this.most[0] ?? 0, this.present), ...this.most.slice(1)];
    return () => {
      arrival.hasEnded = true;
      this.present--;
    };
  }

  /** A group has begun. */
  noteBeginning(): void {
    this.most = [this.present, ...this.most].slice(0, GROUPS_KEPT);
  }

  /** Whether there are no others than so many: several loops come again only when these have ended. */
  isAllOf(size: number): boolean {
    return size >= Math.max(...this.most);
  }

  private noteGap(before: Arrival, { at }: Arrival): void {
    const gapMs = at - before.at;
    if (gapMs > FORGOTTEN_AFTER_MS) this.gaps = [];
    else if (before.hasEnded) this.gaps = this.gaps.slice(1);
    else if (gapMs >= SHORTEST_GAP_MS) this.gaps = [...this.gaps, gapMs].slice(-GAPS.kept);
  }
}
