import type { JournalEntry } from '../journal';
import type { RequestMessage, Verdict } from './messages';

const MAX_PATH = 200;

/** Tells of requests, without what only their senders are to know: tokens, queries and bodies. */
export class RequestTeller {
  /** Numbers stand for tokens, which must not leave. */
  readonly #clients = new Map<string, number>();

  messageFor(entry: JournalEntry): RequestMessage {
    const { number, at, method, path, status, applied, repeated, fault, endedAt } = entry;
    return {
      number,
      at: performance.timeOrigin + at,
      method,
      path: path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path,
      client: this.#clientOf(entry),
      verdict: verdictOn(entry),
      status: status ?? null,
      applied,
      repeated,
      fault: fault ?? null,
      tookMs: endedAt === undefined ? null : Math.round(endedAt - at),
    };
  }

  #clientOf({ authorization, kind }: JournalEntry): number | null {
    if (authorization === undefined || kind === 'token') return null;
    const number = this.#clients.get(authorization) ?? this.#clients.size + 1;
    this.#clients.set(authorization, number);
    return number;
  }
}

function verdictOn({ kind, status, applied, endedAt }: JournalEntry): Verdict {
  if (status === undefined) return endedAt === undefined ? 'inFlight' : 'noReply';
  if (kind === 'write' && (status === 409 || status === 412)) return 'conflict';
  if (status >= 400) return 'refused';
  return kind === 'write' && !applied ? 'falseSuccess' : 'ok';
}
