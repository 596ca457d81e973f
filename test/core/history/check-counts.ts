import { countOf, type Operation } from './operation';
import type { Step, VersionChain } from './version-chain';
import type { Violation, ViolationKind } from './violation';

type Counter = Operation & { readonly call: { readonly kind: 'count' } };

/**
 * Whether what each process counted adds up to what it was told, and every number was told once, to
 * one whose own process had just counted past it.
 */
export function* checkCounts(
  { record, steps }: VersionChain,
  operations: readonly Operation[],
): Generator<Violation> {
  const counters = operations.filter((operation) => operation.call.kind === 'count') as Counter[];
  for (const [client, all] of Map.groupBy(counters, (counter) => counter.client)) {
    const own = steps.filter(({ commit }) => commit.client === client);
    const there = total(own.map(({ counted }) => counted));
    const written = summed(all, 'written');
    const most = written + summed(all, 'unknown');
    const what = `${client} has counted ${record} up by ${there}, and told of ${written} to ${most}`;
    if (there < written) yield { kind: 'counted too little', what };
    if (there > most) yield { kind: 'counted too much', what };
    for (const counter of all) {
      if (!isTrue(counter, own)) yield violation('untrue count', counter);
    }
  }
  const told = new Set<number>();
  for (const counter of counters) {
    const { outcome } = counter;
    if (outcome.kind !== 'written' || outcome.counted === undefined) continue;
    if (told.has(outcome.counted)) yield violation('told twice', counter);
    told.add(outcome.counted);
  }
}

function summed(counters: readonly Counter[], kind: 'written' | 'unknown'): number {
  return total(counters.filter(({ outcome }) => outcome.kind === kind).map(({ call }) => call.by));
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** Whether a commit of its process counted past the number that it was told, while it was open. */
function isTrue({ answered, call, invoked, outcome }: Counter, own: readonly Step[]): boolean {
  if (outcome.kind !== 'written') return true;
  const { counted = NaN } = outcome;
  return own.some(
    ({ before, commit }) =>
      countOf(before.content) <= counted - call.by &&
      counted <= countOf(commit.content) &&
      commit.moment > invoked &&
      commit.moment < answered,
  );
}

function violation(kind: ViolationKind, counter: Counter): Violation {
  return { kind, what: JSON.stringify(counter) };
}
