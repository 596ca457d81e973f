/** Tells whoever listens that something in the simulated organisation has changed, but not what. */
export class News {
  readonly #listeners = new Set<() => void>();

  /** Until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
