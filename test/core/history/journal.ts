import type { Content } from './operation';

/** A version that a record has had. */
export interface Commit {
  readonly moment: number;
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
  /** The version that a lagging read has shown, and when it did. */
  lagged?: { readonly moment: number; readonly version: number };
}

/** A 429 that has reached its client. */
export interface Closure {
  readonly moment: number;
  readonly client: string;
  readonly untilMs: number;
}

/** All that the server knows; numbers the moments of a run. */
export class Journal {
  readonly commits: Commit[] = [];
  readonly requests: SentRequest[] = [];
  readonly closures: Closure[] = [];
  private moments = 0;

  moment(): number {
    return ++this.moments;
  }
}
