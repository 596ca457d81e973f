import { Queue } from './queue';

/** For so many ms at most the event loop is kept. n8n answers nobody meanwhile. */
const SLICE_MS = 10;

/** The event loop, as far as it matters here. Injected, so that tests turn it themselves. */
export interface EventLoop {
  now(): number;
  /** Runs `action` in the next turn, after all else that has come until then. */
  nextTurn(action: () => void): void;
}

const eventLoop: EventLoop = { now: () => performance.now(), nextTurn: setImmediate };

/**
 * Cuts long work into slices, between which the event loop turns. All who share one of these share
 * its slices, too: several long loops at once keep the event loop no longer than one does.
 */
export class Slices {
  /** First come, first served: whoever goes on for another slice waits behind the others. */
  private readonly waiting = new Queue<() => void>();
  private beganAt: number | undefined;

  constructor(private readonly loop: EventLoop = eventLoop) {}

  /** The same items, with a turn of the event loop before any that would come when the slice is over. */
  async *of<Item>(items: Iterable<Item>): AsyncGenerator<Item, void, undefined> {
    for (const item of items) {
      if (this.isOver()) await this.nextSlice();
      yield item;
    }
  }

  /** Runs `work`: at once, not even a microtask later, or in a slice to come where this one is over. */
  async run<Result>(work: () => Result): Promise<Result> {
    if (this.isOver()) await this.nextSlice();
    return work();
  }

  private isOver(): boolean {
    return this.waiting.size > 0 || this.hasEnded();
  }

  private async nextSlice(): Promise<void> {
    await new Promise<void>((goOn) => {
      this.waiting.push(goOn);
      this.serveNextTurn();
    });
  }

  private serveNextTurn(): void {
    this.loop.nextTurn(() => {
      if (this.hasEnded()) {
        this.serveNextTurn();
        return;
      }
      const goOn = this.waiting.first();
      this.waiting.shift();
      goOn?.();
    });
  }

  /** A slice begins with whoever is the first to ask in a turn of the event loop. */
  private hasEnded(): boolean {
    this.beganAt ??= this.begin();
    return this.loop.now() - this.beganAt >= SLICE_MS;
  }

  private begin(): number {
    this.loop.nextTurn(() => {
      this.beganAt = undefined;
    });
    return this.loop.now();
  }
}
