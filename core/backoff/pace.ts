import type { RoundTrip } from './backoff';

/** So many slots have to be watched before the record's pace outweighs the round trip. */
const EVIDENCE = 6;

/** How fast a record moves, as far as it was watched. */
export interface Pace {
  readonly moves: number;
  readonly elapsedMs: number;
}

export const START_OF_PACE: Pace = { moves: 0, elapsedMs: 0 };

export function watch(pace: Pace, moves: number, elapsedMs: number): Pace {
  return { moves: pace.moves + moves, elapsedMs: pace.elapsedMs + elapsedMs };
}

/**
 * The shortest time between two commits, in ms: one round trip, from a read to its write. Less where
 * the record moves faster than that, because others are nearer to it than we are.
 */
export function slotMs({ moves, elapsedMs }: Pace, roundTripMs: number): number {
  return Math.min(roundTripMs, (EVIDENCE * roundTripMs + elapsedMs) / (EVIDENCE + moves));
}

/** How often a record moves in so many ms, at this pace. */
export function movesIn(pace: Pace, ms: number): number {
  return pace.elapsedMs > 0 ? (pace.moves / pace.elapsedMs) * ms : 0;
}

/** When a request was at the server, about. */
export function middle({ sentAt, answeredAt }: RoundTrip): number {
  return (sentAt + answeredAt) / 2;
}
