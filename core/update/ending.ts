import type { Fate } from '../evidence/intent';
import type { UpdateErrorReason } from '../update-error';

/** What is known of one write of an update. */
export interface WriteSoFar {
  readonly fate: Fate;
  /** Whether the server has accepted it: an `open` one then waits to be seen. */
  readonly accepted: boolean;
}

/** A write that has no answer yet. */
export const ON_ITS_WAY: WriteSoFar = { fate: 'open', accepted: false };

/** How an update ends without success. */
interface Failure {
  readonly kind: 'failure';
  readonly reason: UpdateErrorReason;
  /** Whether a write was accepted that no read has shown yet. */
  readonly accepted: boolean;
  /** Whether it surely had written, and others have written since. */
  readonly written: boolean;
}

/** How an update ends that has nothing left to be written. */
type Done = Failure | { readonly kind: 'success'; readonly outcome: 'written' | 'unchanged' };

/**
 * How an update ends that stops now.
 *
 * @param reason why it stops; `done` where nothing is left to be written
 * @param writes all that it has written so far, but for what surely was not applied
 */
export function ending(reason: UpdateErrorReason, writes: readonly WriteSoFar[]): Failure;
export function ending(reason: 'done', writes: readonly WriteSoFar[]): Done;
export function ending(reason: UpdateErrorReason | 'done', writes: readonly WriteSoFar[]): Done {
  const has = (...fates: readonly Fate[]) => writes.some(({ fate }) => fates.includes(fate));
  const accepted = writes.some((write) => write.fate === 'open' && write.accepted);
  const written = has('seen') && !has('seenInPart');
  const failure = (why: UpdateErrorReason) =>
    ({ kind: 'failure', reason: why, accepted, written }) as const;
  if (reason === 'done') {
    if (has('open', 'unknowable')) return failure('indeterminate');
    return { kind: 'success', outcome: has('seen', 'seenInPart') ? 'written' : 'unchanged' };
  }
  // "Accepted, not yet seen" is what there is to know.
  if (reason === 'deadline' && accepted) return failure(reason);
  const isUnknown = has('open', 'unknowable', 'seenInPart') || (written && reason === 'cancelled');
  return failure(isUnknown ? 'indeterminate' : reason);
}
