/** What the stream tells a browser, by the name of the event. Times are in ms since 1970. */
export interface Messages {
  readonly overview: Overview;
  /** A call that is new, or has changed. */
  readonly call: CallMessage;
  readonly requests: RequestsMessage;
}

export interface Overview {
  readonly flavour: string;
  /** Conversation IDs of the calls that are told of, the newest first. */
  readonly calls: readonly string[];
  /** How many older calls there are. */
  readonly olderCalls: number;
  readonly otherWritesPerSecond: number;
  readonly visibleAfterMs: Span;
  readonly faults: readonly PendingFault[];
}

/** Reads show a write `from` so many ms after it at the earliest, and `to` so many in general. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface PendingFault {
  readonly kind: string;
  readonly on: string;
  /** How many requests it may still meet; null: any number. */
  readonly left: number | null;
}

export interface CallMessage {
  readonly conversationId: string;
  readonly connected: boolean;
  readonly participants: readonly ParticipantMessage[];
}

export interface ParticipantMessage {
  readonly id: string;
  readonly purpose: string;
  readonly presence: 'connected' | 'ringing' | 'left';
  readonly version: number;
  /** Who moved the version to where it is; undefined for the first one. */
  readonly movedBy: string | undefined;
  readonly attributes: readonly AttributeMessage[];
  /** How many more attributes there are than are told of. */
  readonly moreAttributes: number;
}

export interface AttributeMessage {
  readonly name: string;
  readonly value: string;
  /** The last write that changed it; undefined where it is as it was when the call began. */
  readonly written: Written | undefined;
}

export interface Written {
  readonly by: string;
  readonly at: number;
  /** The version that the write has led to. */
  readonly version: number;
}

export interface RequestsMessage {
  /** New ones, and some that were told of before and have ended since; in order of arrival. */
  readonly requests: readonly RequestMessage[];
  /** How many in between are not told of, because there were too many. */
  readonly leftOut: number;
}

/** What became of a request. */
export type Verdict = 'inFlight' | 'ok' | 'conflict' | 'refused' | 'falseSuccess' | 'noReply';

export interface RequestMessage {
  readonly number: number;
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** Counts those who have signed in; null without a token. */
  readonly client: number | null;
  readonly verdict: Verdict;
  readonly status: number | null;
  readonly applied: boolean;
  readonly repeated: boolean;
  /** The fault that it has met. */
  readonly fault: string | null;
  /** Null while it is in flight. */
  readonly tookMs: number | null;
}
