const EVERY_MS = 20;

/** Watches the JavaScript heap of this process. It needs node's flag `--expose-gc`. */
export class PeakHeap {
  private readonly before: number;
  private peak = 0;
  private readonly timer: NodeJS.Timeout;

  private constructor() {
    this.before = liveBytes();
    this.timer = setInterval(() => {
      this.sample();
    }, EVERY_MS);
  }

  static watch(): PeakHeap {
    return new PeakHeap();
  }

  /** In bytes above what the heap held at first; see the fields of `Measured`. */
  end(): { peakBytes: number; heldBytes: number } {
    clearInterval(this.timer);
    this.sample();
    return { peakBytes: this.peak - this.before, heldBytes: liveBytes() - this.before };
  }

  private sample(): void {
    this.peak = Math.max(this.peak, process.memoryUsage().heapUsed);
  }
}

function liveBytes(): number {
  if (!global.gc) throw new Error('Run this with --expose-gc');
  global.gc();
  return process.memoryUsage().heapUsed;
}
