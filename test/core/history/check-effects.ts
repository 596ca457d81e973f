import type { Effects } from './effects';
import { mustBeItsOwn, type Operation } from './operation';
import type { Violation, ViolationKind } from './violation';

/** Whether what an operation did to the record is what its caller was told. */
export function* checkEffect(operation: Operation, effects: Effects): Generator<Violation> {
  const { call, outcome, invoked, answered } = operation;
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
  const witnesses = steps.length > 0 ? steps : unmarked(operation, effects);
  if (witnesses.length === 0) {
    const whose = mustBeItsOwn(call) ? 'of its client' : 'since its call';
    yield violation('took no effect', operation, `in any version ${whose}`);
  }
  const shown = outcome.shows.version ?? Infinity;
  if (witnesses.length > 0 && witnesses.every(({ commit }) => commit.version > shown)) {
    yield violation('untrue result', operation, `shows version ${shown}, from before its effect`);
  }
}

/**
 * The steps that may bear it out though none shows that it is its own: a companion may have replaced
 * all of it within one commit, and others may want the same.
 */
function unmarked(operation: Operation, effects: Effects) {
  return [
    ...effects
      .within(operation)
      .filter((step) => effects.explanation(step).participants.has(operation)),
    ...(mustBeItsOwn(operation.call)
      ? []
      : [...effects.ofOthersAlike(operation), ...effects.ofOthersAsSent(operation)]),
  ];
}

function violation(kind: ViolationKind, operation: Operation, what: string): Violation {
  return { kind, what: `${JSON.stringify(operation)} ${kind} ${what}` };
}
