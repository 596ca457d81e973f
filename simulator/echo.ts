import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod/v4';
import type { ParticipantState } from './participant';

/** What the reply to a PUT shows: the record as it is, only the changed attributes, the record before, or no attributes. */
export const echoSchema = z.enum(['complete', 'partial', 'old', 'empty']);

export type Echo = z.infer<typeof echoSchema>;

/** The state that a reply shows of a record that was, and now is. */
export function echoed(
  echo: Echo,
  before: ParticipantState,
  now: ParticipantState,
): ParticipantState {
  switch (echo) {
    case 'complete':
      return now;
    case 'partial':
      return { ...now, attributes: changedAttributes(before, now) };
    case 'old':
      return before;
    case 'empty':
      return { ...now, attributes: {} };
  }
}

function changedAttributes(before: ParticipantState, now: ParticipantState) {
  const known = new Map(Object.entries(before.attributes));
  return Object.fromEntries(
    Object.entries(now.attributes).filter(
      ([name, value]) => !isDeepStrictEqual(known.get(name), value),
    ),
  );
}
