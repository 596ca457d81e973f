import type { Effects } from './effects';
import { canonical } from './explanation';
import type { Journal } from './journal';
import { type Call, type Content, goalOf, holds, type Operation } from './operation';
import type { VersionChain } from './version-chain';
import type { Violation } from './violation';

/**
 * Whether what a caller was told about the record was true while the caller waited.
 *
 * @param remembers whether a process remembers the newest version that it has seen
 */
export function* checkVerdict(
  operation: Operation,
  chain: VersionChain,
  effects: Effects,
  journal: Journal,
  remembers: boolean,
): Generator<Violation> {
  const { call, outcome } = operation;
  if (outcome.kind === 'written' || outcome.kind === 'unchanged') {
    const { version, state } = outcome.shows;
    const content = version === null ? state : chain.contents.get(version);
    if (!content || canonical(content) !== canonical(state)) {
      yield { kind: 'untrue result', what: `${JSON.stringify(operation)} shows what never was` };
    }
  }
  if (outcome.kind !== 'unchanged' && outcome.kind !== 'refused') return;
  const found = foundBy(call, outcome.found);
  const wasTrue =
    found !== undefined &&
    (statesSeen(operation, chain, journal, remembers).some((state) => holds(state, found)) ||
      heldInside(operation, effects, found));
  if (!wasTrue) {
    yield { kind: 'untrue verdict', what: `${JSON.stringify(operation)} was never true` };
  }
}

/** What a verdict says the record held; `undefined` where that is no reason for the verdict. */
export function foundBy(call: Call, found: string | Content): Content | undefined {
  if (typeof found === 'string') return foundByRefusal(call, found);
  switch (call.kind) {
    case 'set':
      return holds(found, call.values) ? found : undefined;
    case 'append':
    case 'count':
    case 'removeIfEquals':
      return undefined;
    case 'setIfMissing':
      return (found[call.name] ?? '') === '' ? undefined : found;
    case 'setIfEquals':
      return found[call.name] === call.expected && call.value === call.expected ? found : undefined;
    case 'remove':
      return holds(found, goalOf(call)) ? found : undefined;
    case 'setUnlessOthers':
      return holds(found, goalOf(call)) || call.otherwise === 'keep' ? found : undefined;
  }
}

function foundByRefusal(call: Call, found: string): Content | undefined {
  switch (call.kind) {
    case 'setIfEquals':
    case 'removeIfEquals':
      return found === call.expected ? undefined : { [call.name]: found };
    case 'setUnlessOthers':
      return found !== call.value && call.otherwise === 'refuse'
        ? { [call.name]: found }
        : undefined;
    default:
      return undefined;
  }
}

/**
 * The states that held at some moment between invocation and answer, and those that a lagging
 * server passed off as such: no client can tell, but one that has seen the record further on.
 */
function statesSeen(
  { client, record, invoked, answered }: Operation,
  { initial, steps, contents }: VersionChain,
  { requests, sightings }: Journal,
  remembers: boolean,
): readonly Content[] {
  const firstCommit = steps[0]?.commit.moment ?? Infinity;
  const current = steps
    .filter(({ commit, until }) => commit.moment < answered && until > invoked)
    .map(({ commit }) => commit.content);
  const isKnownToBeOld = (lagged: { readonly moment: number; readonly version: number }) =>
    remembers &&
    sightings.some(
      (sighting) =>
        sighting.client === client &&
        sighting.record === record &&
        sighting.moment < lagged.moment &&
        sighting.version > lagged.version,
    );
  const passedOff = requests
    .filter(
      (request) =>
        request.client === client && request.record === record && request.moment > invoked,
    )
    .flatMap(({ lagged }) => lagged ?? [])
    .filter((lagged) => lagged.moment < answered && !isKnownToBeOld(lagged))
    .map(({ version }) => contents.get(version) ?? {});
  return [...(firstCommit > invoked ? [initial.content] : []), ...current, ...passedOff];
}

/** Whether it held between two callers of the same client that came along in one commit. */
function heldInside(operation: Operation, effects: Effects, found: Content): boolean {
  return effects
    .within(operation)
    .some((step) => effects.explanation(step).states.some((state) => holds(state, found)));
}
