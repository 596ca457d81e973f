import { isLinearizable, LONGEST_HISTORY } from '../linearizability';
import { goalOf, type Operation, type Outcome } from '../operation';
import type { Violation } from '../violation';
import type { Evidence } from './evidence';
import { type Applied, contentOf, heldOf, type PatchLog, type SentPatch } from './log';
import type { PatchOperation } from './operation';

/** For so long an accepted write counts although no read shows it. */
const BOUND_MS = 10_000;

/**
 * Whether all comes out as one call after the other, where one process writes and nobody else. Left out
 * is what it cannot order: a write that arrives late, or twice, or is accepted by somebody who does
 * not apply it; one without an answer that reads may not show yet; and lags beyond the bound.
 */
export function* checkOrder(evidence: Evidence): Generator<Violation> {
  const { applied, log, operations, record } = evidence;
  const [first] = applied;
  const last = applied.at(-1);
  const clients = new Set(operations.map(({ client }) => client));
  const isAlone = clients.size === 1 && applied.every(({ client, place }) => client ?? !place);
  if (!first || !last || !isAlone || log.lagMs > BOUND_MS || log.gone.has(record)) return;
  const called = operations.map((one) => ({
    ...one,
    outcome: isRenewal(one, evidence) ? ({ kind: 'unknown' } as const) : outcomeOf(one, last),
  }));
  const counting = called.filter(({ outcome }) => outcome.kind !== 'failed');
  if (counting.length > LONGEST_HISTORY || log.requests.some((one) => isBeyondOrder(one, log)))
    return;
  if (!isLinearizable(counting, contentOf(first), contentOf(last))) {
    yield { kind: 'out of order', what: `${record} shows no order of its calls` };
  }
}

/** Whether it has written what was there already, because a read had shown it an old value. */
function isRenewal(
  { answered, call, client, invoked, outcome }: PatchOperation,
  evidence: Evidence,
): boolean {
  const goal = Object.entries(goalOf(call));
  if (outcome.kind !== 'written' || goal.length === 0) return false;
  const lacks = (one: Applied) => goal.some(([name, value]) => heldOf(one, name).value !== value);
  return evidence.applied.some(({ moment, values }, index, applied) => {
    const before = applied[index - 1];
    if (!before || lacks(before) || moment < invoked || moment > answered) return false;
    const wasMisled = evidence
      .looksOf(client, moment)
      .some((look) => look.answered > invoked && lacks(look.shows));
    return wasMisled && goal.every(([name, value]) => values[name] === value);
  });
}

function isBeyondOrder({ answer, fault, values }: SentPatch, { lagMs }: PatchLog): boolean {
  if (!values) return false;
  const { kind } = fault ?? {};
  const comesAnyTime = kind === 'late' || kind === 'repeated' || kind === 'falseAcceptance';
  return comesAnyTime || (answer === undefined && lagMs > 0);
}

function outcomeOf({ outcome }: PatchOperation, last: Applied): Operation['outcome'] {
  const shows = { state: contentOf(last), version: null };
  switch (outcome.kind) {
    case 'written':
    case 'accepted':
      return { kind: 'written', shows };
    case 'unchanged':
      return { ...outcome, shows };
    // Whoever says so of nobody is wrong for another reason.
    case 'superseded':
    case 'unseen':
      return { kind: 'unknown' };
    default:
      return outcome satisfies Outcome;
  }
}
