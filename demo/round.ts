import { setTimeout as sleep } from 'node:timers/promises';

import type { Call, JournalEntry, Simulator } from '../simulator';
import { foreignUpdates, runOtherSystems, type WriteAsOther } from './other-systems';
import { progressOf } from './progress';
import type { Screen } from './screen';
import { tally, type Tally } from './tally';
import { attributesAtStart, listOf, type Update, updates } from './update';

export const STATE_CHANGE_EVERY_MS = 120;
/** So many updates come in at the same moment, … */
export const UPDATES_AT_ONCE = 3;
/** … and the next ones so much later. */
const NEXT_UPDATES_AFTER_MS = 250;

/** Where a round is played. */
export interface Stage {
  readonly simulator: Simulator;
  readonly screen: Screen;
  /** How the other systems write. */
  readonly writeAsOther: WriteAsOther;
  /** Whose requests are not those of the round: the other systems', by their tokens. */
  readonly bystanders: readonly string[];
  /** Breaks the demo off. */
  readonly stop: AbortSignal;
  /** Ends the waiting: what is not written by then counts as lost. */
  readonly deadline: AbortSignal;
}

/** One way of writing a single update. */
export type Write<Result> = (call: Call, update: Update, signal: AbortSignal) => Promise<Result>;

/** One way of writing, tried on a call of its own. */
export interface Round<Result> {
  readonly call: Call;
  /** In the order they came in; without those that found no end in time. */
  readonly results: readonly Result[];
  /** What became of the updates that this way was to write. */
  readonly ours: Tally;
  /** What became of what the other systems wrote meanwhile. */
  readonly others: Tally;
  /** What became of the attributes that the call came in with. */
  readonly atStart: Tally;
  /** Every request of the round that is no bystander's. */
  readonly requests: readonly JournalEntry[];
}

/**
 * The same scene for every way of writing: a new call whose state keeps changing, other systems
 * that write to its customer, and our updates coming in.
 */
export async function playRound<Result>(
  { simulator, screen, writeAsOther, bystanders, stop, deadline }: Stage,
  write: Write<Result>,
): Promise<Round<Result>> {
  const call = simulator.addCall({ attributes: attributesAtStart });
  const earlier = simulator.journal.entries.length;
  const requests = () =>
    simulator.journal.entries
      .slice(earlier)
      .filter(({ authorization = '' }) => !bystanders.includes(authorization));

  const signal = AbortSignal.any([stop, deadline]);
  const startedAt = performance.now();
  const unwatch = screen.watch(() => progressOf(call, requests(), performance.now() - startedAt));
  const stopChanging = call.keepChanging(STATE_CHANGE_EVERY_MS);
  try {
    const foreign = runOtherSystems(call, writeAsOther, signal);
    const ours = updates.map(async (update, index) => {
      const wave = Math.floor(index / UPDATES_AT_ONCE);
      await sleep(wave * NEXT_UPDATES_AFTER_MS, undefined, { signal });
      return await write(call, update, signal);
    });
    const [foreignOutcome, ...outcomes] = await Promise.allSettled([foreign, ...ours]);
    stop.throwIfAborted();
    if (!deadline.aborted) throwFirst([foreignOutcome, ...outcomes]);
    return {
      call,
      results: outcomes.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : [])),
      ours: tally(call.customer, updates),
      others: tally(call.customer, foreignUpdates),
      atStart: tally(call.customer, listOf(attributesAtStart)),
      requests: requests(),
    };
  } finally {
    stopChanging();
    unwatch();
  }
}

function throwFirst(outcomes: readonly PromiseSettledResult<unknown>[]): void {
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
