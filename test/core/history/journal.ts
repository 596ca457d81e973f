import { StoreError } from '../../../core';
import type { Snapshot } from '../flat';
import type { Fault } from './fault';
import type { Content } from './operation';

/** A version that a record has had. */
export interface Commit {
  readonly moment: number;
  readonly atMs: number;
  readonly record: string;
  readonly version: number;
  readonly content: Content;
  /** Whose token the write came with; `null` for the world outside and the record's own life. */
  readonly client: string | null;
  /** Whether the client was told. */
  acknowledged: boolean;
}

/** A request that a client's store has sent. */
export interface SentRequest {
  readonly moment: number;
  readonly atMs: number;
  readonly client: string;
  readonly record: string;
  /** What it was to write, and from which version; a read has none. */
  readonly writes?: { readonly next: Content; readonly base: number | null };
  readonly fault?: Fault | undefined;
  /** What its client was told, or made up for want of an answer. */
  reply?: {
    readonly moment: number;
    readonly atMs: number;
    readonly shows: Snapshot<Content> | StoreError | undefined;
  };
  /** The old version that a read has shown its client, and when it did. */
  lagged?: { readonly moment: number; readonly version: number };
}

/** Whether it is a write that its client knows nothing of. */
export function isUnanswered({ writes, reply }: SentRequest): boolean {
  const shows = reply?.shows;
  return writes !== undefined && shows instanceof StoreError && shows.failure.kind === 'ambiguous';
}

/** A reply that has told a client that its record has come to a version. */
export interface Sighting {
  readonly moment: number;
  readonly client: string;
  readonly record: string;
  readonly version: number;
}

/** A write that its client knows to be taken, or has got no answer to. */
export interface WriteEnd {
  readonly moment: number;
  readonly atMs: number;
  readonly client: string;
  readonly record: string;
}

/** A 429 that has reached its client. */
export interface Closure {
  readonly moment: number;
  readonly client: string;
  readonly untilMs: number;
}

/** What any server knows of its clients; numbers the moments of a run. */
export class Timeline {
  readonly writeEnds: WriteEnd[] = [];
  readonly closures: Closure[] = [];
  /** The records that are gone, and since when. */
  readonly gone = new Map<string, number>();
  /** How far back reads may have shown a record, in ms. */
  lagMs = 0;
  private moments = 0;

  moment(): number {
    return ++this.moments;
  }
}

/** All that a server with versions knows. */
export class Journal extends Timeline {
  readonly commits: Commit[] = [];
  readonly requests: SentRequest[] = [];
  readonly sightings: Sighting[] = [];
}
