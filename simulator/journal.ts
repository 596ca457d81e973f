/** What a request is about. */
export type RequestKind = 'token' | 'read' | 'write' | 'other';

/** One request as it arrived, and what became of it. */
export interface JournalEntry {
  /** Arrival: monotonic time in ms, as `performance.now()` gives it. */
  readonly at: number;
  readonly kind: RequestKind;
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly authorization: string | undefined;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
  /** Sent again by the gateway, not by the client. */
  readonly repeated: boolean;
  /** Undefined while in flight, and when the client was sent no reply. */
  status: number | undefined;
  /** For how many ms the reply asked to wait; undefined where it did not. */
  retryAfterMs: number | undefined;
  /** Whether the request changed something: a write committed, a token issued. */
  applied: boolean;
}

/** One that has just arrived. */
export type NewJournalEntry = Omit<JournalEntry, 'status' | 'retryAfterMs' | 'applied'>;

/** All API and sign-in requests in order of arrival. */
export interface Journal {
  readonly entries: readonly JournalEntry[];
  reads(): JournalEntry[];
  writes(): JournalEntry[];
  tokens(): JournalEntry[];
  clear(): void;
}

export class RequestJournal implements Journal {
  readonly entries: JournalEntry[] = [];

  record(arrived: NewJournalEntry): JournalEntry {
    const entry: JournalEntry = {
      ...arrived,
      status: undefined,
      retryAfterMs: undefined,
      applied: false,
    };
    this.entries.push(entry);
    return entry;
  }

  reads(): JournalEntry[] {
    return this.#ofKind('read');
  }

  writes(): JournalEntry[] {
    return this.#ofKind('write');
  }

  tokens(): JournalEntry[] {
    return this.#ofKind('token');
  }

  clear(): void {
    this.entries.length = 0;
  }

  #ofKind(kind: RequestKind): JournalEntry[] {
    return this.entries.filter((entry) => entry.kind === kind);
  }
}
