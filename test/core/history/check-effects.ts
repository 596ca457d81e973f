import type { Effects } from './effects';
import { type Operation, valuesOf } from './operation';
import type { Step } from './version-chain';
import type { Violation, ViolationKind } from './violation';

/** Whether what an operation did to the record is what its caller was told. */
export function* checkEffect(operation: Operation, effects: Effects): Generator<Violation> {
  const { call, outcome, invoked, answered } = operation;
  const steps = effects.of(operation);
  for (const step of steps) {
    const { moment, version } = step.commit;
    if (moment < invoked || (outcome.kind === 'written' && moment > answered)) {
      yield violation('took effect out of its time', operation, `in version ${version}`);
    }
    if (outcome.kind !== 'written' && outcome.kind !== 'unknown') {
      yield violation('took effect against its answer', operation, `in version ${version}`);
    }
    if (call.kind === 'append') continue;
    if (!isWhole(operation, step, effects)) {
      yield violation('took effect in part', operation, `in version ${version}`);
    }
    if (!conditionHeld(operation, step, effects)) {
      yield violation('took effect against its condition', operation, `in version ${version}`);
    }
  }
  if (outcome.kind !== 'written') return;
  const shown = outcome.shows.version ?? Infinity;
  // A lane-mate may have replaced all of it within one commit.
  const hidden = () =>
    Object.keys(valuesOf(call)).length > 0 &&
    effects
      .within(operation)
      .some((step) => isWhole(operation, step, effects) && conditionHeld(operation, step, effects));
  if (steps.length === 0 && !hidden()) {
    yield violation('took no effect', operation, 'in any version');
  }
  if (steps.length > 0 && steps.every(({ commit }) => commit.version > shown)) {
    yield violation('untrue result', operation, `shows version ${shown}, from before its effect`);
  }
}

/** Whether each attribute has its value after this commit, or one that replaced it inside. */
function isWhole({ call }: Operation, step: Step, effects: Effects): boolean {
  return Object.entries(valuesOf(call)).every(
    ([name, value]) => step.commit.content[name] === value || effects.replaces(step, name),
  );
}

function conditionHeld({ call }: Operation, step: Step, effects: Effects): boolean {
  switch (call.kind) {
    case 'set':
    case 'append':
      return true;
    case 'setIfMissing':
      return step.before.content[call.name] === undefined;
    case 'setIfEquals':
      return (
        step.before.content[call.name] === call.expected ||
        effects.inside(step, call.name).includes(call.expected)
      );
  }
}

function violation(kind: ViolationKind, operation: Operation, what: string): Violation {
  return { kind, what: `${JSON.stringify(operation)} ${kind} ${what}` };
}
