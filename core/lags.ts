import type { Clock } from './clock';

/** How long a lag counts, in ms. */
const COUNTS_FOR_MS = 3_600_000;

/** How long a write is waited for at least, in ms, before what shows in its place stands: Genesys itself speaks of 10 s. */
const SHORTEST_BOUND_MS = 10_000;

interface Lag {
  readonly ms: number;
  readonly at: number;
}

/** How long the reads of one client take to show what it has written, as far as this process has seen. */
export interface ClientLags {
  /** Another write was shown so many ms after it had been accepted. */
  note(this: void, ms: number): void;
  /** After so many ms, what a read shows in place of a write stands. */
  boundMs(this: void): number;
}

/** The longest lags of the last hour, by client. */
export class Lags {
  /** In the order in which they were seen, and each shorter than the one before it: no other one can count. */
  private readonly lags = new Map<string, readonly Lag[]>();

  constructor(private readonly clock: Clock) {}

  of(client: string): ClientLags {
    return {
      note: (ms) => {
        this.note(client, ms);
      },
      boundMs: () => Math.max(SHORTEST_BOUND_MS, boundAfter(this.recent(client)[0]?.ms ?? 0)),
    };
  }

  private note(client: string, ms: number): void {
    for (const known of this.lags.keys()) {
      const recent = this.recent(known);
      if (recent.length > 0) this.lags.set(known, recent);
      else this.lags.delete(known);
    }
    if (boundAfter(ms) <= SHORTEST_BOUND_MS) return;
    const longer = this.recent(client).filter((lag) => lag.ms > ms);
    this.lags.set(client, [...longer, { ms, at: this.clock.now() }]);
  }

  private recent(client: string): readonly Lag[] {
    const since = this.clock.now() - COUNTS_FOR_MS;
    return (this.lags.get(client) ?? []).filter(({ at }) => at > since);
  }
}

/** How long to wait where reads lag so long, in ms. */
export function boundAfter(lagMs: number): number {
  return 2 * lagMs;
}
