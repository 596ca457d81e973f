import { type Intent, resolve } from '../evidence/intent';
import type { Sending } from '../evidence/intent-log';
import { type Delta, shownOf } from '../parts';
import type { Snapshot } from '../store';
import type { Update } from '../update/update';
import type { Step } from './plan';

/** A write that the updates of one cycle share. */
export interface SharedWrite<Raw, Note> extends Intent<Update<Raw, Note>> {
  readonly base: Snapshot<Raw>;
  /** What was planned for all of the cycle, those included who had nothing to write. */
  readonly steps: readonly Step<Update<Raw, Note>, Note>[];
  readonly sending: Sending;
}

/** The parts whose content may prove a write. A claim proves nothing, since others write the same. */
export function provable<Raw, Note>({ own }: SharedWrite<Raw, Note>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { change, delta } of own.values()) {
    for (const name of delta.keys()) {
      if (change.idempotent && !change.conditional) names.add(name);
      else names.delete(name);
    }
  }
  return names;
}

/**
 * Tells everybody what a later snapshot shows of a write that got no answer. An update that is
 * thereby over ends; all others apply their changes anew, in their order: if one has to, all who
 * may, for a later one may have changed what an earlier one has written.
 *
 * @param onApplied told of each update whose write was applied, and what it has to say of it
 * @returns what of it is there, and whether it may still be applied, as far as that matters to anybody
 */
export function settle<Raw, Note>(
  write: SharedWrite<Raw, Note>,
  snapshot: Snapshot<Raw>,
  onApplied: (update: Update<Raw, Note>, note: Note) => void,
): { readonly shown: Delta; readonly isOpen: boolean } {
  const { isApplied, shown, fates } = resolve(write, snapshot);
  let isOpen = false;
  for (const { update, verdict } of write.steps) {
    const fate = fates.get(update);
    if (verdict.kind !== 'write' || !fate) continue;
    const asks = update.phase.kind !== 'ended' && update.writes.isOpen(write);
    // Under a version, whoever has left may still have written what others meet.
    isOpen ||= fate === 'open' && (asks || snapshot.version !== null);
    if (!asks) continue;
    if (fate === 'applied') onApplied(update, verdict.note);
    else if (fate !== 'open') {
      const isProvable = update.change.idempotent && !update.change.conditional;
      update.noteFate(write, fate, { seen: shownOf(snapshot.parts, verdict.delta) });
      if (fate === 'unknowable' && !isProvable) {
        const stands = new Map(
          [...verdict.delta.keys()].map((name) => [name, snapshot.parts.get(name) ?? null]),
        );
        update.end(
          'indeterminate',
          'The record moved on after a write of unknown outcome.',
          stands,
        );
      }
    }
  }
  if (isApplied) endIdle(write, snapshot);
  return { shown, isOpen };
}

/**
 * Settles a write that got no answer when another one was committed: its version was taken by that.
 *
 * @returns that it will not be applied any more
 */
export function settleAsLost<Raw, Note>(lost: SharedWrite<Raw, Note>): false {
  for (const update of lost.own.keys()) update.noteFate(lost, 'notApplied');
  return false;
}

/** They came before some of the writers, so applying theirs now would undo what those have written. */
function endIdle<Raw, Note>({ steps }: SharedWrite<Raw, Note>, snapshot: Snapshot<Raw>): void {
  for (const { update, verdict } of steps) {
    if (verdict.kind !== 'unchanged' || update.writes.areUncertain) continue;
    update.done({ snapshot, note: verdict.note, batchSize: steps.length });
  }
}
