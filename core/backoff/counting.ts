import type { Random } from '../clock';
import type { Backoff, Observation } from './backoff';

/** A backoff that looks at nothing but the number of failures so far (1 after the first). */
export class CountingBackoff implements Backoff {
  constructor(
    private readonly delayAfter: (failures: number, random: Random) => number,
    private readonly failures = 0,
  ) {}

  observe(observation: Observation): Backoff {
    return observation.kind === 'read'
      ? this
      : new CountingBackoff(this.delayAfter, this.failures + 1);
  }

  delay(random: Random): number {
    return this.delayAfter(this.failures, random);
  }
}
