import type { Clock } from '../clock';
import { StoreError, type TimedSnapshot } from '../store';

/** So many reads are sent at most; without a move the last one is as good as any. */
const MAX_READS = 24;

/**
 * Sends reads `gapMs` apart, without waiting for their replies, and gives the first snapshot that is
 * newer than the one before it: one taken at most `gapMs` after the record moved.
 *
 * Where a record moves once in every round trip or so, this leaves nearly all the time until its
 * next move to write in. A single read hits such a moment by luck only.
 *
 * @throws what `read` throws for the first read that fails.
 * @throws {StoreError} (transient) when it is aborted.
 */
export async function readAfterMove<Raw>(
  read: () => Promise<TimedSnapshot<Raw>>,
  clock: Clock,
  gapMs: number,
  signal?: AbortSignal,
): Promise<TimedSnapshot<Raw>> {
  const { promise, resolve, reject } = Promise.withResolvers<TimedSnapshot<Raw>>();
  const end = new AbortController();
  const stop = () => {
    end.abort();
  };
  promise.then(stop, stop);

  let before: number | undefined;
  const examine = (timed: TimedSnapshot<Raw>, isLast: boolean) => {
    const version = timed.snapshot.version ?? 0;
    if (isLast || version > (before ?? version)) resolve(timed);
    before = version;
  };

  // Replies count in the order in which their reads were sent.
  let examined = Promise.resolve();
  for (let sent = 1; sent <= MAX_READS && !end.signal.aborted; sent++) {
    const reply = read();
    examined = Promise.all([reply, examined]).then(([timed]) => {
      examine(timed, sent === MAX_READS);
    });
    examined.catch(reject);
    await Promise.race([promise, clock.sleep(gapMs, signal)]).catch(stop);
  }
  if (signal?.aborted) reject(new StoreError('Reading was given up.', { kind: 'transient' }));
  return await promise;
}
