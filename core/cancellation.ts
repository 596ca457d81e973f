import type { Clock } from './clock';

interface Listening {
  readonly actions: Set<() => void>;
  readonly stop: () => void;
}

/**
 * Runs `action` when `signal` aborts; before this returns where it has aborted already.
 *
 * For a signal that many wait for there are {@link SharedListeners}.
 *
 * @returns what to call when it is not wanted any more.
 */
export function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) {
    action();
    return () => undefined;
  }
  const onEvent = () => {
    action();
  };
  signal.addEventListener('abort', onEvent, { once: true });
  return () => {
    signal.removeEventListener('abort', onEvent);
  };
}

/**
 * Lets all who wait for the same signal here share one listener: an event target compares a new
 * listener with all that it has, so that one for each of 10,000 updates would block the process for
 * seconds.
 */
export class SharedListeners {
  private readonly listeningTo = new WeakMap<AbortSignal, Listening>();

  /** Like {@link onAbort}. */
  onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
    if (!signal || signal.aborted) return onAbort(signal, action);
    const { actions, stop } = this.listeningTo.get(signal) ?? this.listen(signal);
    // A function of its own, since a set holds the same action only once.
    const entry = () => {
      action();
    };
    actions.add(entry);
    return () => {
      if (actions.delete(entry) && actions.size === 0) stop();
    };
  }

  /**
   * Sleeps, for many that do so with the same signal.
   *
   * @throws when `signal` aborts.
   */
  async sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    const own = new AbortController();
    const stopListening = this.onAbort(signal, () => {
      own.abort();
    });
    await clock.sleep(ms, own.signal).finally(stopListening);
  }

  private listen(signal: AbortSignal): Listening {
    const actions = new Set<() => void>();
    const stopListening = onAbort(signal, () => {
      for (const action of actions) action();
    });
    const stop = () => {
      stopListening();
      this.listeningTo.delete(signal);
    };
    const listening = { actions, stop };
    this.listeningTo.set(signal, listening);
    return listening;
  }
}
