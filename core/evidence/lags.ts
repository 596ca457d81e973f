import type { Clock } from '../clock';
import { type FirstLook, learn, UNKNOWN } from '../looks/first-look';

/** How long a lag counts, in ms. */
const COUNTS_FOR_MS = 3_600_000;

/** How long a write is waited for at least, in ms, before what shows in its place stands: Genesys itself speaks of 10 s. */
const SHORTEST_BOUND_MS = 10_000;

/** A first look that is sent so many ms after it was due is one that was due then. */
const MOST_LATE_MS = 250;

/** Times that are added and subtracted differ by less than so many ms. */
const ROUNDING_MS = 1;

/** While somebody looks, a read comes at least so often, in ms. */
const LOOKED_EVERY_MS = 2000;

/** How an accepted write has come to be shown; all times in ms from its acceptance on. */
export interface Shown {
  /** When it was to be looked for first, by {@link ClientLags.firstLookMs} then. */
  readonly firstLookMs: number;
  /** The latest read that did not show it was sent then. */
  readonly hiddenMs: number | undefined;
  /** The first one that did. */
  readonly byMs: number;
}

interface Lag {
  readonly ms: number;
  readonly at: number;
}

/** How long the reads of one client take to show what it has written, as far as this process has seen. */
export interface ClientLags {
  /** An accepted write was shown. */
  note(this: void, shown: Shown): void;
  /** After so many ms, what a read shows in place of a write stands. */
  boundMs(this: void): number;
  /** So many ms after an acceptance, four of five have been shown so far. */
  firstLookMs(this: void): number;
}

/** What was learnt from the writes of one client. */
interface Learnt {
  /** In the order in which they were seen, and each shorter than the one before it: no other one can count. */
  readonly longest: readonly Lag[];
  readonly firstLook: FirstLook;
}

/** The same, and when it was heard of last. */
interface Known extends Learnt {
  readonly at: number;
}

/** What was seen of lags in the last hour, by client. */
export class Lags {
  /** The one that was heard of least recently comes first. */
  private readonly clients = new Map<string, Known>();

  constructor(private readonly clock: Clock) {}

  of(client: string): ClientLags {
    return {
      note: (shown) => {
        this.note(client, shown);
      },
      boundMs: () => {
        const [longest] = this.recent(client).longest;
        return Math.max(SHORTEST_BOUND_MS, boundAfter(longest?.ms ?? 0));
      },
      firstLookMs: () => this.recent(client).firstLook.afterMs,
    };
  }

  private note(client: string, shown: Shown): void {
    const known = this.recent(client);
    const ms = lagOf(shown);
    const longer = known.longest.filter((lag) => lag.ms > ms);
    const at = this.clock.now();
    this.clients.delete(client);
    this.clients.set(client, {
      longest: boundAfter(ms) > SHORTEST_BOUND_MS ? [...longer, { ms, at }] : known.longest,
      firstLook: learnt(known.firstLook, shown),
      at,
    });
    for (const [name, { at: heardAt }] of this.clients) {
      if (this.counts(heardAt)) break;
      this.clients.delete(name);
    }
  }

  private recent(client: string): Learnt {
    const known = this.clients.get(client);
    if (!known || !this.counts(known.at)) return NOTHING_KNOWN;
    const { firstLook, longest } = known;
    return { firstLook, longest: longest.filter(({ at }) => this.counts(at)) };
  }

  private counts(at: number): boolean {
    return at > this.clock.now() - COUNTS_FOR_MS;
  }
}

const NOTHING_KNOWN: Learnt = { longest: [], firstLook: UNKNOWN };

/** How long a write was hidden, at most: it may have been there for long before anybody looked. */
function lagOf({ byMs, firstLookMs, hiddenMs = 0 }: Shown): number {
  return Math.min(byMs, Math.max(hiddenMs + LOOKED_EVERY_MS, firstLookMs));
}

function learnt(
  firstLook: FirstLook,
  { byMs, firstLookMs, hiddenMs = -Infinity }: Shown,
): FirstLook {
  // Of several that were looked for at the same time, one tells as much as all.
  if (firstLookMs !== firstLook.afterMs) return firstLook;
  if (hiddenMs > firstLookMs - ROUNDING_MS) return learn(firstLook, { hiddenMs, byMs });
  // A look that had to wait tells nothing of the time when it was due.
  return byMs <= firstLookMs + MOST_LATE_MS ? learn(firstLook, 'hit') : firstLook;
}

/** How long to wait where reads lag so long, in ms. */
export function boundAfter(lagMs: number): number {
  return 2 * lagMs;
}
