import type { Observation } from '../backoff';
import type { Clock, Random } from '../clock';
import { askedToWaitMs, isStoreError } from '../store';
import type { Update } from '../update/update';

/** Newcomers learn from so many of the latest observations. */
const OBSERVATIONS_KEPT = 64;

/**
 * For no longer, in ms, is a lane closed to newcomers because of what one reply asked for: that may be
 * a mistake. With an error it is no more than an estimate (RFC 9110, section 10.2.3).
 */
const LONGEST_FLOOR_MS = { throttled: 3_600_000, otherwise: 60_000 };

/** Whoever has a backoff of its own. */
type Learner = Pick<Update<never, never>, 'observe' | 'delayMs'>;

/** What a lane has met since its last success, and how long its updates had better wait for it. */
export class Contention {
  private observations: Observation[] = [];
  private failedAt = -Infinity;
  /** One roll of the dice for all: the shortest of many waits would be no jitter any more. */
  private roll = 0;
  private conflicts = 0;
  private retriesAtOnce = false;
  /** The server asked for no request before this. */
  floorAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** Whether the last conflict was the first since the last success. */
  get isFirstConflict(): boolean {
    return this.conflicts === 1;
  }

  /** Whether there was a conflict since the last success. */
  get hadConflict(): boolean {
    return this.conflicts > 0;
  }

  observe(learners: readonly Learner[], observation: Observation): void {
    this.observations = [...this.observations, observation].slice(-OBSERVATIONS_KEPT);
    for (const learner of learners) learner.observe(observation);
  }

  noteConflict(): void {
    this.conflicts++;
  }

  /** Waiting would gain nothing: what the next cycle needs is known, or easily read. */
  retryAtOnce(): void {
    this.retriesAtOnce = true;
  }

  /** A cycle begins. */
  begin(): void {
    this.retriesAtOnce = false;
  }

  /** A cycle has failed. */
  noteFailure(error: unknown): void {
    this.failedAt = this.clock.now();
    this.roll = this.random();
    if (!isStoreError(error)) return;
    const { failure } = error;
    const longestMs = LONGEST_FLOOR_MS[failure.kind === 'throttled' ? 'throttled' : 'otherwise'];
    const floorMs = Math.min(askedToWaitMs(failure), longestMs);
    this.floorAt = Math.max(this.floorAt, this.failedAt + floorMs);
  }

  noteSuccess(): void {
    this.observations = [];
    this.failedAt = -Infinity;
    this.conflicts = 0;
  }

  /**
   * Teaches a newcomer what the others have met.
   *
   * @returns when its first attempt may begin: it waits as they do.
   */
  teach(newcomer: Learner): number {
    for (const observation of this.observations) newcomer.observe(observation);
    return this.failedAt + this.delayMs(newcomer);
  }

  /** How long an update waits after the last failure, in ms. */
  delayMs(learner: Learner): number {
    return this.retriesAtOnce ? 0 : learner.delayMs(this.roll);
  }
}
