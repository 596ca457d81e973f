import { type Clock, systemClock } from '../../core';

/** How participant attributes are written: `versioned` by PUT under a version, `patch` without one. */
export type WriteMethod = 'versioned' | 'patch';

/** How long an organisation is taken to offer what it offered before, in ms. */
const REMEMBERED_FOR_MS = 3_600_000;

/** Remembers which write method each client's organisation offers. */
export class WriteMethods {
  private readonly known = new Map<
    string,
    { readonly method: WriteMethod; readonly until: number }
  >();

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
}
