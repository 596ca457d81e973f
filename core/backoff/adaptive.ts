import type { Random } from '../clock';
import type { Backoff, BackoffBounds, Observation } from './backoff';
import { exponentialCeiling } from './exponential';
import { middle, movesIn, type Pace, slotMs, START_OF_PACE, watch } from './pace';
import { keep, NO_ROUND_TRIPS, type RoundTrips, typicalMs, unevenness } from './round-trips';

/** Writers per slot that the crowd aims at: higher finishes sooner and costs more conflicts. */
const LOAD = 1.65;
/**
 * So much of it comes on top for each unit of unevenness of the round trips: where they differ, quick
 * attempts overtake slow ones, and a slot holds more of them.
 */
const LOAD_OF_UNEVENNESS = 3.4;
/**
 * In round trips, how long half of those stand back on average who met their first conflict: just long
 * enough to read what the other half has committed.
 */
const STAND_BACK = 1.75;
/** The crowd assumed at the first conflict: with a smaller one a herd of 20 writes too often. */
const ASSUMED_CROWD = 10;
/** How many commits of evidence that assumption is worth: few, so that it is soon corrected. */
const ASSUMED_EVIDENCE = 3;
/** An attempt itself takes so many round trips, which need not be waited. */
const ATTEMPT = 2;
/** Waits are spread by so much of their mean to both sides: those who collided part, nobody straggles. */
const SPREAD = 0.5;
/** No mean wait is longer than this many round trips. */
const MAX_MEAN_WAIT = 40;
/** After so many looks in a row that showed nothing but churn, luck is not enough any more. */
const STUBBORN_CHURN = 12;
/** How close together reads are that chase the churn, in round trips. */
const CHASE_GAP = 0.1;

/** What is known about the writers that compete for the record. */
interface Headcount {
  /** Estimated number of writers that want in, ourselves included. */
  readonly crowd: number;
  /** Commits of others seen so far, the assumed ones included. */
  readonly seen: number;
  /** The newest version seen, and when. */
  readonly version: number;
  readonly at: number;
  readonly pace: Pace;
}

interface AdaptiveState {
  readonly roundTrips: RoundTrips;
  /** The version that the last read showed; `undefined` before the first that showed one. */
  readonly version: number | undefined;
  /** When that was. */
  readonly readAt: number;
  /** `undefined` before the first conflict. */
  readonly headcount: Headcount | undefined;
  /** How fast the version moves by itself, from looks that showed nothing else. */
  readonly churn: Pace;
  /** How many of the last looks in a row showed a version that had moved, but the same content. */
  readonly churned: number;
  /** How many of the last looks in a row showed no move although a conflict had proved one. */
  readonly stale: number;
  readonly conflicts: number;
  readonly faults: number;
  readonly last: 'conflict' | 'fault';
}

/**
 * Estimates how many writers compete for the record, from what each read shows anyway, and waits
 * just long enough for them.
 *
 * Why it works: the version tells how many others committed since the last look. A slot is the time
 * from a read to its write, so the record takes one commit a slot at best. With the right estimate of
 * the crowd, a slot in which nobody is between read and write comes once in `LOAD` commits. Fewer
 * idle slots mean that the crowd is bigger than thought, more that it is smaller; the correction
 * shrinks as evidence grows. Each writer waits for the part of the crowd that has not committed yet,
 * so whoever was overtaken by everybody else stops waiting: nobody starves. The first conflict tells
 * no crowd from a single other, so half of those who met it go again at once and half let them pass.
 * What moves faster than one commit a slot does not come from writers like us, and would not yield to
 * waiting: the slot shrinks to the pace of the record. Nor does what moves the version but not the
 * content (churn): the next retry goes at once, and nothing is learnt from it but its rate, which is
 * taken off what the version shows where both mix. Where churn is so fast that a write hardly ever
 * fits in between, reads chase it. A read that shows no move after a conflict lags: the next wait is
 * full jitter, and again nothing is learnt.
 *
 * `maxMs` caps every wait. `baseMs` is the least unit of the waits after faults, and of those after
 * conflicts where the API has no version to learn from: full jitter, in units of the round trip where
 * that is longer.
 */
