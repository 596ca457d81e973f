import type { Random } from '../clock';

/** When a request was sent and when its answer came, on the clock of the core. */
export interface RoundTrip {
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** What an update has seen and a backoff may learn from. */
export type Observation =
  | (RoundTrip & {
      readonly kind: 'read';
      readonly version: number | null;
      /** Whether the content differs from that of the read before; `false` on the first read. */
      readonly contentMoved: boolean;
    })
  | (RoundTrip & { readonly kind: 'conflict' })
  /** Throttled, transient or ambiguous. */
  | { readonly kind: 'fault' };

/**
 * How long to wait before the next attempt. Immutable and pure: `observe` gives the next state,
 * `delay` asks this one, so whole lists of delays can be tested with a seed.
 */
export interface Backoff {
  observe(observation: Observation): Backoff;
  /** Milliseconds to wait after the failure observed last. */
  delay(random: Random): number;
  /**
   * Set where the next read should catch the moment after the record has moved, by reads so many ms
   * apart; see `readAfterMove`.
   */
  readonly chaseGapMs?: number | undefined;
}

/** Bounds of a backoff. */
export interface BackoffBounds {
  /** The delay that the strategies start from, in ms. */
  readonly baseMs: number;
  /** No single delay is longer than this, in ms. */
  readonly maxMs: number;
}
