import { parseDelay } from './retry-after';

/** What the server tells of its own count of a client's requests; any part may be missing. */
export interface RateLimit {
  /** Requests that it has counted. */
  readonly count: number | undefined;
  /** Requests that it allows in a minute. */
  readonly allowed: number | undefined;
  /** Milliseconds until it counts anew. */
  readonly resetMs: number | undefined;
}

/** Reads the rate limit headers of a reply. What is missing or malformed is `undefined`. */
export function rateLimitOf(header: (name: string) => string | undefined): RateLimit {
  return {
    count: wholeNumber(header('inin-ratelimit-count')),
    allowed: wholeNumber(header('inin-ratelimit-allowed')),
    resetMs: parseDelay(header('inin-ratelimit-reset')),
  };
}

function wholeNumber(text: string | undefined): number | undefined {
  // More digits would not be exact any more.
  return text !== undefined && /^\s*\d{1,12}\s*$/.test(text) ? Number(text) : undefined;
}
