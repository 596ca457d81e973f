import type { Backoff } from './backoff';

/** A roll that is smaller is not made smaller still. */
const LEAST_ROLL = 0.05;

/**
 * A wait by chance that leaves time for another attempt: what outlasts the time left is shortened, by
 * half of the roll, as often as that helps.
 *
 * @param roll of the dice, in [0, 1)
 * @returns milliseconds; as many as are left, or more, where even a short wait is too long
 */
export function fittingMs(backoff: Pick<Backoff, 'delay'>, roll: number, leftMs: number): number {
  const waitMs = backoff.delay(() => roll);
  return waitMs >= leftMs && roll > LEAST_ROLL ? fittingMs(backoff, roll / 2, leftMs) : waitMs;
}
