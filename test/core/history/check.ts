import { checkCommits } from './check-commits';
import { checkConditions } from './check-conditions';
import { checkEffect } from './check-effects';
import { checkRequests } from './check-requests';
import { checkVerdict } from './check-verdicts';
import { Effects } from './effects';
import type { Journal } from './journal';
import type { Operation } from './operation';
import { Authors, versionChains } from './version-chain';
import type { Violation } from './violation';

/** Holds a history against the journal of the server; the versions make that one pass. */
export function* check(history: readonly Operation[], journal: Journal): Generator<Violation> {
  const authors = new Authors(history);
  for (const chain of versionChains(journal)) {
    const operations = history.filter(({ record }) => record === chain.record);
    const effects = new Effects(chain.steps, operations);
    yield* checkCommits(chain, authors, effects);
    yield* checkConditions(operations, effects);
    for (const operation of operations) {
      yield* checkEffect(operation, effects);
      yield* checkVerdict(operation, chain, effects, journal);
    }
  }
  yield* checkRequests(history, journal);
}
