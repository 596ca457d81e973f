import { isStoreError } from '../store';
import type { Update } from '../update/update';
import type { Contention } from './contention';

/** Fails the attempts of these updates: each ends, or waits for its next one. A bug ends only its own. */
export function failAttempts<Raw, Note>(
  updates: readonly Update<Raw, Note>[],
  error: unknown,
  contention: Contention,
): void {
  for (const update of updates) {
    try {
      if (!isStoreError(error)) throw error;
      update.failAttempt(error, () => contention.delayMs(update));
    } catch (bug) {
      update.crash(bug);
    }
  }
}
