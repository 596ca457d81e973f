/** Where nothing is known: so many ms after a write was accepted. */
const UNKNOWN_MS = 250;

/** Times that are shorter than this, in ms, make no difference. */
const SHORTEST_MS = 16;
const LONGEST_MS = 10_000;

/** The time changes by steps, each a factor. */
const SMALLEST_STEP = 1.04;
const LARGEST_STEP = 2;

/** A miss takes it up by so many of the steps that a hit takes it down: it settles where four of five hit. */
const STEPS_UP = 4;

/** More hits in a row than are to be expected: the lag has become shorter, and the steps become larger. */
const MANY_IN_A_ROW = 5;

/** What the first look after a write has shown. */
export type FirstLookOutcome =
  | 'hit'
  /** A read that was sent so many ms after the acceptance did not show it, and a later one did. */
  | { readonly hiddenMs: number; readonly byMs: number };

/**
 * When to look first whether an accepted write can be seen: at the time by which four of five have
 * been. Too early costs another look, too late keeps the caller waiting, and a look does not tell how
 * far off it was. So the time goes by a weighted staircase: a step down after each hit, four steps up
 * after a miss. Steps shrink when the direction changes.
 */
export interface FirstLook {
  /** So many ms after the acceptance. */
  readonly afterMs: number;
  readonly step: number;
  /** In a row. */
  readonly hits: number;
  readonly hasMissed: boolean;
}

/** Where nothing has been learnt. */
export const UNKNOWN: FirstLook = {
  afterMs: UNKNOWN_MS,
  step: LARGEST_STEP,
  hits: 0,
  hasMissed: false,
};

/** What one more outcome teaches. */
export function learn(known: FirstLook, outcome: FirstLookOutcome): FirstLook {
  return outcome === 'hit' ? afterHit(known) : afterMiss(known, outcome);
}

function afterHit({ afterMs, step: before, hits: hitsBefore, hasMissed }: FirstLook): FirstLook {
  const hits = hitsBefore + 1;
  let step = hits === 1 && hasMissed ? shrunk(before) : before;
  if (hits >= MANY_IN_A_ROW) step = Math.min(step ** 2, LARGEST_STEP);
  const earlierMs = afterMs / step;
  return { afterMs: earlierMs < SHORTEST_MS / 2 ? 0 : earlierMs, step, hits, hasMissed };
}

function afterMiss(
  { afterMs, step: before, hits }: FirstLook,
  { byMs, hiddenMs }: Exclude<FirstLookOutcome, 'hit'>,
): FirstLook {
  const step = hits > 0 ? shrunk(before) : before;
  const laterMs = Math.max(afterMs, SHORTEST_MS) * step ** STEPS_UP;
  // No further than what would have hit, and no less than what would have missed.
  const boundedMs = Math.min(Math.max(laterMs, hiddenMs), byMs, LONGEST_MS);
  return { afterMs: boundedMs, step, hits: 0, hasMissed: true };
}

function shrunk(step: number): number {
  return Math.max(SMALLEST_STEP, Math.sqrt(step));
}
