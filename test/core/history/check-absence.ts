import type { Timeline } from './journal';
import type { Operation, Outcome } from './operation';
import type { PatchOutcome } from './patch/operation';
import type { Violation } from './violation';

/** For so long after a write of its own a process does not believe that there is no such record. */
const DISBELIEF_MS = 10_000;

/** Whether nobody was told that a record is not there which is, and which its process has just written. */
export function* checkAbsence(
  history: readonly Operation<Outcome | PatchOutcome>[],
  { gone, writeEnds }: Pick<Timeline, 'gone' | 'writeEnds'>,
): Generator<Violation> {
  for (const operation of history) {
    const { client, record, outcome, answered, answeredMs } = operation;
    if (outcome.kind !== 'failed' || !outcome.isAbsent) continue;
    if ((gone.get(record) ?? Infinity) < answered) continue;
    const hasWritten = writeEnds.some(
      (end) =>
        end.client === client &&
        end.record === record &&
        end.moment < answered &&
        end.atMs > answeredMs - DISBELIEF_MS,
    );
    if (hasWritten) {
      yield { kind: 'untrue absence', what: `${JSON.stringify(operation)} had just written it` };
    }
  }
}
