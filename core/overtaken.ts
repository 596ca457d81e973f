import type { OwnWrite } from './intent';
import { sameParts, textOf } from './parts';
import type { Awaited } from './phase';
import { showsAsWritten } from './proof';
import type { SharedWrite } from './shared-write';
import { NONE_YET, type Snapshot } from './store';

/**
 * Whether what an update waits for is not there, though the record has moved on, so that it has to plan
 * anew. What was made of nothing is there only where a read shows it. What was accepted under a version
 * may have been dropped where a read shows nothing of it, but somebody else's.
 *
 * @param own what the update itself has written of it; `undefined` where it only rests on that
 */
export function isOvertaken<Raw, Note>(
  { accepted, taken }: Extract<Awaited<SharedWrite<Raw, Note>>, { kind: 'version' }>,
  own: OwnWrite | undefined,
  { parts, version }: Snapshot<Raw>,
): boolean {
  const { base, delta } = taken;
  if (own?.change.idempotent === false) return false;
  if (base.version === NONE_YET) {
    return !showsAsWritten(taken, (own?.delta ?? delta).keys(), parts);
  }
  if (!accepted || delta.size === 0) return false;
  const isExact = version === (base.version ?? 0) + 1;
  const showsNothing = [...delta.keys()].every(
    (name) => textOf(parts, name) === textOf(base.parts, name),
  );
  return showsNothing && !(isExact && sameParts(parts, base.parts));
}
