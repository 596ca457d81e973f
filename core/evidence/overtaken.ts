import type { SharedWrite } from '../cycle/shared-write';
import { laidOver, NO_CHANGES, type Parts, sameParts, shownOf } from '../parts';
import { NONE_YET, type Snapshot, StoreError } from '../store';
import type { Awaited, Confirmation } from '../update/phase';
import type { Update } from '../update/update';
import type { OwnWrite } from './intent';
import { showsAsWritten, showsNothing, type Written } from './proof';

/**
 * Whether what an update waits for is not there, though the record has moved on, so that it has to plan
 * anew. What was made of nothing is there only where a read shows it. What was accepted under a version
 * has been dropped where the very next version shows nothing of it, but something else. What was written
 * to a record that was new has been replaced where all is as before.
 *
 * @param own what the update itself has written of it; `undefined` where it only rests on that
 */
export function isOvertaken(
  { accepted, isNew, taken }: Extract<Awaited<Written>, { kind: 'version' }>,
  own: OwnWrite | undefined,
  { parts, version }: Pick<Snapshot<unknown>, 'parts' | 'version'>,
): boolean {
  const { base, delta } = taken;
  if (own?.change.idempotent === false) return false;
  if (base.version === NONE_YET) {
    return !showsAsWritten(taken, (own?.delta ?? delta).keys(), parts);
  }
  const isExact = version === (base.version ?? 0) + 1;
  if (!showsNothing(taken, parts)) return false;
  return isExact ? accepted && !sameParts(parts, base.parts) : isNew;
}

/**
 * Notes what became of what an update has written that was overtaken: only what is there counts as
 * written. Nobody may take the rest for a change by somebody else.
 *
 * @param onCommit told that the record is not what the write was to make of it
 */
export function noteOvertaken<Raw, Note>(
  update: Update<Raw, Note>,
  { awaits, write }: Confirmation<SharedWrite<Raw, Note>, Note>,
  { parts }: Snapshot<Raw>,
  onCommit: (from: Parts, to: Parts) => void,
): void {
  if (awaits.kind !== 'version') return;
  const { after, base, delta } = awaits.taken;
  onCommit(after, laidOver(base.parts, shownOf(parts, delta)));
  if (write) noteUndone(update, write, parts);
}

/** Some of a write is left to be done: only what is there was written. */
export function noteUndone<Raw, Note>(
  update: Update<Raw, Note>,
  write: SharedWrite<Raw, Note>,
  parts: Parts,
): void {
  const own = [...(write.own.get(update)?.delta ?? NO_CHANGES)];
  const seen = new Map(own.filter(([name]) => showsAsWritten(write, [name], parts)));
  update.noteFate(write, seen.size > 0 ? 'seen' : 'notApplied', { seen });
}

/** How an attempt fails whose write was overtaken. */
export function overtakenError(): StoreError {
  return new StoreError('Somebody else wrote to the same attributes right after us.', {
    kind: 'conflict',
    namesVersion: false,
  });
}
