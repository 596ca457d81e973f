interface Listening {
  readonly actions: Set<() => void>;
  readonly stop: () => void;
}

const listeningTo = new WeakMap<AbortSignal, Listening>();

/**
 * Runs `action` when `signal` aborts; before this returns where it has aborted already.
 *
 * All who wait for the same signal share one listener: an event target compares a new listener with
 * all that it has, so that one for each of 10,000 updates would block the process for seconds.
 *
 * @returns what to call when it is not wanted any more.
 */
export function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (!signal) return () => undefined;
  if (signal.aborted) {
    action();
    return () => undefined;
  }
  const { actions, stop } = listeningTo.get(signal) ?? listen(signal);
  // A function of its own, since a set holds the same action only once.
  const entry = () => {
    action();
  };
  actions.add(entry);
  return () => {
    if (actions.delete(entry) && actions.size === 0) stop();
  };
}

function listen(signal: AbortSignal): Listening {
  const actions = new Set<() => void>();
  const stop = () => {
    signal.removeEventListener('abort', onEvent);
    listeningTo.delete(signal);
  };
  const onEvent = () => {
    stop();
    for (const action of actions) action();
  };
  signal.addEventListener('abort', onEvent);
  const listening = { actions, stop };
  listeningTo.set(signal, listening);
  return listening;
}
