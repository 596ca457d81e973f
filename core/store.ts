/** What a read shows of a write: not yet, already, or no more because somebody else wrote since. */
export type Visibility = 'notYet' | 'there' | 'overtaken';

/** What a store holds at one moment. */
export interface Snapshot<State> {
  readonly state: State;
  /** The version that a write is conditional on; `null` where the API has none. */
  readonly version: number | null;
  /** Set where the state has parts that were accepted but that the read itself did not show yet. */
  visibility?(this: void, later: Snapshot<State>): Visibility;
}

/** A snapshot, and when its read was sent and answered, on the clock of the core. */
export interface TimedSnapshot<State> {
  readonly snapshot: Snapshot<State>;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** What a store answers to a write that succeeded. */
export interface Receipt<State> {
  /** The record after the write, where the reply carries it. */
  readonly snapshot?: Snapshot<State>;
  /** Set where the write was only accepted and becomes visible later: judges what a read shows of it. */
  visibility?(this: void, later: Snapshot<State>): Visibility;
  /**
   * Set where the store now knows that it must write in another way to get done, as with a server
   * that merges what it should replace: the rest is written on top of `snapshot`.
   */
  readonly incomplete?: true;
}

/** Limits of one request. */
export interface RequestLimits {
  /** After so many milliseconds the request is given up. */
  readonly timeoutMs: number;
  /**
   * Ends a read early. Keeps a write from being sent, but leaves one alone that is under way: its
   * outcome is the truth.
   */
  readonly signal?: AbortSignal;
  /** Leave that was got beforehand and that this request may draw on. */
  readonly permit?: Permit;
}

/** Leave to send a few requests, got before the first of them. */
export interface Permit {
  /** Milliseconds that it was waited for; 0 where it was to be had at once. */
  readonly waitedMs: number;
  /**
   * Draws on the permit for one request that is about to be sent.
   *
   * @returns what to call when its answer has come or will not come any more; `undefined` where
   * nothing is left of the permit.
   */
  use(): (() => void) | undefined;
  /** Gives back what has not been used. */
  giveBack(): void;
}

/** Holds requests back where the server limits them. */
export interface Admission {
  /** The failure (`throttled`) that a request would meet now; `undefined` while requests may be sent. */
  closed(): StoreError<never> | undefined;
  /**
   * Waits until so many requests may be sent.
   *
   * @param afterConflict whether they are to try again what met a conflict
   * @throws when `signal` aborts, and for no other reason.
   */
  permit(requests: number, signal: AbortSignal, afterConflict?: boolean): Promise<Permit>;
}

/**
 * One way of reading and writing one record. Both functions fail with a {@link StoreError}; any
 * other error is taken for a bug and ends the update.
 */
export interface Store<State> {
  /** Whether writes are conditional on an integer version. Then a snapshot without one is refused. */
  readonly versioned: boolean;
  /** Set where requests need leave, which is got before a cycle begins. */
  readonly admission?: Admission;
  read(limits: RequestLimits): Promise<Snapshot<State>>;
  /** Writes `next` under the version of `base`, the snapshot that `next` was made from. */
  write(next: State, base: Snapshot<State>, limits: RequestLimits): Promise<Receipt<State>>;
  /**
   * Whether two states have the same content. Tells contention (somebody else changed the content)
   * from churn (only the version moved).
   */
  sameContent(one: State, other: State): boolean;
  /**
   * Lays what changed between `from` and `to` over `state`, part by part, wherever that still is as
   * in `from`; all parts that {@link sameContent} compares. It tells what lane-mates have written from
   * what somebody else has, and a write that others have added to from one that was not applied.
   */
  rebase(state: State, from: State, to: State): State;
}

/** Where a record is. */
export interface Located<State> {
  /**
   * Names the record, the way of writing it and the client in whose name: updates with the same key
   * are combined, and ride on the store of the first of them.
   */
  readonly key: string;
  readonly store: Store<State>;
  /** What finding it has shown of the record, where it has. */
  readonly seen?: TimedSnapshot<State>;
  /** Milliseconds that finding it waited for leave to send a request. */
  readonly waitedMs?: number;
}

/**
 * Finds the record that an update is for. Fails like a read: with a {@link StoreError}, and any
 * other error is taken for a bug.
 */
export type Locate<State> = (limits: LocateLimits) => Promise<Located<State>>;

/** Limits of finding a record. */
export interface LocateLimits extends RequestLimits {
  /** For so many ms it may wait for leave to send a request. */
  readonly patienceMs: number;
}

/**
 * Why a request failed, by what may be done about it.
 *
 * - `conflict`: the record has moved on since the base was read. Read again, apply again.
 * - `throttled`: the server asks to wait.
 * - `transient`: surely not applied; the same may succeed later.
 * - `ambiguous`: a write that was perhaps applied. Only reading tells.
 * - `permanent`: trying again changes nothing, but where it is about the content, something else may
 *   be written all the same.
 */
export type Failure<State> =
  | {
      readonly kind: 'conflict';
      /** The server's own code says that this is about the version. */
      readonly namesVersion: boolean;
      /** The record as it is now, where the conflict reply carries it. */
      readonly current?: Snapshot<State>;
    }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'transient' | 'ambiguous'; readonly retryAfterMs?: number }
  | { readonly kind: 'permanent'; readonly aboutContent?: true };

/** The failure of one request to a store. `cause` is the error of the layer below. */
export class StoreError<State = unknown> extends Error {
  override readonly name = 'StoreError';

  constructor(
    message: string,
    readonly failure: Failure<State>,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function isStoreError<State>(error: unknown): error is StoreError<State> {
  return error instanceof StoreError;
}
