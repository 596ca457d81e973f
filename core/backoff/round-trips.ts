import type { RoundTrip } from './backoff';

/** How many of the latest round trips tell how long one takes. */
const KEPT = 8;
/** One reply that takes for ever says nothing about the rest. */
const MAX_UNEVENNESS = 0.25;

/** How long the latest requests took, in ms. */
export type RoundTrips = readonly number[];

export const NO_ROUND_TRIPS: RoundTrips = [];

export function keep(roundTrips: RoundTrips, { sentAt, answeredAt }: RoundTrip): RoundTrips {
  // Never 0, for it is divided by.
  return [...roundTrips, Math.max(answeredAt - sentAt, 0.001)].slice(-KEPT);
}

/** The harmonic mean, which one slow reply hardly moves; 0 where nothing is known. */
export function typicalMs(roundTrips: RoundTrips): number {
  if (roundTrips.length === 0) return 0;
  return roundTrips.length / roundTrips.reduce((sum, ms) => sum + 1 / ms, 0);
}

/**
 * How much the round trips differ: by how much of itself their mean is longer than the harmonic one,
 * which is about their variance in terms of the mean. 0 where all are equal.
 */
export function unevenness(roundTrips: RoundTrips): number {
  if (roundTrips.length === 0) return 0;
  const mean = roundTrips.reduce((sum, ms) => sum + ms, 0) / roundTrips.length;
  return Math.min(mean / typicalMs(roundTrips) - 1, MAX_UNEVENNESS);
}
