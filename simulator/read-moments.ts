import { drawLag } from './lag';
import { seededRandom } from './random';
import type { CurrentSettings, Settings } from './settings';

/** Chooses the moment that each read shows: that of the replica that answers it. */
export class ReadMoments {
  readonly #settings: CurrentSettings;
  #seed: number | undefined;
  #random = () => 0;
  #turn = 0;
  /** The latest moment shown so far, by conversation. */
  readonly #shown = new Map<string, number>();

  constructor(settings: CurrentSettings) {
    this.#settings = settings;
  }

  /** Monotonic time in ms, as `performance.now()` gives it. */
  next(conversationId: string): number {
    const settings = this.#settings.values;
    this.#restartOnNewSeed(settings.seed);
    const behind =
      this.#replicaLag(settings) + drawLag(settings.visibilityLagMs, () => this.#random());
    const drawn = performance.now() - behind;
    const latest = Math.max(drawn, this.#shown.get(conversationId) ?? drawn);
    this.#shown.set(conversationId, latest);
    return settings.monotonicReads ? latest : drawn;
  }

  #replicaLag({ replicas, replicaOrder }: Settings): number {
    const index =
      replicaOrder === 'random'
        ? Math.floor(this.#random() * replicas.length)
        : this.#turn++ % replicas.length;
    return drawLag(replicas[index] ?? 0, () => this.#random());
  }

  #restartOnNewSeed(seed: number): void {
    if (seed === this.#seed) return;
    this.#seed = seed;
    this.#random = seededRandom(seed);
  }
}
