import type { RoundTrip } from './backoff/backoff';
import type { Delta, Parts } from './parts';

/**
 * What a store holds at one moment.
 *
 * @typeParam Raw what the store itself needs to write the record back, and what it has to tell of it
 */
export interface Snapshot<Raw> {
  readonly parts: Parts;
  /**
   * The version that a write is conditional on; `null` where the API has none, {@link NONE_YET} where
   * the record is still to be made.
   */
  readonly version: number | null;
  readonly raw: Raw;
}

/**
 * The version of a record that is not there yet, which is lower than any that a server gives. The write
 * that makes it has no version to be conditional on: of two who find nothing, both may be taken, the
 * later one in place of the earlier.
 */
export const NONE_YET = -1;

/** A snapshot, and when its read was sent and answered, on the clock of the core. */
export interface TimedSnapshot<Raw> extends RoundTrip {
  readonly snapshot: Snapshot<Raw>;
}

/** A snapshot that a store has read. */
export interface ReadSnapshot<Raw> extends Snapshot<Raw> {
  /** Of the read, where the store knows them better than its caller: one that is shared may be sent later. */
  readonly times?: RoundTrip;
}

/** What a store answers to a write that succeeded. */
export interface Receipt<Raw> {
  /** What the reply shows of the record after the write, if anything: it need not be all, nor true. */
  readonly snapshot?: Snapshot<Raw>;
  /**
   * Set where the write was only accepted, and reads show it later: one under a version at a later
   * version.
   */
  readonly accepted?: true;
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
  /** A permit that was got beforehand and that this request may draw on. */
  readonly permit?: Permit;
  /** Set for a read of a record that was written to just now: that it is missing may pass. */
  readonly mayBeAbsent?: boolean;
  /** Told when a shared read is sent, before its answer comes: until then it waits. */
  readonly onSent?: () => void;
}

/** Permission to send a few requests, got before the first of them. */
export interface Permit {
  /** Milliseconds that it was waited for; 0 where it was to be had at once. */
  readonly waitedMs: number;
  /** For how many requests it is, where that is less than was asked for. */
  readonly requests?: number;
  /** Whose budget it is drawn from, where a store has several: its requests go out in that name. */
  readonly budget?: number;
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
  closed(): StoreError | undefined;
  /**
   * Waits until so many requests may be sent.
   *
   * @param afterConflict whether they are to try again what met a conflict
   * @throws when `signal` aborts, and for no other reason.
   */
  permit(requests: number, signal: AbortSignal, afterConflict?: boolean): Promise<Permit>;
}

/**
 * Reads that several stores share. One that is given no permit gets one itself, once for all who share
 * it.
 */
export interface SharedReads<Raw> {
  /** Names what they show: looks at records that the same read shows are made together. */
  readonly name: string;
  /**
   * Tells of each read that is answered, whoever has sent it.
   *
   * @returns what to call when it is not wanted any more
   */
  follow(this: void, onRead: (timed: TimedSnapshot<Raw>) => void): () => void;
}

/**
 * One way of reading and writing one record. Both functions fail with a {@link StoreError}; any
 * other error is taken for a bug and ends the update.
 */
export interface Store<Raw> {
  /** Whether writes are conditional on an integer version. Then a snapshot without one is refused. */
  readonly versioned: boolean;
  /** Set where requests need a permit, which is got before a cycle begins. */
  readonly admission?: Admission;
  /** Set where its reads show more than the record, and are shared with other stores. */
  readonly sharedReads?: SharedReads<Raw>;
  read(limits: RequestLimits): Promise<ReadSnapshot<Raw>>;
  /** Writes what changes, under the version of `base`, the snapshot that the change was made from. */
  write(delta: Delta, base: Snapshot<Raw>, limits: RequestLimits): Promise<Receipt<Raw>>;
  /**
   * Whether the server has left some of a write undone, so that the store must write in another way to
   * get done, as where it merges what it should replace. From then on the store does so, and says
   * no more.
   *
   * @param stored the record just as the write has left it
   */
  leftUndone?(delta: Delta, stored: Snapshot<Raw>): boolean;
}

/** Where a record is. */
export interface Located<Raw> {
  /**
   * Names the record, the way of writing it and the client in whose name: updates with the same key
   * are combined, and go through the store of the first of them.
   */
  readonly key: string;
  /**
   * Names the record and the client alone, where there are several ways of writing it: they share
   * what is remembered of writes. Default: `key`.
   */
  readonly record?: string;
  /**
   * Names the server and the client: how long reads lag is remembered for all records together.
   * Default: `record`.
   */
  readonly client?: string;
  readonly store: Store<Raw>;
  /** What finding it has shown of the record, where it has. */
  readonly seen?: TimedSnapshot<Raw>;
  /** Milliseconds that finding it waited for a permit to send a request. */
  readonly waitedMs?: number;
  /**
   * Whether a failure of the store says that the record is elsewhere, such as one that is written in
   * another way. Then it is found anew, which is no attempt. Default: none does.
   */
  readonly isElsewhere?: (error: StoreError) => boolean;
}

/**
 * Finds the record that an update is for. Fails like a read: with a {@link StoreError}, and any
 * other error is taken for a bug.
 */
export type Locate<Raw> = (limits: LocateLimits) => Promise<Located<Raw>>;

/** Limits of finding a record. */
export interface LocateLimits extends RequestLimits {
  /** For so many ms it may wait for a permit to send a request. */
  readonly patienceMs: number;
  /** Set where it is found anew: what has failed where it was found before. */
  readonly failed?: StoreError;
}

/**
 * Why a request failed, by what may be done about it.
 *
 * - `conflict`: the record has moved on since the base was read. Read again, apply again.
 * - `throttled`: the server asks to wait.
 * - `transient`: surely not applied; the same may succeed later. Where it looks `lasting`, one more
 *   attempt is made to see whether it is, and no other.
 * - `expired`: a write was not applied, because the leave to write has expired; a read gets a new one.
 * - `ambiguous`: a write that was perhaps applied. Only reading tells.
 * - `permanent`: trying again changes nothing, but where it is about the content, something else may
 *   be written all the same.
 */
export type Failure<Raw> =
  | {
      readonly kind: 'conflict';
      /** The server's own code says that this is about the version. */
      readonly namesVersion: boolean;
      /** The record as it is now, where the conflict reply carries it. */
      readonly current?: Snapshot<Raw>;
    }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'transient' | 'ambiguous';
      readonly retryAfterMs?: number;
      readonly lasting?: true;
    }
  | {
      readonly kind: 'permanent';
      readonly aboutContent?: true;
      /** There is no such record, as far as this reply tells. */
      readonly isAbsent?: true;
      /** A read has shown no version, where writes are conditional on one. */
      readonly lacksVersion?: true;
    };

/** The failure of one request to a store. `cause` is the error of the layer below. */
export class StoreError<Raw = unknown> extends Error {
  override readonly name = 'StoreError';

  constructor(
    message: string,
    readonly failure: Failure<Raw>,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function isStoreError<Raw>(error: unknown): error is StoreError<Raw> {
  return error instanceof StoreError;
}

/** Whether it says that there is no such record. */
export function isAbsent({ failure }: StoreError): boolean {
  return 'isAbsent' in failure;
}

/** What the server asked for with a failure, in ms. */
export function askedToWaitMs(failure: Failure<unknown>): number {
  return 'retryAfterMs' in failure ? (failure.retryAfterMs ?? 0) : 0;
}
