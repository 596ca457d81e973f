import type { Call } from './operation';

/** What befalls one request. Without a fault it takes its way there and back and succeeds. */
export type Fault =
  /** Never arrives. */
  | { readonly kind: 'dropped' }
  /** Arrives, but its reply does not. */
  | { readonly kind: 'replyLost' }
  /** Arrives so much later, perhaps when nobody waits for it any more. */
  | { readonly kind: 'late'; readonly byMs: number }
  /** A write is answered with a conflict although nobody else wrote. */
  | { readonly kind: 'spuriousConflict'; readonly namesVersion: boolean }
  /** 429. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** 503, perhaps from a proxy in front of a server that did the work. */
  | { readonly kind: 'unavailable'; readonly applied: boolean; readonly retryAfterMs?: number };

/** What happens to a record without any client's doing. */
export type Incident =
  /** Somebody else writes, whatever the version is. */
  | { readonly kind: 'foreignWrite'; readonly call: Call }
  /** The version moves, the content does not. */
  | { readonly kind: 'churn' }
  /** Reads go on showing what is there now. */
  | { readonly kind: 'lag'; readonly forMs: number }
  /** 404 from now on. */
  | { readonly kind: 'gone' };
