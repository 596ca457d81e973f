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
  | { readonly kind: 'unavailable'; readonly applied: boolean; readonly retryAfterMs?: number }
  | UncleanFault;

/** What befalls one request where the world is not clean. */
export type UncleanFault =
  /** Arrives in time, but its reply comes so much later: it tells of what was. */
  | { readonly kind: 'lateReply'; readonly byMs: number }
  /**
   * A gateway on the way sends it once more, so much later. The reply that comes is that of the first
   * one, or none. That of the second one never comes alone: it would be a conflict with what the
   * first one did, which nobody can tell from one with a rival who wrote the same.
   */
  | { readonly kind: 'repeated'; readonly afterMs: number; readonly replyLost: boolean }
  /** The reply to a write that succeeds does not show what was written. */
  | { readonly kind: 'partialEcho'; readonly echo: Echo }
  /** Right after a write that succeeds a stranger writes, which its reply shows, too. */
  | { readonly kind: 'overtaken'; readonly call: Call }
  /**
   * A write is answered with success by something on the way, and not applied: a page, which tells
   * that it is no answer of the platform's, or nothing that could be told from one.
   */
  | { readonly kind: 'falseAcceptance'; readonly isPage: boolean }
  /** A read is answered with 404 by a replica that does not know the record yet. */
  | { readonly kind: 'absent' };

/** What a reply to a write shows: no attributes, those that changed, or what was there before. */
export type Echo = 'nothing' | 'changes' | 'before' | 'before, at its version';

/** What happens to a record without any client's doing. */
export type Incident =
  /** Somebody else writes, whatever the version is. */
  | { readonly kind: 'foreignWrite'; readonly call: Call }
  /** The version moves, the content does not. */
  | { readonly kind: 'churn' }
  /** Reads go on showing what is there now. */
  | { readonly kind: 'lag'; readonly forMs: number }
  /** Each read shows what is there, or what was there up to so many ms before, as replicas will. */
  | { readonly kind: 'flips'; readonly forMs: number; readonly byMs: number }
  /** 404 from now on. */
  | { readonly kind: 'gone' };
