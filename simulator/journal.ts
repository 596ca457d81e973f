import type { Fault } from './faults';
import type { News } from './news';

/** What a request is about. */
export type RequestKind = 'token' | 'read' | 'write' | 'other';

/** One request as it arrived, and what became of it. */
export interface JournalEntry {
  /** Counted from 1, over what was cleared, too. */
  readonly number: number;
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
  /** What was ordered to go wrong with it. */
  readonly fault: Fault['kind'] | undefined;
  /** Undefined while in flight, and when the client was sent no reply. */
  status: number | undefined;
  /** For how many ms the reply asked to wait; undefined where it did not. */
  retryAfterMs: number | undefined;
  /** Whether the request changed something: a write committed, a token issued. */
  applied: boolean;
  /** When all was over, reply or not, as `at`; undefined while in flight. */
  endedAt: number | undefined;
}

/** One that has just arrived. */
export type NewJournalEntry = Omit<
  JournalEntry,
  'number' | 'fault' | 'status' | 'retryAfterMs' | 'applied' | 'endedAt'
>;

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
  readonly #news: News;
  #count = 0;

  constructor(news: News) {
    this.#news = news;
  }

  record(arrived: NewJournalEntry, fault: Fault | undefined): JournalEntry {
    this.#count += 1;
    const entry: JournalEntry = {
      ...arrived,
      number: this.#count,
      fault: fault?.kind,
      status: undefined,
      retryAfterMs: undefined,
      applied: false,
      endedAt: undefined,
    };
    this.entries.push(entry);
    this.#news.tell();
    return entry;
  }

  /** All is over with this one. */
  close(entry: JournalEntry): void {
    entry.endedAt = performance.now();
    this.#news.tell();
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
