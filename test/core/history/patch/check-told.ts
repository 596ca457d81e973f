import { goalOf } from '../operation';
import type { Violation } from '../violation';
import type { Evidence } from './evidence';
import { heldOf } from './log';
import type { PatchOperation } from './operation';

/** Whether what was told as accepted was accepted, and what was told as written was shown. */
export function* checkTold(operation: PatchOperation, evidence: Evidence): Generator<Violation> {
  const { call, outcome } = operation;
  const goals = Object.entries(goalOf(call));
  switch (outcome.kind) {
    case 'accepted': {
      const lacking = goals.find(
        ([name, value]) =>
          !isAccepted(operation, name, value, evidence) &&
          !isShown(operation, name, value, evidence),
      );
      if (lacking) yield told('not accepted', operation, lacking);
      return;
    }
    case 'unseen':
      if (!goals.some(([name, value]) => isAccepted(operation, name, value, evidence))) {
        yield told('not accepted', operation, goals[0]);
      }
      return;
    case 'written': {
      const lacking = goals.find(([name, value]) => !isShown(operation, name, value, evidence));
      if (lacking) yield told('not shown', operation, lacking);
      return;
    }
    case 'superseded': {
      const lacking = goals.find(
        ([name, value]) =>
          outcome.found[name] === undefined &&
          isOverwritten(operation, name, value, evidence) &&
          !isShown(operation, name, value, evidence),
      );
      if (lacking) yield told('not shown', operation, lacking);
      return;
    }
    default:
  }
}

/** By itself, or in the shape of a companion's value that came in its place. */
function isAccepted(
  operation: PatchOperation,
  name: string,
  value: string,
  evidence: Evidence,
): boolean {
  const instead = evidence.companions(operation, name).map(({ call }) => goalOf(call)[name] ?? '');
  return [value, ...instead].some(
    (one) =>
      needsNoWrite(operation, name, one, evidence) ||
      evidence
        .sends(operation.client, name, one)
        .some((sent) => evidence.takenAtMs(sent, operation.answered) !== undefined),
  );
}

/** Whether it was so already: a name that is to be removed and is not there. */
function needsNoWrite(
  { client, answered, invoked }: PatchOperation,
  name: string,
  value: string,
  evidence: Evidence,
): boolean {
  return (
    value === '' &&
    evidence
      .looksOf(client, answered)
      .some((look) => look.answered > invoked && heldOf(look.shows, name).value === '')
  );
}

/**
 * Whether a read has shown a value, or one that its process has written since, in which case the first
 * was there before it. A companion's value may have come in its place.
 */
function isShown(
  operation: PatchOperation,
  name: string,
  value: string,
  evidence: Evidence,
): boolean {
  const { client, answered, invoked } = operation;
  const own = evidence.applied.find(
    (one) =>
      one.client === client && one.values[name] === value && (one.request?.moment ?? 0) > invoked,
  );
  const wanted = evidence
    .companions(operation, name)
    .map(({ call }) => goalOf(call)[name] ?? '')
    .concat(value);
  return evidence.looksOf(client, answered).some((look) => {
    const held = heldOf(look.shows, name);
    const isLaterOwn = own && held.by.client === client && held.by.place >= own.place;
    return isLaterOwn === true || (look.answered > invoked && wanted.includes(held.value));
  });
}

/** Whether the latest read shows what another has written over a value, and what cannot be there of old. */
function isOverwritten(
  { client, answered }: PatchOperation,
  name: string,
  value: string,
  evidence: Evidence,
): boolean {
  const looks = evidence.looksOf(client, answered);
  const last = looks.at(-1);
  const own = evidence.applied.find((one) => one.client === client && one.values[name] === value);
  if (!last || !own?.request) return false;
  const { by, value: found } = heldOf(last.shows, name);
  const { moment } = own.request;
  const isOld = looks.some(
    (look) => look.answered < moment && heldOf(look.shows, name).value === found,
  );
  return by.client !== client && by.place > own.place && !isOld;
}

function told(
  kind: Violation['kind'],
  operation: PatchOperation,
  [name, value]: readonly [string, string] = ['', ''],
): Violation {
  return { kind, what: `${name} = "${value}" of ${JSON.stringify(operation)}` };
}
