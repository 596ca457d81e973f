import type { Change, Verdict, View } from '../../core';
import { quoted } from '../transport/excerpt';
import type { AttributeNote } from './attribute-change';
import { readable } from '../conversations/attribute-value';
import { type Decimal, decimalText, parseDecimal, sum } from './decimal';
import { attributePart, type ParticipantRaw } from './participant-parts';
import { doneBefore, refusedWithoutVersion, type WithoutVersion } from './single-attribute';

/** What an attribute is to be counted up by, or down. */
export interface Increment {
  readonly attribute: string;
  readonly amount: Decimal;
  /** What is counted from where the attribute is missing or empty. */
  readonly startValue: Decimal;
  readonly withoutVersion: WithoutVersion;
}

/** Adds to an attribute that holds a number, and leaves all others as they are. */
export function incrementChange(increment: Increment): Change<ParticipantRaw, AttributeNote> {
  return { idempotent: false, apply: (view) => applyTo(view, increment) };
}

function applyTo(view: View<ParticipantRaw>, increment: Increment): Verdict<AttributeNote> {
  const { amount, attribute, startValue, withoutVersion } = increment;
  const part = attributePart(attribute);
  const done = doneBefore(view, attribute) ?? refusedWithoutVersion(view, withoutVersion, COUNTING);
  if (done) return done;
  const from = view.parts.get(part) ?? null;
  const previous = from === null ? null : readable(from);
  const isMissing = (from ?? '') === '';
  const number = isMissing ? startValue : parseDecimal(previous ?? '');
  if (!number) {
    const reason = `${quoted(attribute)} is ${quoted(previous ?? '')}, which is no number.`;
    return { kind: 'refused', reason };
  }
  if (amount.units === 0n && previous !== null && !isMissing) {
    const single = { attribute, value: previous, previous };
    return { kind: 'unchanged', note: { kept: new Map(), single }, restsOn: [part] };
  }
  const value = decimalText(sum(number, amount));
  return {
    kind: 'write',
    delta: new Map([[part, { from, to: value }]]),
    note: { kept: new Map(), single: { attribute, value, previous } },
  };
}

const COUNTING = { done: 'counted', toDo: 'count' };
