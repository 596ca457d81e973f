import { type Content, type Operation } from './operation';
import { mayBecome, perform } from './sequential-specification';
import type { Step } from './version-chain';

/** How callers of one client can have come along together in one commit. */
export interface Explanation {
  /** Who may have had a part in it. */
  readonly participants: ReadonlySet<Operation>;
  /** What the record may have held after one of them. */
  readonly states: readonly Content[];
}

/**
 * All orders of some of the candidates, one after the other, that lead from the state before a commit
 * to the state after it. The search goes down no way twice.
 */
export function explain({ before, commit }: Step, candidates: readonly Operation[]): Explanation {
  const wanted = canonical(commit.content);
  const participants = new Set<Operation>();
  const states: Content[] = [];
  const known = new Map<string, boolean>();

  const leadsThere = (state: Content, left: readonly Operation[]): boolean => {
    const here = canonical(state);
    const key = `${left.map((operation) => candidates.indexOf(operation)).join()} ${here}`;
    const tried = known.get(key);
    if (tried !== undefined) return tried;
    let leads = here === wanted;
    for (const operation of left) {
      const effect = perform(operation.call, state);
      if (effect.kind !== 'written' || !mayBecome(effect.next, commit.content)) continue;
      const rest = left.filter((other) => other !== operation);
      if (!leadsThere(effect.next, rest)) continue;
      leads = true;
      participants.add(operation);
      states.push(effect.next);
    }
    known.set(key, leads);
    return leads;
  };
  leadsThere(before.content, candidates);
  return { participants, states };
}

export function canonical(content: Content): string {
  return JSON.stringify(Object.entries(content).sort());
}
