import { type Clock, type Permit, type RequestLimits, SharedListeners } from '../../core';

/** Nobody waits longer than so many ms for another read to end: a reply that is lost would hold up all who come. */
const HOLDS_UP_MS = 1000;

/** Nor longer than for this share of its own time, which would else be over before its own read is sent. */
const HOLDS_UP_SHARE = 1 / 4;

/** How long one caller waits for a read that it shares. */
export interface SharedReadLimits extends RequestLimits {
  /** For so many ms it waits in all, also for the read to be sent. Default: until `signal` aborts. */
  readonly patienceMs?: number;
}

/** A read, as it sees those who wait for it. */
export interface Sending {
  /** Aborts when nobody waits for it any more. */
  readonly signal: AbortSignal;
  /** Waits for another one to be over, but for no longer than any of those who wait can spare. */
  waitFor(other: SharedRead<unknown> | undefined): Promise<void>;
  /** Nobody joins it from now on. It waits as long as the most patient of those who have. */
  send(): { readonly timeoutMs: number; readonly sentAt: number };
  /** A permit that somebody has brought, or one that `ask` gets, whichever comes first. */
  permission(ask: (signal: AbortSignal) => Promise<Permit>): Promise<Permit>;
}

/**
 * One read for all who ask before it is sent. Each of them leaves at its own time, which leaves the
 * others undisturbed; when the last one has left, it is aborted.
 */
export class SharedRead<Result> {
  private readonly abort = new AbortController();
  private asking = new AbortController();
  private readonly sending = Promise.withResolvers<undefined>();
  private readonly leavingWay = Promise.withResolvers<undefined>();
  /** Resolves when somebody has waited long enough for another one. */
  private readonly hurrying = Promise.withResolvers<undefined>();
  /** Of those who still wait. */
  private readonly brought = new Set<Permit>();
  private readonly result: Promise<Result>;
  private waiters = 0;
  private timeoutMs = 0;
  private isSent = false;

  /**
   * @param read what it does, from the next turn of the event loop on
   * @param onClosed told when nobody is to join it any more, perhaps more than once
   */
  constructor(
    private readonly clock: Clock,
    private readonly listeners: SharedListeners,
    read: (sending: Sending) => Promise<Result>,
    private readonly onClosed: () => void,
  ) {
    // Whoever comes in the same turn of the event loop has come before it is sent.
    this.result = clock
      .turn()
      .then(
        async () =>
          await read({
            signal: this.abort.signal,
            waitFor: async (other) => {
              await Promise.race([other?.over, this.hurrying.promise]);
            },
            send: () => this.send(),
            permission: async (ask) => await this.permission(ask),
          }),
      )
      .finally(() => {
        this.makeWay();
      });
    // Every waiter may have left before it fails.
    this.result.catch(() => undefined);
  }

  /** Resolves when it has ended, or is too slow for others to wait for its end. */
  get over(): Promise<void> {
    return this.leavingWay.promise;
  }

  /**
   * Waits for its answer.
   *
   * @param gaveUp makes the error for whoever leaves early, before it is sent or after
   * @throws what the read throws, or what `gaveUp` makes
   */
  async join(
    { onSent, patienceMs, permit, signal, timeoutMs }: SharedReadLimits,
    gaveUp: (why: 'timeout' | 'aborted', isSent: boolean) => Error,
  ): Promise<Result> {
    this.waiters++;
    this.timeoutMs = Math.max(this.timeoutMs, timeoutMs);
    if (permit) {
      this.brought.add(permit);
      this.asking.abort();
    }
    const { promise: early, reject } = Promise.withResolvers<never>();
    const timeOut = () => {
      // What was too slow for one must not hold up those who are yet to come.
      this.makeWay();
      reject(gaveUp('timeout', this.isSent));
    };
    const spareMs = HOLDS_UP_SHARE * Math.min(timeoutMs, patienceMs ?? Infinity);
    const stops = [
      this.clock.later(spareMs, () => {
        this.hurrying.resolve(undefined);
      }),
      patienceMs === undefined ? () => undefined : this.clock.later(patienceMs, timeOut),
      this.listeners.onAbort(signal, () => {
        reject(gaveUp('aborted', this.isSent));
      }),
    ];
    let isWaiting = true;
    void this.sending.promise.then(() => {
      if (!isWaiting) return;
      onSent?.();
      // Whoever is the most patient hears of it from the request itself.
      if (timeoutMs < this.timeoutMs) stops.push(this.clock.later(timeoutMs, timeOut));
    });
    try {
      return await Promise.race([this.result, early]);
    } finally {
      isWaiting = false;
      for (const stop of stops) stop();
      if (permit) this.brought.delete(permit);
      if (--this.waiters === 0) this.abandon();
    }
  }

  private send(): { timeoutMs: number; sentAt: number } {
    this.isSent = true;
    this.onClosed();
    this.sending.resolve(undefined);
    const stop = this.clock.later(HOLDS_UP_MS, () => {
      this.makeWay();
    });
    void this.over.then(stop);
    return { timeoutMs: this.timeoutMs, sentAt: this.clock.now() };
  }

  private async permission(ask: (signal: AbortSignal) => Promise<Permit>): Promise<Permit> {
    const askedAt = this.clock.now();
    for (;;) {
      this.abort.signal.throwIfAborted();
      const [permit] = this.brought;
      // Whoever has brought it gives it back.
      const giveBack = () => undefined;
      if (permit) return { ...permit, waitedMs: this.clock.now() - askedAt, giveBack };
      this.asking = new AbortController();
      const own = await ask(this.asking.signal).catch(() => undefined);
      // Whoever got a permit in the same moment brings it, and comes along.
      await this.clock.turn();
      if (own) return own;
    }
  }

  /** Whoever comes from now on must not join what is being aborted. */
  private abandon(): void {
    this.makeWay();
    this.asking.abort();
    this.abort.abort();
  }

  private makeWay(): void {
    this.onClosed();
    this.leavingWay.resolve(undefined);
  }
}
