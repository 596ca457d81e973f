import { type Content, countOf, type Operation } from './operation';
import { perform } from './sequential-specification';

/** More would take too long. */
export const LONGEST_HISTORY = 12;

/**
 * Whether some order of the operations on one record, each at a moment between its invocation and
 * its answer, explains all answers and the final content: Wing and Gong's search, which goes down no
 * way twice. What is unknown stays open for ever, and what failed has not happened.
 *
 * @see https://doi.org/10.1006/jpdc.1993.1015
 */
export function isLinearizable(
  history: readonly Operation[],
  initial: Content,
  final: Content,
): boolean {
  const operations = history.filter(({ outcome }) => outcome.kind !== 'failed');
  if (operations.length > LONGEST_HISTORY) throw new Error('The history is too long to search.');
  const ends = operations.map(({ outcome, answered }) =>
    outcome.kind === 'unknown' ? Infinity : answered,
  );
  const wanted = canonical(final);
  const tried = new Set<string>();

  const search = (done: number, state: Content): boolean => {
    const key = `${done} ${canonical(state)}`;
    if (tried.has(key)) return false;
    tried.add(key);
    const open = operations.map((_, index) => index).filter((index) => !(done & (1 << index)));
    const firstEnd = Math.min(...open.map((index) => ends[index] ?? Infinity));
    if (firstEnd === Infinity && canonical(state) === wanted) return true;
    return open.some((index) => {
      const operation = operations[index];
      if (!operation || operation.invoked > firstEnd) return false;
      const next = nextState(operation, state);
      return next !== undefined && search(done | (1 << index), next);
    });
  };
  return search(0, initial);
}

/** The state after an operation; `undefined` where its answer would have been another one. */
function nextState({ call, outcome }: Operation, state: Content): Content | undefined {
  const effect = perform(call, state);
  if (outcome.kind === 'unknown') return effect.kind === 'written' ? effect.next : state;
  if (effect.kind !== outcome.kind) return undefined;
  switch (effect.kind) {
    case 'written':
      return call.kind !== 'count' ||
        (outcome.kind === 'written' && outcome.counted === countOf(effect.next))
        ? effect.next
        : undefined;
    case 'unchanged':
      return outcome.kind === 'unchanged' && canonical(effect.found) === canonical(outcome.found)
        ? state
        : undefined;
    case 'refused':
      return outcome.kind === 'refused' && effect.found === outcome.found ? state : undefined;
  }
}

function canonical(content: Content): string {
  return JSON.stringify(Object.entries(content).sort());
}
