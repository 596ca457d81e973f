import { canonical } from './explanation';
import { type Content, type Operation } from './operation';
import { mayBecome, perform } from './sequential-specification';
import type { Step } from './version-chain';

/**
 * Who of some operations can have come along together in one commit, in all the ways that there are:
 * each is a set of bits, by their places among those that are asked about.
 */
export function teamsOf(
  { before, commit }: Step,
  candidates: readonly Operation[],
  asked: readonly Operation[],
): ReadonlySet<number> {
  const wanted = canonical(commit.content);
  const known = new Map<string, ReadonlySet<number>>();

  const waysFrom = (state: Content, left: number): ReadonlySet<number> => {
    const here = canonical(state);
    const key = `${left} ${here}`;
    const tried = known.get(key);
    if (tried) return tried;
    const ways = new Set<number>(here === wanted ? [0] : []);
    for (const [place, operation] of candidates.entries()) {
      if ((left & (1 << place)) === 0) continue;
      const effect = perform(operation.call, state);
      if (effect.kind !== 'written' || !mayBecome(effect.next, commit.content)) continue;
      const own = asked.includes(operation) ? 1 << asked.indexOf(operation) : 0;
      for (const way of waysFrom(effect.next, left & ~(1 << place))) ways.add(way | own);
    }
    known.set(key, ways);
    return ways;
  };
  return waysFrom(before.content, (1 << candidates.length) - 1);
}
