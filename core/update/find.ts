import { isStoreError, type Located, type LocateLimits, type StoreError } from '../store';
import type { Surroundings } from '../update-types';
import type { Update } from './update';

/**
 * Finds the record of an update, and tries again as often and as long as its policy allows.
 *
 * @param failed what has failed where it was found before
 * @returns `undefined` where the update has ended before.
 */
export async function find<Raw, Note, Result extends Pick<Located<Raw>, 'waitedMs'>>(
  update: Update<Raw, Note>,
  locate: (limits: LocateLimits) => Promise<Result>,
  { clock, random }: Surroundings,
  failed: StoreError | undefined,
): Promise<Result | undefined> {
  for (;;) {
    update.moveTo({ kind: 'locating' });
    update.checkTime();
    if (update.phase.kind === 'ended') return undefined;
    const startedAt = clock.now();
    try {
      const located = await locate({
        timeoutMs: update.requestTimeoutMs,
        patienceMs: update.progress.remainingMs(),
        ...(update.cancelled && { signal: update.cancelled }),
        ...(failed && { failed }),
      });
      update.progress.waited(located.waitedMs ?? 0);
      return located;
    } catch (error) {
      if (!isStoreError(error)) {
        update.crash(error);
        return undefined;
      }
      // Where it never got a permit to be sent, waiting is all that has been done.
      if (error.failure.kind === 'throttled') update.progress.waited(clock.now() - startedAt);
      else update.progress.noteAttempt();
      update.observe({ kind: 'fault' });
      update.failAttempt(error, () => update.delayMs(random()));
    }
    if (update.phase.kind !== 'waiting') continue;
    update.progress.beginWait();
    const waitMs = Math.max(0, update.phase.notBefore - clock.now());
    await clock.sleep(waitMs, update.cancelled).catch(() => undefined);
    update.progress.endWait();
  }
}
