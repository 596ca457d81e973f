import type { Authors } from './authors';
import type { Effects } from './effects';
import type { Commit } from './journal';
import { COUNT, LOG, mustBeItsOwn, type Operation, removedBy } from './operation';
import type { Step, VersionChain } from './version-chain';
import type { Violation, ViolationKind } from './violation';

/** What must hold for every commit of a record, whoever is told what about it. */
export function* checkCommits(
  chain: VersionChain,
  authors: Authors,
  effects: Effects,
): Generator<Violation> {
  const tokens = new Set<string>();
  const values = new Map<string, Commit[]>();
  for (const value of Object.values(chain.initial.content)) values.set(value, [chain.initial]);

  for (const step of chain.steps) {
    const { commit, before, set, appended } = step;
    if (commit.version !== before.version + 1) {
      yield violation('version gap', step, `follows version ${before.version}`);
    }
    if (commit.client !== null) {
      const { participants } = effects.explanation(step);
      if (participants.size === 0) {
        yield violation("nobody's write", step, 'is what no callers can have brought about');
      }
      const removed = new Set([...participants].flatMap(({ call }) => removedBy(call)));
      const lost = step.removed.find((name) => !removed.has(name));
      if (lost !== undefined) yield violation('lost update', step, `lost "${lost}"`);
    }
    if (!appended) {
      yield violation('lost update', step, `lost some of "${before.content[LOG] ?? ''}"`);
    }
    if (step.counted < 0) {
      yield violation('lost update', step, `went back from ${before.content[COUNT] ?? '0'}`);
    }
    for (const token of appended ?? []) {
      if (tokens.has(token)) yield violation('applied twice', step, `appends ${token} again`);
      tokens.add(token);
      yield* checkAuthor(step, token, authors);
    }
    for (const value of set.values()) {
      yield* checkAuthor(step, value, authors);
      // What many write may well come again.
      if (authors.isCommon(chain.record, value)) continue;
      const earlier = values.get(value) ?? [];
      values.set(value, [...earlier, commit]);
      const author = authors.only(chain.record, value);
      if (commit.client !== null && earlier.some((other) => !mayRepeat(other, author))) {
        yield violation('value came back', step, `brings ${value} back`);
      }
    }
  }
}

/**
 * A set may be applied anew as long as its client was not told that it has been applied: it cannot
 * know, and that is what `idempotent` allows. Under a condition it may not.
 */
function mayRepeat(commit: Commit, author: Operation | undefined): boolean {
  const mayBeRepeated = author !== undefined && !mustBeItsOwn(author.call);
  return mayBeRepeated && commit.client !== null && !commit.acknowledged;
}

function* checkAuthor(step: Step, mark: string, authors: Authors): Generator<Violation> {
  const { client, record } = step.commit;
  if (client === null) return;
  const possible = authors.all(record, mark);
  const [author] = possible;
  if (!author) yield violation("nobody's value", step, `has ${mark}, which nobody wrote there`);
  else if (!possible.some((other) => other.client === client)) {
    yield violation(
      "another client's token",
      step,
      `has ${mark} of ${author.client}, sent by ${client}`,
    );
  }
}

function violation(kind: ViolationKind, { commit }: Step, what: string): Violation {
  return { kind, what: `version ${commit.version} of ${commit.record} ${what}` };
}
