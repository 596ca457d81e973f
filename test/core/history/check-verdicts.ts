import type { Effects } from './effects';
import type { Journal } from './journal';
import type { Call, Content, Operation } from './operation';
import type { VersionChain } from './version-chain';
import type { Violation } from './violation';

/** Whether what a caller was told about the record was true while the caller waited. */
export function* checkVerdict(
  operation: Operation,
  chain: VersionChain,
  effects: Effects,
  journal: Journal,
): Generator<Violation> {
  const { call, outcome } = operation;
  if (outcome.kind === 'written' || outcome.kind === 'unchanged') {
    const { version, state } = outcome.shows;
    const content = version === null ? state : chain.contents.get(version);
    if (JSON.stringify(content) !== JSON.stringify(state)) {
      yield { kind: 'untrue result', what: `${JSON.stringify(operation)} shows what never was` };
    }
  }
  if (outcome.kind !== 'unchanged' && outcome.kind !== 'refused') return;
  const found = foundBy(call, outcome.found);
  const wasTrue =
    found !== undefined &&
    (statesSeen(operation, chain, journal).some((state) => holds(state, found)) ||
      heldInside(operation, effects, found));
  if (!wasTrue) {
    yield { kind: 'untrue verdict', what: `${JSON.stringify(operation)} was never true` };
  }
}

/** What a verdict says the record held; `undefined` where that is no reason for the verdict. */
function foundBy(call: Call, found: string | Content): Content | undefined {
  if (typeof found === 'string') {
    return call.kind === 'setIfEquals' && found !== call.expected
      ? { [call.name]: found }
      : undefined;
  }
  switch (call.kind) {
    case 'set':
      return holds(found, call.values) ? found : undefined;
    case 'append':
      return undefined;
    case 'setIfMissing':
      return found[call.name] === undefined ? undefined : found;
    case 'setIfEquals':
      return found[call.name] === call.expected && call.value === call.expected ? found : undefined;
  }
}

/**
 * The states that held at some moment between invocation and answer, and those that a lagging
 * server passed off as such: no client can tell.
 */
function statesSeen(
  { client, record, invoked, answered }: Operation,
  { initial, steps, contents }: VersionChain,
  { requests }: Journal,
): readonly Content[] {
  const firstCommit = steps[0]?.commit.moment ?? Infinity;
  const current = steps
    .filter(({ commit, until }) => commit.moment < answered && until > invoked)
    .map(({ commit }) => commit.content);
  const passedOff = requests
    .filter(
      (request) =>
        request.client === client && request.record === record && request.moment > invoked,
    )
    .filter(({ lagged }) => lagged && lagged.moment < answered)
    .map(({ lagged }) => contents.get(lagged?.version ?? 0) ?? {});
  return [...(firstCommit > invoked ? [initial.content] : []), ...current, ...passedOff];
}

/** Whether it held between two callers of the same client that came along in one commit. */
function heldInside(operation: Operation, effects: Effects, found: Content): boolean {
  return effects
    .within(operation)
    .some((step) => effects.explanation(step).states.some((state) => holds(state, found)));
}

function holds(state: Content, values: Content): boolean {
  return Object.entries(values).every(([name, value]) => (state[name] ?? '') === value);
}
