/** What something was at every moment of its life. Times are monotonic, as `performance.now()` gives them. */
export class History<State> {
  readonly #first: State;
  readonly #later: { readonly at: number; readonly state: State }[] = [];

  constructor(first: State) {
    this.#first = first;
  }

  get now(): State {
    return this.#later.at(-1)?.state ?? this.#first;
  }

  push(at: number, state: State): void {
    this.#later.push({ at, state });
  }

  /** Before anything changed, it was as it was first. */
  asOf(moment: number): State {
    return this.#later.findLast(({ at }) => at <= moment)?.state ?? this.#first;
  }
}
