import type { Registry } from '../registry';
import type { SharedReads, TimedSnapshot } from '../store';

/** Writes that leave together are accepted one after the other, within so many ms. */
const TOGETHER_MS = 100;

/** Where a read of others is about to come that may save the look, it may wait for so many times its slack. */
const SLACK_WHERE_OTHERS_COME = 2;

/** Looks at the same are so many ms apart at least: where reads do not lag, each acceptance asks for one. */
const APART_MS = 50;

/** Whoever looks at a record. */
export interface Looker {
  /** When its next look is due; `Infinity` for none, or while one is on its way. */
  readonly dueAt: number;
  /** It may come so many ms later where that makes it one with others. */
  readonly slackMs: number;
  /** It must not come later for the sake of others; `Infinity` where that does not matter. */
  readonly latestAt: number;
  /** Whether others are about to read the same, which may save the look. */
  readonly othersCome: boolean;
  look(): Promise<void>;
}

/** Lets all who look at records that the same read shows look at the same moment. */
export class JointLooks {
  private readonly lookers = new Set<Looker>();
  private notBefore = -Infinity;

  /** Until when it matters when the latest look was. */
  get usefulUntil(): number {
    return this.notBefore;
  }

  add(looker: Looker): void {
    this.lookers.add(looker);
  }

  delete(looker: Looker): void {
    this.lookers.delete(looker);
  }

  /** When it is to look: with the last of those who are due soon after the first. */
  dueAt(looker: Looker): number {
    if (looker.dueAt === Infinity) return Infinity;
    // Each is asked once: with many who wait, that takes some time.
    const waiting = [...this.lookers]
      .map(({ dueAt, latestAt, slackMs }) => ({ dueAt, latestAt, slackMs }))
      .sort((one, other) => one.dueAt - other.dueAt);
    let roundAt = -Infinity;
    for (const { dueAt, slackMs } of waiting) {
      if (dueAt <= roundAt) continue;
      const firstAt = Math.max(dueAt, this.notBefore);
      const later = waiting.filter((other) => other.dueAt >= dueAt);
      const patience = Math.min(...later.map((other) => other.latestAt));
      const latestAt = Math.min(firstAt + Math.max(TOGETHER_MS, slackMs), patience);
      const last = waiting.findLast((other) => other.dueAt <= latestAt);
      roundAt = Math.max(
        firstAt,
        last?.dueAt ?? firstAt,
        this.othersReadBy(firstAt, slackMs, patience),
      );
      if (looker.dueAt <= roundAt) break;
    }
    return roundAt;
  }

  /** Until when a look waits for a read of others: not at all where that would take much of somebody's time. */
  private othersReadBy(dueAt: number, slackMs: number, latestAt: number): number {
    const until = dueAt + SLACK_WHERE_OTHERS_COME * slackMs;
    const hasTime = until <= (dueAt + latestAt) / 2;
    return hasTime && [...this.lookers].some(({ othersCome }) => othersCome) ? until : -Infinity;
  }

  /** Whoever is due looks now. */
  look(now: number): void {
    this.notBefore = now + APART_MS;
    for (const looker of this.lookers) if (looker.dueAt <= now) void looker.look();
  }
}

/** The part of one record in them, as long as anybody waits to see something of it. */
export class JoinedLooks<Raw> {
  private readonly looks: JointLooks;
  private readonly unfollow: () => void;

  /** @param onRead told what the others have read */
  constructor(
    private readonly jointLooks: Registry<JointLooks>,
    private readonly reads: SharedReads<Raw>,
    private readonly looker: Looker,
    onRead: (timed: TimedSnapshot<Raw>) => void,
  ) {
    this.looks = jointLooks.acquire(reads.name, () => new JointLooks());
    this.looks.add(looker);
    this.unfollow = reads.follow(onRead);
  }

  leave(): void {
    this.unfollow();
    this.looks.delete(this.looker);
    this.jointLooks.release(this.reads.name);
  }

  get dueAt(): number {
    return this.looks.dueAt(this.looker);
  }

  look(now: number): void {
    this.looks.look(now);
  }
}
