import { PerformanceObserver } from 'node:perf_hooks';

/** How long others had to wait meanwhile. */
export interface Freezes {
  /** The longest time for which the event loop stood still, in ms; pauses of the garbage collector are part of it. */
  readonly longestMs: number;
  /** The longest pause of the garbage collector, in ms. */
  readonly longestPauseMs: number;
}

/** Looks at the event loop every millisecond, as long as it is let. */
export class FreezeProbe {
  private longestMs = 0;
  private lookedAt = performance.now();
  private readonly timer: NodeJS.Timeout;
  private readonly pauses: number[] = [];
  private readonly observer: PerformanceObserver;

  constructor() {
    this.timer = setInterval(() => {
      this.look();
    }, 1);
    this.observer = new PerformanceObserver((list) => {
      this.note(list.getEntries());
    });
    this.observer.observe({ entryTypes: ['gc'] });
  }

  end(): Freezes {
    clearInterval(this.timer);
    this.look();
    this.note(this.observer.takeRecords());
    this.observer.disconnect();
    return {
      longestMs: this.longestMs,
      longestPauseMs: this.pauses.reduce((longest, pause) => Math.max(longest, pause), 0),
    };
  }

  private look(): void {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.lookedAt);
    this.lookedAt = now;
  }

  private note(entries: readonly { readonly duration: number }[]): void {
    for (const { duration } of entries) this.pauses.push(duration);
  }
}
