import type { Change, Verdict, View } from '../../core';
import { quoted } from '../transport/excerpt';
import type { AttributeNote } from './attribute-change';
import { readable, valueOf } from '../conversations/attribute-value';
import { attributePart, type ParticipantRaw } from './participant-parts';
import { doneBefore, refusedWithoutVersion, type WithoutVersion } from './single-attribute';

/** What is to be added to the end of an attribute. */
export interface Addition {
  readonly attribute: string;
  readonly value: string;
  /** Stands between entries. */
  readonly separator: string;
  /** Whether to add nothing that is there already. */
  readonly skipDuplicates: boolean;
  /** How long the attribute may get: the oldest entries go first. */
  readonly maxLength: number;
  readonly withoutVersion: WithoutVersion;
}

/**
 * Adds an entry to the end of an attribute, and leaves all others as they are. It may run twice where
 * it skips what is there already.
 */
export function appendChange(addition: Addition): Change<ParticipantRaw, AttributeNote> {
  return { idempotent: addition.skipDuplicates, apply: (view) => applyTo(view, addition) };
}

function applyTo(view: View<ParticipantRaw>, addition: Addition): Verdict<AttributeNote> {
  const { attribute, withoutVersion } = addition;
  const part = attributePart(attribute);
  const done =
    doneBefore(view, attribute) ?? refusedWithoutVersion(view, withoutVersion, APPENDING);
  if (done) return done;
  const previous = view.parts.get(part) ?? null;
  const text = previous ?? '';
  if (typeof valueOf(text) !== 'string') {
    const reason = `${quoted(attribute)} is ${readable(text)}, which is no text to append to.`;
    return { kind: 'refused', reason };
  }
  if (addition.skipDuplicates && has(text, addition)) {
    const single = { attribute, value: text, previous };
    return { kind: 'unchanged', note: { kept: new Map(), single }, restsOn: [part] };
  }
  const value = appended(text, addition);
  return {
    kind: 'write',
    delta: new Map([[part, { from: previous, to: value }]]),
    note: { kept: new Map(), single: { attribute, value, previous } },
  };
}

/**
 * Whether the value is there already, as one entry, or as several one after the other. A server may have
 * trimmed the attribute when the value was the first or the last in it.
 */
function has(text: string, { separator, value }: Addition): boolean {
  const between = (entries: string) => `${separator}${entries}${separator}`;
  const forms = [value, value.trimStart(), value.trimEnd(), value.trim()];
  return text !== '' && forms.some((form) => between(text).includes(between(form)));
}

/** The new text. What is added is never cut, whatever goes for it. */
function appended(text: string, { maxLength, separator, value }: Addition): string {
  if (text === '') return value;
  const all = `${text}${separator}${value}`;
  let start = 0;
  while (all.length - start > maxLength) {
    const next = all.indexOf(separator, start) + separator.length;
    if (next > text.length) return value;
    start = next;
  }
  return all.slice(start);
}

const APPENDING = { done: 'appended', toDo: 'append' };
