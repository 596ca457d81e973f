import type { Clock } from '../clock';
import type { IntentLog } from '../evidence/intent-log';
import type { Parts } from '../parts';
import type { RequestLimits, Snapshot, Store, TimedSnapshot } from '../store';

/**
 * A snapshot, and what it came with: a read, the receipt of a write, or a conflict. A read that was
 * `overtaken`, as a conflict has said, does for one more try, and proves nothing.
 */
export interface Sourced<Raw> extends TimedSnapshot<Raw> {
  readonly source: 'read' | 'overtaken' | 'receipt' | 'conflict';
}

/** What a cycle starts from. */
export interface Reading<Raw> extends Sourced<Raw> {
  /** The record, with what was accepted but not seen yet laid over. */
  readonly snapshot: Snapshot<Raw>;
  /** The record as the server showed it. */
  readonly shown: Parts;
}

/** @throws what the store throws */
export async function timedRead<Raw>(
  store: Store<Raw>,
  limits: RequestLimits,
  clock: Clock,
): Promise<TimedSnapshot<Raw>> {
  const sentAt = clock.now();
  const { times, ...snapshot } = await store.read(limits);
  return { snapshot, sentAt, answeredAt: clock.now(), ...times };
}

/** A snapshot that the reply to a write has brought. */
export function cameWith<Raw>(
  source: 'receipt' | 'conflict',
  snapshot: Snapshot<Raw>,
  now: number,
): Sourced<Raw> {
  return { snapshot, source, sentAt: now, answeredAt: now };
}

/** Under a version a read shows all that was written before it; without one, not yet what was only accepted. */
export function layOver<Raw>(
  sourced: Sourced<Raw>,
  log: Pick<IntentLog, 'noteRead'>,
): Reading<Raw> {
  const { parts: shown, version } = sourced.snapshot;
  const parts = version === null ? log.noteRead(shown, sourced.sentAt) : shown;
  return { ...sourced, shown, snapshot: { ...sourced.snapshot, parts } };
}

/** Whether it was read after an update was asked for, so that what it shows was true in its time. */
export function isFreshFor(
  { calledAt }: { readonly calledAt: number },
  { sentAt, source }: Pick<Sourced<unknown>, 'sentAt' | 'source'>,
): boolean {
  return source === 'read' && sentAt >= calledAt;
}
