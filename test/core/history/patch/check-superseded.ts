import { goalOf } from '../operation';
import type { Violation, ViolationKind } from '../violation';
import type { Evidence, Look } from './evidence';
import { heldOf, type SentPatch } from './log';
import type { PatchOperation } from './operation';

/** An accepted write is waited for so long at least. */
const BOUND_MS = 10_000;

/** Whether another's value stood, at the bound, in the place of what was accepted. */
export function* checkSuperseded(
  operation: PatchOperation,
  evidence: Evidence,
): Generator<Violation> {
  const { call, client, outcome, answered } = operation;
  if (outcome.kind !== 'superseded') return;
  for (const [name, found] of Object.entries(outcome.found)) {
    const complain = (kind: ViolationKind): Violation => ({
      kind,
      what: `${name} = "${found}" in ${JSON.stringify(operation)}`,
    });
    const own = goalOf(call)[name] ?? '';
    const accepted = acceptanceOf(operation, name, own, evidence);
    const takenAtMs = accepted && evidence.takenAtMs(accepted, answered);
    if (!accepted || takenAtMs === undefined) {
      yield complain('not accepted');
      continue;
    }
    const boundMs = takenAtMs + boundOf(client, accepted, evidence);
    if (operation.answeredMs < boundMs) yield complain('superseded too early');
    const last = evidence
      .looksOf(client, answered)
      .filter(({ sent }) => sent > accepted.moment)
      .findLast((look) => heldOf(look.shows, name).value === found);
    if (!last || !isAnothers(last, accepted, name, evidence)) {
      yield complain('superseded by nobody');
    } else if (last.sentMs < boundMs) yield complain('superseded too early');
  }
}

/** Of its own, or of a companion's value that came in its place; or what a read has shown of one that was lost. */
function acceptanceOf(
  operation: PatchOperation,
  name: string,
  own: string,
  evidence: Evidence,
): SentPatch | undefined {
  const instead = evidence.companions(operation, name).map(({ call }) => goalOf(call)[name] ?? '');
  const first = (find: (value: string) => SentPatch | undefined) =>
    find(own) ??
    instead
      .flatMap((value) => find(value) ?? [])
      .toSorted((one, other) => one.moment - other.moment)[0];
  return (
    first((value) => evidence.acceptance(operation, name, value)) ??
    first((value) => evidence.unanswered(operation, name, value))
  );
}

/**
 * Whether what a read showed is another's, and not what there was before. What the client had seen
 * before it wrote is older than its own; where reads are further behind than the bound, only what it
 * had seen last. Any other one may be older only there.
 */
function isAnothers(
  { shows }: Look,
  accepted: SentPatch,
  name: string,
  evidence: Evidence,
): boolean {
  const { client } = accepted;
  const { by } = heldOf(shows, name);
  const own = evidence.applied.find((one) => one.request === accepted);
  if (by.client === client) {
    // A write of its own process that was sent before it and has come late.
    const request = evidence.applied[by.place]?.request;
    return own !== undefined && by.place > own.place && (request?.moment ?? 0) < accepted.moment;
  }
  if (!own || by.place > own.place) return true;
  const met = evidence.looksOf(client, accepted.moment);
  const older = evidence.log.lagMs > BOUND_MS ? met.slice(-1) : met;
  return !older.some((look) => heldOf(look.shows, name).by.place === by.place);
}

/** Twice the longest lag that reads had proved to the client before. */
function boundOf(client: string, accepted: SentPatch, evidence: Evidence): number {
  const lags = evidence
    .writesOf(client)
    .flatMap((write) => provedLag(client, write, accepted.answer?.moment ?? 0, evidence));
  return Math.max(BOUND_MS, ...lags.map((ms) => 2 * ms));
}

/**
 * For how long after its acceptance a write was not shown, where a read before a moment has shown just
 * that. A client learns it where reads show what it had met, and then its own: not where they show what
 * others have set meanwhile, which may be newer, nor of what it has written over itself before that showed,
 * or had sent before, so that this may be what shows.
 */
function provedLag(
  client: string,
  { answer, moment, values = {} }: SentPatch,
  before: number,
  evidence: Evidence,
): readonly number[] {
  const place = evidence.applied.find(({ request }) => request?.moment === moment)?.place;
  if (!answer || place === undefined) return [];
  const met = evidence.looksOf(client, moment).at(-1);
  const looks = evidence.looksOf(client, before).filter(({ sent }) => sent > answer.moment);
  const own = evidence.writesOf(client);
  return Object.entries(values).flatMap(([name, value]) => {
    const placeIn = ({ shows }: Look) => heldOf(shows, name).by.place;
    const shown = looks.findIndex((look) => placeIn(look) === place);
    const shownBy = looks[shown]?.sent ?? 0;
    const tells = own.every(
      (one) =>
        one.moment === moment ||
        one.moment >= shownBy ||
        (one.moment < moment ? one.values?.[name] !== value : one.values?.[name] === undefined),
    );
    if (!met || shown < 1 || !tells) return [];
    const isOld = (look: Look) => placeIn(look) === placeIn(met);
    const hidden = looks.slice(0, shown);
    // From the bound on, another's value has taken its place, and what shows later is another matter.
    const isOver = hidden.some((one) => !isOld(one) && one.sentMs >= answer.atMs + BOUND_MS);
    const last = isOver ? undefined : hidden.findLast(isOld);
    return last ? [last.sentMs - answer.atMs] : [];
  });
}
