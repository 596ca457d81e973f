import type { AwaitedValues } from '../evidence/awaited-values';
import type { LookSchedule } from '../looks/look-schedule';
import type { Stands } from '../update-error';

/**
 * Where an update stands. `Update` moves from one phase to the next in one place, and its lane is told:
 *
 * locating → waiting → reading → writing → confirming → ended, back to waiting after a failure, back
 * to locating where the record is elsewhere, and from everywhere to ended.
 */
export type Phase<Write, Note> =
  /** Its record is being found. */
  | { readonly kind: 'locating' }
  /** For its next attempt, which begins no earlier than `notBefore`, unless companions begin earlier. */
  | { readonly kind: 'waiting'; readonly notBefore: number }
  /** It takes part in a cycle, and nothing of its own is on its way. */
  | { readonly kind: 'reading' }
  /** A write with something of its own is on its way, whose outcome is the truth. */
  | { readonly kind: 'writing'; readonly write: Write }
  /** What it wants has been accepted, and it waits until a read shows it. */
  | { readonly kind: 'confirming'; readonly confirmation: Confirmation<Write, Note> }
  | { readonly kind: 'ended' };

export type PhaseKind = Phase<unknown, unknown>['kind'];

/** What an update waits to see, and what it is told then. */
export interface Confirmation<Write, Note> {
  readonly awaits: Awaited<Write>;
  /** Its own write; `undefined` where it found what others had written. */
  readonly write: Write | undefined;
  readonly note: Note;
  readonly batchSize: number;
  /** A read that was sent earlier tells nothing. */
  readonly since: number;
  readonly looks: LookSchedule;
}

/** What a read has to show. */
export type Awaited<Write> =
  /** Values that were accepted, where there is no version. */
  | AwaitedValues
  /** The record after a write under a version whose reply did not show it. */
  | {
      readonly kind: 'version';
      readonly taken: Write;
      /** Whether it was only accepted. */
      readonly accepted: boolean;
      /** Whether the record had just been made, so that somebody who had found none may replace it. */
      readonly isNew: boolean;
    };

/** What an update waits to see is not forgotten from now on, until it leaves the phase. */
export function enter(phase: Phase<unknown, unknown>): void {
  valuesOf(phase)?.join();
}

export function leave(phase: Phase<unknown, unknown>): void {
  valuesOf(phase)?.leave();
}

/** What stands in place of what an update wrote, as long as no read shows that. */
export function standsIn(phase: Phase<unknown, unknown>): Stands | undefined {
  const isOwn = phase.kind === 'confirming' && phase.confirmation.write !== undefined;
  return isOwn ? valuesOf(phase)?.stands : undefined;
}

function valuesOf(phase: Phase<unknown, unknown>): AwaitedValues | undefined {
  if (phase.kind !== 'confirming') return undefined;
  const { awaits } = phase.confirmation;
  return awaits.kind === 'values' ? awaits : undefined;
}
