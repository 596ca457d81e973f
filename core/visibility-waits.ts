/** Waits between looks whether an accepted write has become visible, in ms. */
const FIRST_MS = 250;
const GROWTH = 1.5;
const LONGEST_MS = 2000;

/** From 250 ms towards 2 s: reads may lag for some seconds, and each look costs a request. */
export function* visibilityWaits(): Generator<number, never> {
  for (let ms = FIRST_MS; ; ms = Math.min(ms * GROWTH, LONGEST_MS)) yield ms;
}
