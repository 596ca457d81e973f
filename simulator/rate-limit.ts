const WINDOW_MS = 60_000;

/** Where a request stands against the limit. */
export interface Allowance {
  readonly granted: boolean;
  /** Requests granted in the current window. */
  readonly count: number;
  /** Requests the limit allows in any window. */
  readonly allowed: number;
  /** Whole seconds until the oldest request leaves the window. */
  readonly resetSeconds: number;
}

/** So many requests in any 60 seconds. Refused requests do not count. */
export class RateLimit {
  readonly #allowed: number;
  readonly #grantedAt: number[] = [];

  constructor(requestsPerMinute: number) {
    this.#allowed = requestsPerMinute;
  }

  take(): Allowance {
    const { granted } = this.look();
    if (granted) this.#grantedAt.push(performance.now());
    return { ...this.look(), granted };
  }

  /** Whether a request would be granted, which is not counted. */
  look(): Allowance {
    const now = performance.now();
    while (this.#grantedAt[0] !== undefined && this.#grantedAt[0] <= now - WINDOW_MS) {
      this.#grantedAt.shift();
    }
    const oldest = this.#grantedAt[0] ?? now;
    return {
      granted: this.#grantedAt.length < this.#allowed,
      count: this.#grantedAt.length,
      allowed: this.#allowed,
      resetSeconds: Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1000)),
    };
  }
}
