import { type Clock, systemClock } from '../../core';
import { GenesysError } from '../transport/genesys-error';
import type { Limits } from './limits';
import type { RateLimit } from '../transport/rate-limit';
import { SlidingWindow } from './sliding-window';

/** Whoever finds all requests on their way comes back after so many ms. */
const LOOK_AGAIN_MS = 1000;

/** Requests of one kind. */
interface Kind {
  readonly window: SlidingWindow;
  /** What replies to them say is allowed in a minute: `Infinity` where they say nothing, `undefined` before the first. */
  allowed: number | undefined;
  opensAt: number;
}

/** A limit, and the requests whose replies have told of it. */
export interface ToldLimit {
  readonly requests: number;
  readonly kind: string;
}

/**
 * Keeps apart what the server says it allows one token for one kind of request and for all together.
 * Each token has one of these, since its replies tell of its own count. A limit that several kinds tell
 * of counts for all; one that only one of them tells of, or that is smaller than what others tell of,
 * counts for that kind alone.
 */
export class KindLimits {
  private readonly kinds = new Map<string, Kind>();
  /** What counts for all, where replies have told of such a limit. */
  private told: ToldLimit | undefined;

  constructor(
    private readonly limits: Limits,
    private readonly clock: Clock = systemClock,
    private readonly token = 0,
  ) {}

  /** The limit that counts for all, where it is smaller than the configured one. */
  get smallerLimit(): ToldLimit | undefined {
    return this.told && this.told.requests < this.limits.requestsPerMinute ? this.told : undefined;
  }

  /** @throws {GenesysError} where no request of that kind may be sent now. */
  check(name: string): void {
    const { allowed = Infinity, opensAt, window } = this.of(name);
    if (allowed >= this.common()) return;
    const now = this.clock.now();
    const fullForMs = window.fullForMs(1, Math.max(1, allowed), now);
    const waitMs = Math.max(opensAt - now, fullForMs === Infinity ? LOOK_AGAIN_MS : fullForMs);
    if (waitMs <= 0) return;
    throw new GenesysError(
      `The ${allowed} requests "${name}" are used up that Genesys Cloud allows in a minute (inin-ratelimit-allowed).`,
      { kind: 'throttled', sent: false, retryAfterMs: waitMs, isOwnCount: true },
    );
  }

  /**
   * Counts a request that is about to be sent.
   *
   * @returns what to call when its answer has come or will not come any more
   */
  send(name: string): () => void {
    const { window } = this.of(name);
    window.reserve(1);
    return () => {
      window.answered(this.clock.now());
    };
  }

  /** Takes note of what a reply says; `isSuccess` tells it from one of whoever stands between. */
  heed(name: string, limit: RateLimit, isSuccess: boolean): void {
    const kind = this.of(name);
    const { allowed, count, resetMs } = limit;
    kind.allowed = allowed ?? kind.allowed ?? (isSuccess ? Infinity : undefined);
    const common = this.common();
    if (allowed === common) this.told = { requests: allowed, kind: name };
    if (this.told && this.told.requests !== common) this.told = undefined;
    if (allowed === common) this.limits.heed(limit, this.token);
    else {
      this.limits.heed({ count: undefined, allowed: common, resetMs: undefined }, this.token);
      if (allowed !== undefined && count !== undefined && count >= allowed) {
        kind.opensAt = this.clock.now() + (resetMs ?? 0);
      }
    }
  }

  /** What is allowed to all kinds together, as far as several have told. */
  private common(): number {
    const told = [...this.kinds.values()].flatMap(({ allowed }) => allowed ?? []);
    return told.length > 1 ? Math.max(...told) : Infinity;
  }

  private of(name: string): Kind {
    const known = this.kinds.get(name);
    if (known) return known;
    const kind: Kind = { window: new SlidingWindow(), allowed: undefined, opensAt: -Infinity };
    this.kinds.set(name, kind);
    return kind;
  }
}

/** Names a kind of request: those that differ in their IDs or queries only are of one. */
export function kindOf(method: string, path: string): string {
  return `${method} ${path.replace(/\?.*/, '').replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '{id}')}`;
}
