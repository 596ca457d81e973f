import { SharedListeners } from '../../core';

/** Things, named by keys, that are not to be acted on yet because more about them is about to come. */
export class Holds {
  private readonly holds = new Map<string, Set<Promise<void>>>();
  private readonly listeners = new SharedListeners();

  /** Keys that are held. */
  get size(): number {
    return this.holds.size;
  }

  /** @returns what to call when it need not be held any more. */
  hold(key: string): () => void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const ofKey = this.holds.get(key) ?? new Set();
    this.holds.set(key, ofKey.add(promise));
    return () => {
      ofKey.delete(promise);
      if (ofKey.size === 0 && this.holds.get(key) === ofKey) this.holds.delete(key);
      resolve(undefined);
    };
  }

  /**
   * Waits until all have let go who hold the key now: whoever comes later must not prolong that.
   *
   * @throws the signal's reason when it aborts, and nothing else.
   */
  async released(key: string, signal: AbortSignal): Promise<void> {
    const ofKey = this.holds.get(key);
    if (!ofKey) return;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const stopListening = this.listeners.onAbort(signal, () => {
      reject(signal.reason as Error);
    });
    try {
      await Promise.race([Promise.all(ofKey), aborted]);
    } finally {
      stopListening();
    }
  }
}
