import { Authors } from './authors';
import { checkAbsence } from './check-absence';
import { checkCommits } from './check-commits';
import { checkEffect } from './check-effects';
import { checkCounts } from './check-counts';
import { checkRequests } from './check-requests';
import { checkStrangers } from './check-strangers';
import { checkVerdict } from './check-verdicts';
import { checkWinners } from './check-winners';
import { Effects } from './effects';
import type { Journal } from './journal';
import type { Operation } from './operation';
import { versionChains } from './version-chain';
import type { Violation } from './violation';

/**
 * Holds a history against the journal of the server; the versions make that one pass.
 *
 * @param remembers whether a process remembers what its earlier callers have seen; one whose callers
 * update alone does not
 */
export function* check(
  history: readonly Operation[],
  journal: Journal,
  remembers = true,
): Generator<Violation> {
  const chains = versionChains(journal);
  const authors = new Authors(history, chains);
  for (const chain of chains) {
    const operations = history.filter(({ record }) => record === chain.record);
    const effects = new Effects(chain.steps, operations, authors, journal.requests);
    yield* checkCommits(chain, authors, effects);
    yield* checkWinners(chain, operations, effects);
    yield* checkCounts(chain, operations);
    for (const operation of operations) {
      yield* checkEffect(operation, effects);
      yield* checkVerdict(operation, chain, effects, journal, remembers);
      yield* checkStrangers(operation, chain, effects, journal);
    }
  }
  yield* checkAbsence(history, journal);
  yield* checkRequests(history, journal);
}
