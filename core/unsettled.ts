import type { Member } from './member';
import type { Snapshot, Store } from './store';

/** A write of unknown outcome, and what it was to bring each of its writers. */
export interface Unsettled<State, Report> {
  /** What it was made from, and conditional on where that has a version. */
  readonly base: Snapshot<State>;
  readonly next: State;
  readonly reports: Map<Member<State, Report>, Report>;
  /** Who had nothing to write, and what they were to be told. */
  readonly bystanders: Map<Member<State, Report>, Report>;
  /** How many shared the cycle. */
  readonly batchSize: number;
}

/**
 * Whether a write of unknown outcome may still be applied, for all that a snapshot shows. The
 * precondition then lets only one of it and its resend through. Without a version there is no such
 * protection.
 */
export function isStillOpen<State, Report>(
  { base: { version } }: Unsettled<State, Report>,
  snapshot: Snapshot<State>,
): boolean {
  return version !== null && snapshot.version !== null && snapshot.version <= version;
}

/**
 * Finds out from a later snapshot what became of a write of unknown outcome. Those whose update is
 * thereby over are told; all others have to apply their changes anew, in their order: if one has to,
 * all who may, for a later one may have changed what an earlier one has written.
 *
 * @returns whether it was applied, as far as anybody can tell
 */
export function settle<State, Report>(
  { base, next, reports, bystanders, batchSize }: Unsettled<State, Report>,
  snapshot: Snapshot<State>,
  store: Store<State>,
): boolean {
  const signs = [...reports].flatMap(([member, report]) => {
    if (!member.waits) return [];
    if (!member.change.idempotent) {
      member.end('indeterminate', 'The record moved on after a write of unknown outcome.');
      return [];
    }
    try {
      return [{ member, report, shown: member.change.shown(report, snapshot) }];
    } catch (error) {
      member.crash(error);
      return [];
    }
  });
  // Where the version moved once only, and to something else, that move was somebody else's.
  const movedOnce = snapshot.version === (base.version ?? 0) + 1;
  // Else all that it changed must be there, whatever others have changed besides.
  const shows =
    movedOnce || store.sameContent(next, base.state)
      ? next
      : store.rebase(next, base.state, snapshot.state);
  const applied = store.sameContent(shows, snapshot.state);
  for (const { member, report, shown } of signs) {
    if (applied) {
      member.succeed('written', snapshot, report, batchSize);
      continue;
    }
    // Without a version it may still arrive.
    if (shown !== 'all' && snapshot.version === null) continue;
    // Its version is gone, and so is its chance. But it may have been applied, and be overwritten since.
    member.uncertain = undefined;
    if (shown === 'nothing') member.perhapsOverwritten ||= !movedOnce;
    // Others set the same flags. And a server that merges may have left a part undone.
    else if (shown === 'part' && movedOnce) member.perhapsOverwritten = true;
    else member.noteWritten(report, shown === 'all');
  }
  if (!applied) return false;
  // They came before some of the writers, so applying theirs now would undo what those have written.
  for (const [member, report] of bystanders) {
    if (!member.isUncertain) member.succeed(member.outcome, snapshot, report, batchSize);
  }
  return true;
}
