import type { ServerResponse } from 'node:http';
import type { SimulatedCall } from '../call';
import type { FaultQueue } from '../faults';
import type { Journal } from '../journal';
import { lagSpan } from '../lag';
import type { News } from '../news';
import type { CurrentSettings, Flavour, Settings } from '../settings';
import { CallTeller } from './call-message';
import type { Overview, Span } from './messages';
import { RequestTeller } from './request-message';
import { Viewer } from './viewer';

/** Where a browser is told what happens, by server-sent events. */
export const EVENTS_PATH = '/_simulator/events';

const MAX_CALLS = 5;
const MAX_FAULTS = 20;

interface Watched {
  readonly calls: ReadonlyMap<string, SimulatedCall>;
  readonly faults: FaultQueue;
  readonly flavour: Flavour;
  readonly journal: Journal;
  readonly news: News;
  readonly settings: CurrentSettings;
}

/** Lets browsers look at the simulated organisation while things happen there. */
export class Window {
  readonly #calls = new CallTeller();
  readonly #requests = new RequestTeller();

  constructor(private readonly watched: Watched) {}

  /** Tells until the browser goes, or the server closes its connection. */
  open(response: ServerResponse): void {
    if (response.destroyed) return;
    const { news, journal } = this.watched;
    new Viewer(response, {
      news,
      journal,
      overview: () => this.#overview(),
      calls: () => this.#shownCalls().map((call) => this.#calls.messageFor(call)),
      requestMessage: (entry) => this.#requests.messageFor(entry),
    });
  }

  #overview(): Overview {
    const { calls, faults, flavour, settings } = this.watched;
    const shown = this.#shownCalls();
    return {
      flavour,
      calls: shown.map(({ conversationId }) => conversationId),
      olderCalls: calls.size - shown.length,
      otherWritesPerSecond: settings.values.otherWritesPerSecond,
      visibleAfterMs: visibleAfter(settings.values),
      faults: faults.pending.slice(0, MAX_FAULTS).map(({ fault, left }) => ({
        kind: fault.kind,
        on: fault.on,
        left: Number.isFinite(left) ? left : null,
      })),
    };
  }

  /** The newest first. */
  #shownCalls(): SimulatedCall[] {
    return [...this.watched.calls.values()].slice(-MAX_CALLS).reverse();
  }
}

function visibleAfter({ visibilityLagMs, replicas }: Settings): Span {
  const lag = lagSpan(visibilityLagMs);
  const behind = replicas.map(lagSpan);
  return {
    from: lag.from + Math.min(...behind.map(({ from }) => from)),
    to: lag.to + Math.max(...behind.map(({ to }) => to)),
  };
}
