import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Journal, JournalEntry } from '../journal';
import type { News } from '../news';
import type { CallMessage, Messages, Overview, RequestMessage, RequestsMessage } from './messages';

/** A browser is told of changes no more often. */
const REST_MS = 50;
/** Of more requests at once, only the latest are told of. */
const MAX_REQUESTS = 100;
/** A browser whose stream has broken off comes back after so long. */
const RECONNECT_MS = 1000;

/** What a viewer sees. */
export interface View {
  readonly news: News;
  readonly journal: Journal;
  overview(): Overview;
  /** The calls that the overview names. */
  calls(): readonly CallMessage[];
  requestMessage(entry: JournalEntry): RequestMessage;
}

/**
 * One browser that looks on, by server-sent events. Nothing is kept for it but what it was told
 * last: one that is slow is told less often, of what then is.
 */
export class Viewer {
  readonly #left = new AbortController();
  /** What it was told last, by topic. */
  readonly #told = new Map<string, string>();
  /** Requests that it was told of, and that were in flight then. */
  readonly #inFlight = new Set<JournalEntry>();
  #lastRequest = 0;
  #stale = false;
  #telling = false;

  constructor(
    private readonly response: ServerResponse,
    private readonly view: View,
  ) {
    const stopListening = view.news.listen(() => {
      this.#noteChange();
    });
    response.once('close', () => {
      stopListening();
      this.#left.abort();
    });
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    response.write(`retry: ${String(RECONNECT_MS)}\n\n`);
    this.#noteChange();
  }

  #noteChange(): void {
    this.#stale = true;
    if (this.#telling) return;
    this.#telling = true;
    this.#tell().catch((error: unknown) => {
      // It has left; anything else is a bug here.
      if (!this.#left.signal.aborted) throw error;
    });
  }

  async #tell(): Promise<void> {
    const { signal } = this.#left;
    while (this.#stale) {
      await sleep(REST_MS, undefined, { signal });
      this.#stale = false;
      const events = this.#events();
      if (events !== '' && !this.response.write(events)) {
        await once(this.response, 'drain', { signal });
      }
    }
    this.#telling = false;
  }

  #events(): string {
    const overview = this.view.overview();
    const calls = this.view.calls();
    const requests = this.#requests();
    const told = new Set(['overview', ...overview.calls]);
    for (const topic of this.#told.keys()) if (!told.has(topic)) this.#told.delete(topic);
    return [
      this.#ifNew('overview', event('overview', overview)),
      ...calls.map((call) => this.#ifNew(call.conversationId, event('call', call))),
      requests.requests.length === 0 ? '' : event('requests', requests),
    ].join('');
  }

  #ifNew(topic: string, text: string): string {
    if (this.#told.get(topic) === text) return '';
    this.#told.set(topic, text);
    return text;
  }

  #requests(): RequestsMessage {
    const { entries } = this.view.journal;
    const firstNew = entries.findLastIndex(({ number }) => number <= this.#lastRequest) + 1;
    const arrived = entries.slice(Math.max(firstNew, entries.length - MAX_REQUESTS));
    const leftOut = entries.length - firstNew - arrived.length;
    this.#lastRequest = arrived.at(-1)?.number ?? this.#lastRequest;
    const ended = [...this.#inFlight].filter(({ endedAt }) => endedAt !== undefined);
    for (const entry of ended) this.#inFlight.delete(entry);
    for (const entry of arrived) if (entry.endedAt === undefined) this.#inFlight.add(entry);
    const requests = [...ended, ...arrived].map((entry) => this.view.requestMessage(entry));
    return { requests, leftOut };
  }
}

function event<Name extends keyof Messages>(name: Name, message: Messages[Name]): string {
  return `event: ${name}\ndata: ${JSON.stringify(message)}\n\n`;
}
