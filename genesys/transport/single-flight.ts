import { SharedListeners } from '../../core';

/** How long one caller waits for a shared result. */
export interface WaitLimits {
  /** In ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

interface Flight<Result> {
  readonly result: Promise<Result>;
  readonly abort: AbortController;
  waiters: number;
  /** Whether nobody may join it any more, for its own sake. */
  isUnderWay: boolean;
}

/**
 * Lets callers that want the same thing at the same time share one piece of work. A caller that
 * gives up leaves the others undisturbed; when the last one has left, the work is aborted.
 */
export class SingleFlight<Result> {
  private readonly flights = new Map<string, Flight<Result>>();
  private readonly listeners = new SharedListeners();

  /**
   * @param work may call `close` when nobody is to join it any more, though it has not ended
   * @param gaveUp makes the error for a caller that leaves early, before `work` has called `close` or after.
   * @throws whatever `work` throws, or what `gaveUp` makes.
   */
  async join(
    key: string,
    work: (signal: AbortSignal, close: () => void) => Promise<Result>,
    { timeoutMs, signal }: WaitLimits,
    gaveUp: (why: 'timeout' | 'aborted', isUnderWay: boolean) => Error,
  ): Promise<Result> {
    const flight = this.flights.get(key) ?? this.start(key, work);
    flight.waiters++;
    let leave: () => void = () => undefined;
    const early = new Promise<never>((_, reject) => {
      const timer = setTimeout(() => {
        // What was too slow for one must not hold up those who are yet to come.
        this.close(key, flight);
        reject(gaveUp('timeout', flight.isUnderWay));
      }, timeoutMs);
      const stopListening = this.listeners.onAbort(signal, () => {
        reject(gaveUp('aborted', flight.isUnderWay));
      });
      leave = () => {
        clearTimeout(timer);
        stopListening();
      };
    });
    try {
      return await Promise.race([flight.result, early]);
    } finally {
      leave();
      if (--flight.waiters === 0) {
        // Whoever comes from now on must not join a flight that is being aborted.
        this.close(key, flight);
        flight.abort.abort();
      }
    }
  }

  /** Whether somebody waits for it. */
  has(key: string): boolean {
    return this.flights.has(key);
  }

  private start(
    key: string,
    work: (signal: AbortSignal, close: () => void) => Promise<Result>,
  ): Flight<Result> {
    const abort = new AbortController();
    const close = () => {
      flight.isUnderWay = true;
      this.close(key, flight);
    };
    const result = work(abort.signal, close).finally(close);
    // Every waiter may have left before the work fails.
    result.catch(() => undefined);
    const flight: Flight<Result> = { result, abort, waiters: 0, isUnderWay: false };
    this.flights.set(key, flight);
    return flight;
  }

  /** Nobody joins the flight any more. */
  private close(key: string, flight: Flight<Result>): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }
}
