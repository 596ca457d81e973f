import { foundBy } from '../check-verdicts';
import { type Call, type Content, goalOf, isConditional } from '../operation';
import type { Violation } from '../violation';
import type { Evidence } from './evidence';
import { type Held, heldOf } from './log';
import { mayHaveWritten, type PatchOperation } from './operation';

/** What is older than an accepted write of its own process proves nothing to it for so long. */
const BOUND_MS = 10_000;
/** What was accepted is believed for so long, where no read shows it. */
const BELIEVED_MS = 60_000;
/** Where a call begins may be shown by a read of so many ms ago. */
const RECEIPT_MS = 500;

/** Whether what a caller was told that it found was there, as far as reads may have been behind. */
export function* checkVerdict(operation: PatchOperation, evidence: Evidence): Generator<Violation> {
  const { call, outcome } = operation;
  if (outcome.kind === 'unchanged' || outcome.kind === 'refused') {
    const found = foundBy(call, outcome.found);
    const what = JSON.stringify(operation);
    const names = Object.entries(found ?? {});
    if (!found || !names.every(([name, value]) => wasThere(operation, name, value, evidence))) {
      yield { kind: 'untrue verdict', what };
    } else if (
      hasGivenWay(call, found) &&
      !names.every((one) => isOthers(operation, one, evidence))
    ) {
      yield { kind: 'gave way to nobody', what };
    }
    return;
  }
  if (isConditional(call) && !isAllowed(operation, evidence)) {
    const what = JSON.stringify(operation);
    yield { kind: 'took effect in part or against its condition', what };
  }
}

function hasGivenWay(call: Call, found: Content): boolean {
  return (
    call.kind === 'setUnlessOthers' &&
    Object.entries(goalOf(call)).some(([name, value]) => found[name] !== value)
  );
}

/** Whether a value was there, and not known to be older than what its process had written. */
function wasThere(
  operation: PatchOperation,
  name: string,
  value: string,
  evidence: Evidence,
): boolean {
  return (
    heldWithin(operation, name, operation.answered, evidence).some(
      (held) => held.value === value && !isKnownToBeOld(operation, name, held, evidence),
    ) || isBelieved(operation, name, value, evidence)
  );
}

/** What a name held at the times that reads of a call can have shown. */
function heldWithin(
  { invokedMs }: PatchOperation,
  name: string,
  before: number,
  { applied, log }: Evidence,
): readonly Held[] {
  const sinceMs = invokedMs - log.lagMs - RECEIPT_MS;
  const states = applied.filter(({ moment }) => moment < before);
  const current = states.findLastIndex(({ atMs }) => atMs <= sinceMs);
  return states.slice(Math.max(0, current)).map((state) => heldOf(state, name));
}

/**
 * Whether its process had accepted something newer, which does not lead to the same verdict, and the
 * bound of that was not over.
 */
function isKnownToBeOld(
  { call, client, answeredMs, invoked }: PatchOperation,
  name: string,
  { by }: Held,
  evidence: Evidence,
): boolean {
  return evidence.applied.some(({ request, place, values }) => {
    if (request?.client !== client || values[name] === undefined || place <= by.place) return false;
    const { answer, moment } = request;
    // The network has repeated one that was there before, which its process cannot know.
    const first = evidence.applied.find((one) => one.request === request);
    if (first && first.place <= by.place) return false;
    if (!answer || answer.moment > invoked || answeredMs >= answer.atMs + BOUND_MS) return false;
    const condition = conditionOf(call);
    const isNoMatter = condition?.name === name && condition.expected !== (values[name] ?? '');
    if (call.kind !== 'setIfMissing' && isNoMatter) return false;
    return (
      by.client === client ||
      evidence
        .looksOf(client, moment)
        .some((look) => heldOf(look.shows, name).by.place === by.place)
    );
  });
}

/**
 * Whether its process could not but believe it: one of its own was told that it is accepted, or came
 * along in one write with it.
 */
function isBelieved(
  operation: PatchOperation,
  name: string,
  value: string,
  evidence: Evidence,
): boolean {
  const { answered, client, invokedMs } = operation;
  const isAccepted = evidence
    .sends(client, name, value)
    .some(
      ({ answer }) => answer && answer.moment < answered && invokedMs < answer.atMs + BELIEVED_MS,
    );
  const ofCompanion = evidence
    .companions(operation, name)
    .filter(({ call }) => goalOf(call)[name] === value);
  return isAccepted || ofCompanion.some(mayHaveWritten);
}

/** Whether another has brought it about. What was there at first is another's where a read shows it late. */
function isOthers(
  operation: PatchOperation,
  [name, value]: readonly [string, string],
  evidence: Evidence,
): boolean {
  return heldWithin(operation, name, operation.answered, evidence).some(
    ({ by, ...held }) =>
      held.value === value &&
      by.client !== operation.client &&
      (by.place > 0 || evidence.log.lagMs > 0),
  );
}

/** Whether its condition can have looked true when its value was sent. */
function isAllowed(operation: PatchOperation, evidence: Evidence): boolean {
  const { call, client } = operation;
  const condition = conditionOf(call);
  const [goal] = Object.entries(goalOf(call));
  if (!condition || !goal) return true;
  const { name, expected } = condition;
  const own = evidence.sends(client, ...goal).filter(({ moment }) => moment > operation.invoked);
  const last = own.find(({ moment }) => moment < operation.answered);
  if (!last) return true;
  return (
    heldWithin(operation, name, last.moment, evidence).some(({ value }) => value === expected) ||
    evidence.sends(client, name, expected).some(({ moment }) => moment < last.moment) ||
    evidence.companions(operation, name).some((other) => goalOf(other.call)[name] === expected)
  );
}

/** What is to be there; '' for nothing. */
function conditionOf(call: Call): { readonly name: string; readonly expected: string } | undefined {
  switch (call.kind) {
    case 'setIfMissing':
      return { name: call.name, expected: '' };
    case 'setIfEquals':
    case 'removeIfEquals':
      return call;
    default:
      return undefined;
  }
}
