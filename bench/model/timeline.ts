/** Something that is going to happen, unless it is cancelled. */
export interface Planned {
  readonly at: number;
  /** Those of one moment happen in the order in which they were planned. */
  readonly order: number;
  readonly happen: () => void;
  cancelled?: true;
}

/** Virtual time: a heap of events that jumps from one to the next. */
export class Timeline {
  private time = 0;
  private planned = 0;
  private readonly heap: Planned[] = [];

  get now(): number {
    return this.time;
  }

  /** Plans an event in so many ms. */
  after(ms: number, happen: () => void): Planned {
    const { heap } = this;
    const event: Planned = { at: this.time + ms, order: this.planned++, happen };
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (!above || !isBefore(event, above)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = event;
    return event;
  }

  /** Lets the next event happen. Answers `false` where none is planned. */
  step(): boolean {
    const next = this.take();
    if (!next) return false;
    if (next.cancelled) return true;
    this.time = next.at;
    next.happen();
    return true;
  }

  private take(): Planned | undefined {
    const { heap } = this;
    const [first] = heap;
    const last = heap.pop();
    if (last && heap.length > 0) this.sink(last);
    return first;
  }

  private sink(event: Planned): void {
    const { heap } = this;
    let index = 0;
    for (;;) {
      const left = heap[2 * index + 1];
      if (!left) break;
      const right = heap[2 * index + 2];
      const child = right && isBefore(right, left) ? right : left;
      if (!isBefore(child, event)) break;
      heap[index] = child;
      index = 2 * index + (child === left ? 1 : 2);
    }
    heap[index] = event;
  }
}

function isBefore(one: Planned, other: Planned): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
