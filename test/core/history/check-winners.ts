import type { Effects } from './effects';
import { isConditional, type Operation } from './operation';
import { teamsOf } from './teams';
import type { VersionChain } from './version-chain';
import type { Violation } from './violation';

/**
 * Whether everybody who was told that a claim is won can have won one of their own: no commit lets
 * two win what only one can have, and nobody wins twice. Each alone may be explained by the same
 * commit, so this looks for one way to explain all winners and all commits at once.
 */
export function* checkWinners(
  { record, steps }: VersionChain,
  operations: readonly Operation[],
  effects: Effects,
): Generator<Violation> {
  const claims = operations.filter(
    ({ call, outcome }) =>
      isConditional(call) && (outcome.kind === 'written' || outcome.kind === 'unknown'),
  );
  const winners = claims.filter(({ outcome }) => outcome.kind === 'written');
  // What marks it as its own is looked at elsewhere.
  if (winners.every((claim) => effects.of(claim).length > 0)) return;
  const all = bitsOf(winners, claims);
  const teams = steps.flatMap((step) => {
    const candidates = effects.candidates(step);
    return candidates.some((candidate) => claims.includes(candidate))
      ? [teamsOf(step, candidates, claims)]
      : [];
  });
  let reached = new Set([0]);
  for (const team of teams) {
    // A commit that nothing explains is looked at elsewhere, too.
    if (team.size === 0) continue;
    const next = new Set<number>();
    for (const before of reached) {
      for (const way of team) if ((before & way) === 0) next.add(before | way);
    }
    reached = next;
  }
  if (![...reached].some((way) => (way & all) === all)) {
    const what = winners.map((claim) => JSON.stringify(claim)).join(' and ');
    yield { kind: 'two winners', what: `On ${record} these cannot all have won once: ${what}` };
  }
}

function bitsOf(some: readonly Operation[], of: readonly Operation[]): number {
  return some.reduce((bits, one) => bits | (1 << of.indexOf(one)), 0);
}
