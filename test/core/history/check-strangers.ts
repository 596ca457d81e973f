import type { Effects } from './effects';
import { isUnanswered, type Journal } from './journal';
import { type Content, goalOf, holds, type Operation } from './operation';
import { changeIn, type Step, type VersionChain } from './version-chain';
import type { Violation } from './violation';

/** What a caller sees first may be a receipt of 250 ms ago, which was some time on its way. */
const RECEIPT_MS = 500;

/** Whether a call that gives way to strangers has given way to one, and has run over none. */
export function* checkStrangers(
  operation: Operation,
  chain: VersionChain,
  effects: Effects,
  journal: Journal,
): Generator<Violation> {
  const { call, outcome } = operation;
  if (call.kind !== 'setUnlessOthers') return;
  const found = foundBy(operation, call.name);
  if (found && !holds(found, goalOf(call)) && !isOfStranger(operation, found, chain, journal)) {
    yield { kind: 'gave way to nobody', what: `${JSON.stringify(operation)} met no stranger` };
  }
  if (outcome.kind !== 'written' && outcome.kind !== 'unknown') return;
  const base = firstBase(operation, call, journal);
  for (const step of effects.of(operation)) {
    if (base !== undefined && isRunOver(step, base, call.name, chain, journal)) {
      const { version } = step.commit;
      yield { kind: 'ran over a stranger', what: `${JSON.stringify(operation)} in ${version}` };
    }
  }
}

function foundBy({ outcome }: Operation, name: string): Content | undefined {
  if (outcome.kind === 'refused') return { [name]: outcome.found };
  return outcome.kind === 'unchanged' ? outcome.found : undefined;
}

/** Whether a stranger has set this since the caller can have seen the record first. */
function isOfStranger(
  { client, invokedMs, answered }: Operation,
  found: Content,
  { steps }: VersionChain,
  { lagMs }: Journal,
): boolean {
  const sinceMs = invokedMs - Math.max(lagMs, RECEIPT_MS);
  return steps.some(
    (step) =>
      step.commit.client !== client &&
      step.commit.moment < answered &&
      step.commit.atMs > sinceMs &&
      Object.entries(changeIn(step)).some(([name, value]) => found[name] === value),
  );
}

/** The version from which its value was sent first: it has seen the record as it was there. */
function firstBase(
  { client, record }: Operation,
  { name, value }: Extract<Operation['call'], { kind: 'setUnlessOthers' }>,
  { requests }: Journal,
): number | undefined {
  const first = requests.find(
    ({ writes, ...sent }) =>
      sent.client === client && sent.record === record && writes?.next[name] === value,
  );
  return first?.writes?.base ?? undefined;
}

/** Whether a commit replaced what a stranger had made of an attribute since a version. */
function isRunOver(
  { commit, before }: Step,
  base: number,
  name: string,
  { steps, contents }: VersionChain,
  { requests }: Journal,
): boolean {
  const last = steps.findLast(
    (step) => step.commit.version < commit.version && name in changeIn(step),
  );
  const theirs = before.content[name];
  const isStrange =
    last !== undefined &&
    last.commit.client !== commit.client &&
    last.commit.version > base &&
    theirs !== contents.get(base)?.[name];
  // Who has sent the same without an answer cannot tell whose it is.
  return (
    isStrange &&
    !requests.some(
      (sent) =>
        sent.client === commit.client &&
        sent.record === commit.record &&
        isUnanswered(sent) &&
        sent.writes?.next[name] === theirs &&
        contents.get(sent.writes?.base ?? 0)?.[name] !== theirs,
    )
  );
}