export function adaptive(bounds: BackoffBounds): Backoff {
  return new AdaptiveBackoff(bounds, {
    roundTrips: NO_ROUND_TRIPS,
    version: undefined,
    readAt: 0,
    churn: START_OF_PACE,
    headcount: undefined,
    churned: 0,
    stale: 0,
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
    return CHASE_GAP * typicalMs(this.state.roundTrips);
  }

  delay(random: Random): number {
    const { churned, conflicts, faults, headcount, last, roundTrips, stale } = this.state;
    if (last === 'fault') return this.fullJitter(faults, random);
    if (stale > 0) return this.fullJitter(stale, random);
    if (churned > 0) return 0;
    if (!headcount) return this.fullJitter(conflicts, random);
    const roundTripMs = typicalMs(roundTrips);
    const roll = random();
    const waitMs =
      conflicts === 1
        ? standBackMs(roundTripMs, roll)
        : spread(meanWaitMs(headcount, roundTrips), roll);
    return Math.min(waitMs, this.bounds.maxMs);
  }

  private fullJitter(failures: number, random: Random): number {
    const baseMs = Math.max(this.bounds.baseMs, typicalMs(this.state.roundTrips));
    return random() * exponentialCeiling({ ...this.bounds, baseMs }, failures);
  }
}

/** Half of the rolls say to go at once; the others are rolls of their own. */
function standBackMs(roundTripMs: number, roll: number): number {
  return roll < 0.5 ? 0 : spread(STAND_BACK * roundTripMs, 2 * roll - 1);
}

function spread(meanMs: number, roll: number): number {
  return meanMs * (1 + SPREAD * (2 * roll - 1));
}

/** Until those who are left of the crowd have had their turn, `load` of them a slot. */
function meanWaitMs({ crowd, seen, pace }: Headcount, roundTrips: RoundTrips): number {
  const roundTripMs = typicalMs(roundTrips);
  const turnsMs = ((crowd - seen) / load(roundTrips)) * slotMs(pace, roundTripMs);
  return Math.min(Math.max(0, turnsMs - ATTEMPT * roundTripMs), MAX_MEAN_WAIT * roundTripMs);
}

function load(roundTrips: RoundTrips): number {
  return LOAD * (1 + LOAD_OF_UNEVENNESS * unevenness(roundTrips));
}

function next(state: AdaptiveState, observation: Observation): AdaptiveState {
  if (observation.kind === 'fault') return { ...state, faults: state.faults + 1, last: 'fault' };
  const roundTrips = keep(state.roundTrips, observation);
  const at = middle(observation);
  if (observation.kind === 'conflict') {
    return {
      ...state,
      roundTrips,
      headcount: state.headcount ?? firstConflict(state.version, at, typicalMs(roundTrips)),
      conflicts: state.conflicts + 1,
      last: 'conflict',
    };
  }
  const { version, contentMoved } = observation;
  if (version === null) return { ...state, roundTrips };
  const moves = version - (state.version ?? version);
  const churned = !contentMoved && moves > 0;
  const stale = state.last === 'conflict' && state.version !== undefined && moves <= 0;
  return {
    ...state,
    roundTrips,
    version,
    readAt: at,
    churn: churned ? watch(state.churn, moves, at - state.readAt) : state.churn,
    churned: churned ? state.churned + 1 : 0,
    stale: stale ? state.stale + 1 : 0,
    headcount:
      state.headcount &&
      // A pause after a fault says nothing about the crowd either: nobody was trying.
      (churned || stale || state.last === 'fault'
        ? passOver(state.headcount, { version, at })
        : recount(state.headcount, { version, at }, roundTrips, state.churn)),
  };
}

/** The conflict itself proves one commit; when the next could be, is two round trips away. */
function firstConflict(
  version: number | undefined,
  at: number,
  roundTripMs: number,
): Headcount | undefined {
  if (version === undefined) return undefined;
  return {
    crowd: ASSUMED_CROWD,
    seen: ASSUMED_EVIDENCE,
    version: version + 1,
    at: at + ATTEMPT * roundTripMs,
    pace: START_OF_PACE,
  };
}

type Look = Pick<Headcount, 'version' | 'at'>;

/** Learns nothing from what has happened up to a look. */
function passOver(headcount: Headcount, { version, at }: Look): Headcount {
  return { ...headcount, version, at: Math.max(headcount.at, at) };
}

function recount(
  { crowd, seen, version, at, pace }: Headcount,
  read: Look,
  roundTrips: RoundTrips,
  churn: Pace,
): Headcount {
  const moves = Math.max(0, read.version - version);
  const elapsedMs = Math.max(0, read.at - at);
  const paceNow = watch(pace, moves, elapsedMs);
  const slots = elapsedMs / slotMs(paceNow, typicalMs(roundTrips));
  // What churn has moved meanwhile is nobody's, nor is more than one a slot. But one there was.
  const contended = Math.min(moves - movesIn(churn, elapsedMs), slots);
  const commits = Math.min(moves, Math.max(1, contended));
  const idle = load(roundTrips) * Math.max(0, slots - commits);
  const correction =
    commits > 0 ? (1 + commits / seen) ** (1 - idle / commits) : Math.exp(-idle / seen);
  return {
    crowd: crowd * correction,
    seen: seen + commits,
    version: Math.max(version, read.version),
    at: Math.max(at, read.at),
    pace: paceNow,
  };
}
