import type { Call, JournalEntry, Participant } from '../simulator';
import type { Update } from './update';

/** What became of a list of updates. */
export interface Tally {
  readonly wanted: readonly Update[];
  /** There in the end. */
  readonly present: readonly Update[];
  /** Not there in the end, and never were. */
  readonly neverWritten: readonly Update[];
  /** Were there once; a later write took them back. */
  readonly overwritten: readonly Update[];
}

/** Judges by what the simulated participant truly holds and ever held, not by what a writer believes. */
export function tally({ attributes, commits }: Participant, wanted: readonly Update[]): Tally {
  const isIn =
    (held: Participant['attributes']) =>
    ({ name, value }: Update) =>
      held[name] === value;
  const wasThere = (update: Update) => commits.some((commit) => isIn(commit.attributes)(update));
  const missing = wanted.filter((update) => !isIn(attributes)(update));
  return {
    wanted,
    present: wanted.filter(isIn(attributes)),
    neverWritten: missing.filter((update) => !wasThere(update)),
    overwritten: missing.filter(wasThere),
  };
}

export function lostOf({ neverWritten, overwritten }: Tally): Update[] {
  return [...neverWritten, ...overwritten];
}

/** How often the call's own state moved the customer's version. */
export function stateChangesOf({ customer }: Call): number {
  return customer.commits.filter(({ by }) => by === 'state').length;
}

export function conflictsIn(requests: readonly JournalEntry[]): number {
  return requests.filter(({ kind, status }) => kind === 'write' && status === 409).length;
}

/** Requests that could do more to a call than read it or set attributes. */
export function beyondAttributes(requests: readonly JournalEntry[]): JournalEntry[] {
  return requests.filter(
    ({ kind, body }) => kind === 'other' || (kind === 'write' && !holdsOnlyAttributes(body)),
  );
}

function holdsOnlyAttributes(body: unknown): boolean {
  return (
    typeof body === 'object' &&
    body !== null &&
    Object.keys(body).every((key) => key === 'attributes' || key === 'version')
  );
}
