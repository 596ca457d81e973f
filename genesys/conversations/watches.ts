import { type Clock, SharedListeners, systemClock } from '../../core';
import { storeError } from '../transport/failure';
import type { ConversationDocument } from './conversation';
import { FIRST_GAP_MS, type Judge, Watcher, type WatchLimits, type Watched } from './watcher';

/** A conversation as it was read, and when. */
export interface Reading {
  readonly conversation: ConversationDocument;
  readonly sentAt: number;
}

/** Reads the conversation that is watched, for as long as anybody wants it. */
export type Read = (limits: {
  readonly timeoutMs: number;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}) => Promise<Reading>;

/**
 * Reads conversations again and again until they show what is waited for. All who wait on one
 * conversation share its reads.
 */
export class Watches {
  private readonly watches = new Map<string, Watch>();
  private readonly listeners = new SharedListeners();

  constructor(private readonly clock: Clock = systemClock) {}

  /**
   * @param key names the conversation, and in whose name it is read
   * @param read may fail with a GenesysError, or a {@link StoreError}
   * @throws {UpdateError} where it did not come, or could not be seen; or what `judge` throws
   */
  async until<Result>(
    key: string,
    read: Read,
    judge: Judge<Result>,
    limits: WatchLimits,
  ): Promise<Watched<Result>> {
    const watch = this.watches.get(key) ?? this.begin(key, read);
    const watcher = new Watcher(judge, limits, { clock: this.clock, listeners: this.listeners });
    watch.join(watcher);
    try {
      return await watcher.ended;
    } finally {
      watch.leave(watcher);
    }
  }

  private begin(key: string, read: Read): Watch {
    const watch = new Watch(read, this.clock, () => {
      this.watches.delete(key);
    });
    this.watches.set(key, watch);
    return watch;
  }
}

/** What a watch sees of somebody who waits, whatever for. */
type AnyWatcher = Pick<
  Watcher<unknown>,
  'askedAt' | 'dueAt' | 'see' | 'fail' | 'remainingMs' | 'requestTimeoutMs'
>;

/** One conversation, as long as anybody waits on it. */
class Watch {
  private readonly watchers = new Set<AnyWatcher>();
  private readonly over = new AbortController();
  private wake = new AbortController();
  private sentAt = -Infinity;

  constructor(
    private readonly read: Read,
    private readonly clock: Clock,
    private readonly onOver: () => void,
  ) {
    void this.run();
  }

  join(watcher: AnyWatcher): void {
    this.watchers.add(watcher);
    this.wake.abort();
  }

  leave(watcher: AnyWatcher): void {
    this.watchers.delete(watcher);
    if (this.watchers.size > 0) return;
    this.onOver();
    this.over.abort();
    this.wake.abort();
  }

  private async run(): Promise<void> {
    // Whoever comes in the same turn of the event loop comes along.
    await this.clock.turn();
    while (!this.over.signal.aborted) {
      const waitMs = this.dueAt() - this.clock.now();
      if (waitMs <= 0) await this.look();
      else if (waitMs < Infinity) {
        this.wake = new AbortController();
        await this.clock.sleep(waitMs, this.wake.signal).catch(() => undefined);
      } else await this.clock.turn();
    }
  }

  private dueAt(): number {
    let dueAt = Infinity;
    // However many come one after the other.
    const notBefore = this.sentAt + FIRST_GAP_MS;
    for (const watcher of this.watchers) dueAt = Math.min(dueAt, watcher.dueAt);
    return Math.max(dueAt, notBefore);
  }

  private async look(): Promise<void> {
    const present = [...this.watchers];
    const most = (of: (watcher: AnyWatcher) => number) =>
      present.reduce((most, watcher) => Math.max(most, of(watcher)), 0);
    try {
      const reading = await this.read({
        timeoutMs: most(({ requestTimeoutMs }) => requestTimeoutMs),
        patienceMs: most((watcher) => watcher.remainingMs()),
        signal: this.over.signal,
      });
      this.sentAt = reading.sentAt;
      // Whoever came later must not be told what was so before.
      for (const watcher of this.watchers) {
        if (watcher.askedAt <= reading.sentAt) watcher.see(reading.conversation);
      }
    } catch (error) {
      const failure = storeError(error, 'read');
      for (const watcher of present) watcher.fail(failure);
    }
  }
}
