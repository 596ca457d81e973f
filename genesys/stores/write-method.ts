import { type Clock, systemClock } from '../../core';
import { SingleFlight, type WaitLimits } from '../transport/single-flight';

/** How a record is written: `versioned` by PUT under a version, `patch` without one. */
export type WriteMethod = 'versioned' | 'patch';

/** Answers to a versioned read by which an organisation says that it has no such thing. */
export const NOT_OFFERED: ReadonlySet<number> = new Set([403, 404, 405, 501]);

/** Those that still say so after it has been seen to have it; a 403 then is about a permission. */
export const NOT_OFFERED_ANY_MORE: ReadonlySet<number> = new Set([404, 405, 501]);

/** How long an organisation is taken to offer what it offered before, in ms. */
const REMEMBERED_FOR_MS = 3_600_000;

/** Whoever asks meanwhile waits so long for somebody else's read to tell, in ms, and then reads alone. */
const LONGEST_WAIT_FOR_OTHERS_MS = 1000;

/** Remembers which write method each client's organisation offers. */
export class WriteMethods {
  private readonly known = new Map<
    string,
    { readonly method: WriteMethod; readonly until: number }
  >();
  private readonly findings = new SingleFlight<void>();

  constructor(private readonly clock: Clock = systemClock) {}

  /** `undefined` where it is not known, or not any more. */
  of(client: string): WriteMethod | undefined {
    const known = this.known.get(client);
    return known && known.until > this.clock.now() ? known.method : undefined;
  }

  learn(client: string, method: WriteMethod): void {
    this.known.set(client, { method, until: this.clock.now() + REMEMBERED_FOR_MS });
  }

  forget(client: string): void {
    this.known.delete(client);
  }

  /**
   * Finds out, once for all who ask at the same time.
   *
   * @param find does so by a read of its own
   * @returns what `find` has returned; `undefined` where somebody else's read has told
   */
  async findOut<Found>(
    client: string,
    find: () => Promise<Found>,
    limits: WaitLimits,
  ): Promise<Found | undefined> {
    let own: Promise<Found> | undefined;
    await this.findings
      .join(
        client,
        async () => {
          own = find();
          // How it fails is about that one record, and nothing to the others who wait.
          await own.catch(() => undefined);
        },
        { ...limits, timeoutMs: Math.min(LONGEST_WAIT_FOR_OTHERS_MS, limits.timeoutMs) },
        () => new Error('Somebody else takes too long to find out.'),
      )
      .catch(() => undefined);
    if (own) return await own;
    return this.of(client) ? undefined : await find();
  }
}
