import { check } from './check';
import { type Commit, Journal } from './journal';
import type { Call, Content, Operation, Outcome } from './operation';
import type { ViolationKind } from './violation';

/** What a record that is written by hand holds at first. */
export const initial: Content = { a: 'a0', b: 'b0', log: '' };

/** A commit by hand: the attributes that it sets, and those that it removes. */
type CommitByHand = Partial<Commit> & {
  readonly moment: number;
  readonly to: Content;
  readonly removes?: readonly string[];
};

/** The record of version 1, and what became of it. A moment is a millisecond. */
export function commits(...later: readonly CommitByHand[]): readonly Commit[] {
  const first = { moment: 0, atMs: 0, record: 'r', version: 1, content: initial, client: null };
  const all: Commit[] = [{ ...first, acknowledged: false }];
  for (const { to, removes = [], ...rest } of later) {
    const entries = Object.entries({ ...all.at(-1)?.content, ...to });
    all.push({
      record: 'r',
      atMs: rest.moment,
      version: all.length + 1,
      content: Object.fromEntries(entries.filter(([name]) => !removes.includes(name))),
      client: 'us',
      acknowledged: true,
      ...rest,
    });
  }
  return all;
}

/** An operation that was open from one moment to another. */
export function operation(
  call: Call,
  [invoked, answered]: readonly [number, number],
  outcome: Outcome,
  client = 'us',
): Operation {
  return {
    client,
    record: 'r',
    call,
    invoked,
    invokedMs: invoked,
    answered,
    answeredMs: answered,
    outcome,
  };
}

export function written(
  version: number,
  all: readonly Commit[],
): Extract<Outcome, { kind: 'written' }> {
  return { kind: 'written', shows: { version, state: all[version - 1]?.content ?? {} } };
}

export function unchanged(found: Content): Outcome {
  return { kind: 'unchanged', found, shows: { version: 1, state: initial } };
}

/** What a checker finds in a history, and in all that is written of the rest of it. */
export function verdict(
  history: readonly Operation[],
  all: readonly Commit[],
  rest: Partial<
    Pick<Journal, 'requests' | 'sightings' | 'writeEnds' | 'closures' | 'gone' | 'lagMs'>
  > = {},
): readonly ViolationKind[] {
  const journal = new Journal();
  journal.commits.push(...all);
  return [...new Set([...check(history, Object.assign(journal, rest))].map(({ kind }) => kind))];
}
