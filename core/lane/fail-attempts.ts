import { askedToWaitMs, isStoreError, type StoreError } from '../store';
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

/** Ends an update whose next attempt could not begin in its time; `closed` is the failure that it would meet now. */
export function refuseHopeless<Raw, Note>(
  update: Update<Raw, Note>,
  closed: StoreError | undefined,
): void {
  update.checkTime();
  if (!closed || askedToWaitMs(closed.failure) < update.progress.remainingMs()) return;
  update.noteFailure(closed);
  update.end('throttled');
}
