import type { Random } from '../clock';
import type { Backoff, BackoffBounds, Observation, RoundTrip } from './backoff';
import { exponentialCeiling } from './exponential';

/** Writers per idle slot that the crowd aims at: higher finishes sooner and costs more conflicts. */
const LOAD = 1.5;
/** The crowd assumed at the first conflict. */
const ASSUMED_CROWD = 10;
/** How many commits of evidence that assumption is worth. */
const ASSUMED_EVIDENCE = 3;
/** No mean wait is longer than this many round trips. */
const MAX_MEAN_WAIT = 40;
/** After so many looks in a row that showed nothing but churn, luck is not enough any more. */
const STUBBORN_CHURN = 12;
/** How close together reads are that chase the churn, in round trips. */
const CHASE_GAP = 0.1;
/** How many of the latest round trips tell how long one takes. */
const ROUND_TRIPS_KEPT = 8;

/** What is known about the writers that compete for the record. */
interface Headcount {
  /** Estimated number of writers that want in, ourselves included. */
  readonly crowd: number;
  /** Commits of others seen so far, the assumed ones included. */
  readonly seen: number;
  /** The newest version seen, and when. */
  readonly version: number;
  readonly at: number;
}

interface AdaptiveState {
  readonly roundTrips: readonly number[];
  /** The version that the last read showed; `undefined` before the first that showed one. */
  readonly version: number | undefined;
  /** `undefined` before the first conflict. */
  readonly headcount: Headcount | undefined;
  /** How many of the last looks in a row showed a version that had moved, but the same content. */
  readonly churned: number;
  readonly conflicts: number;
  readonly faults: number;
  readonly last: 'conflict' | 'fault';
}

/**
 * Estimates how many writers compete for the record, from what each read shows anyway, and waits
 * just long enough for them.
 *
 * Why it works: the version tells how many others committed since the last look. With the right
 * estimate of the crowd, a slot in which nobody is between read and write comes once in `LOAD`
 * commits. Fewer such idle slots mean that the crowd is bigger than thought, more that it is
 * smaller; the correction shrinks as evidence grows. Each writer waits for the part of the crowd
 * that has not committed yet, so whoever was overtaken by everybody else stops waiting: nobody
 * starves. Where the version moved but the content did not, the record's own life moved it (churn).
 * That does not yield to waiting, so the next retry goes at once, and nothing is learnt from it.
 * Where churn is so fast that a write hardly ever fits in between, reads chase it.
 *
 * Waits after conflicts follow the measured round trips and `maxMs`; waits after faults are full
 * jitter from `baseMs`. So are those after conflicts where the API has no version to learn from.
 */
export function adaptive(bounds: BackoffBounds): Backoff {
  return new AdaptiveBackoff(bounds, {
    roundTrips: [],
    version: undefined,
    headcount: undefined,
    churned: 0,
    conflicts: 0,
    faults: 0,
    last: 'fault',
  });
}

class AdaptiveBackoff implements Backoff {
  constructor(
    private readonly bounds: BackoffBounds,
    private readonly state: AdaptiveState,
  ) {}

  observe(observation: Observation): Backoff {
    return new AdaptiveBackoff(this.bounds, next(this.state, observation));
  }

  get chaseGapMs(): number | undefined {
    if (this.state.churned < STUBBORN_CHURN) return undefined;
    return CHASE_GAP * typicalRoundTrip(this.state.roundTrips);
  }

  delay(random: Random): number {
    const { churned, conflicts, faults, headcount, last, roundTrips } = this.state;
    if (last === 'fault') return random() * exponentialCeiling(this.bounds, faults);
    if (churned > 0) return 0;
    if (!headcount) return random() * exponentialCeiling(this.bounds, conflicts);
    const stillWaiting = (headcount.crowd - headcount.seen) / LOAD - 2;
    const mean = Math.min(Math.max(0, stillWaiting), MAX_MEAN_WAIT) * typicalRoundTrip(roundTrips);
    return Math.min(random() * 2 * mean, this.bounds.maxMs);
  }
}

function next(state: AdaptiveState, observation: Observation): AdaptiveState {
  if (observation.kind === 'fault') return { ...state, faults: state.faults + 1, last: 'fault' };
  const roundTrips = [...state.roundTrips, observation.answeredAt - observation.sentAt].slice(
    -ROUND_TRIPS_KEPT,
  );
  const roundTrip = typicalRoundTrip(roundTrips);
  const at = middle(observation);
  if (observation.kind === 'conflict') {
    return {
      ...state,
      roundTrips,
      headcount: state.headcount ?? firstConflict(state.version, at, roundTrip),
      conflicts: state.conflicts + 1,
      last: 'conflict',
    };
  }
  const { version, contentMoved } = observation;
  if (version === null) return { ...state, roundTrips };
  const churned = !contentMoved && version > (state.version ?? version);
  return {
    ...state,
    roundTrips,
    version,
    churned: churned ? state.churned + 1 : 0,
    headcount:
      state.headcount &&
      // A pause after a fault says nothing about the crowd either: nobody was trying.
      (churned || state.last === 'fault'
        ? { ...state.headcount, version, at }
        : recount(state.headcount, { version, at }, roundTrip)),
  };
}

/** The conflict itself proves one commit; when the next could be, is two round trips away. */
function firstConflict(
  version: number | undefined,
  at: number,
  roundTrip: number,
): Headcount | undefined {
  if (version === undefined) return undefined;
  return {
    crowd: ASSUMED_CROWD,
    seen: ASSUMED_EVIDENCE,
    version: version + 1,
    at: at + 2 * roundTrip,
  };
}

function recount(
  { crowd, seen, version, at }: Headcount,
  read: { readonly version: number; readonly at: number },
  roundTrip: number,
): Headcount {
  const commits = Math.max(0, read.version - version);
  const slots = Math.max(0, read.at - at) / roundTrip;
  const idle = Math.max(0, slots - commits);
  const correction =
    commits > 0
      ? (1 + commits / seen) ** (1 - (LOAD * idle) / commits)
      : Math.exp((-LOAD * idle) / seen);
  return {
    crowd: crowd * correction,
    seen: seen + commits,
    version: Math.max(version, read.version),
    at: Math.max(at, read.at),
  };
}

function middle({ sentAt, answeredAt }: RoundTrip): number {
  return (sentAt + answeredAt) / 2;
}

/** The harmonic mean, which one slow reply hardly moves. Never 0, for it is divided by. */
function typicalRoundTrip(roundTrips: readonly number[]): number {
  const reciprocals = roundTrips.reduce((sum, ms) => sum + 1 / Math.max(ms, 0.001), 0);
  return reciprocals > 0 ? roundTrips.length / reciprocals : 0.001;
}
