import type { Effects } from './effects';
import type { Operation } from './operation';
import type { Violation, ViolationKind } from './violation';

/** Whether what an operation did to the record is what its caller was told. */
export function* checkEffect(operation: Operation, effects: Effects): Generator<Violation> {
  const { outcome, invoked, answered } = operation;
  const steps = effects.of(operation);
  for (const step of steps) {
    const { moment, version } = step.commit;
    if (outcome.kind !== 'written' && outcome.kind !== 'unknown') {
      yield violation('took effect against its answer', operation, `in version ${version}`);
    } else if (moment < invoked || (outcome.kind === 'written' && moment > answered)) {
      yield violation('took effect out of its time', operation, `in version ${version}`);
    } else if (!effects.explanation(step).participants.has(operation)) {
      yield violation(
        'took effect in part or against its condition',
        operation,
        `in version ${version}`,
      );
    }
  }
  if (outcome.kind !== 'written') return;
  // A companion may have replaced all of it within one commit.
  const hidden = () =>
    effects.within(operation).some((step) => effects.explanation(step).participants.has(operation));
  if (steps.length === 0 && !hidden()) {
    yield violation('took no effect', operation, 'in any version');
  }
  const shown = outcome.shows.version ?? Infinity;
  if (steps.length > 0 && steps.every(({ commit }) => commit.version > shown)) {
    yield violation('untrue result', operation, `shows version ${shown}, from before its effect`);
  }
}

function violation(kind: ViolationKind, operation: Operation, what: string): Violation {
  return { kind, what: `${JSON.stringify(operation)} ${kind} ${what}` };
}
