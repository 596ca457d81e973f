import * as z from 'zod/v4';

import type { Delta, Parts } from '../../core';
import { isWrapped, textOfValue } from '../conversations/attribute-value';
import type { Standing } from '../conversations/conversation';
import { spelt } from '../conversations/ids';
import type { WriteMethod } from './write-method';

/**
 * Attributes as the API shows them, by name: each a text, plain or wrapped in an object. What is anything
 * else was set by another system, and is handed through as it is. A name may be `__proto__`.
 */
export type WireAttributes = Readonly<Record<string, unknown>>;

/** What is wrong with what is none. */
export const NO_ATTRIBUTES = 'expected an object of attributes';

/**
 * Checks an attribute object. Not zod's `record`, which refuses a name like `constructor` and drops
 * one like `__proto__`.
 */
export const wireAttributes = z.custom<WireAttributes>(
  (json) => typeof json === 'object' && json !== null && !Array.isArray(json),
  NO_ATTRIBUTES,
);

/** What a store of attributes keeps beside its parts. */
export interface AttributesRaw {
  readonly writeMethod: WriteMethod;
  /** What the read itself showed, each attribute in the shape it came in. */
  readonly wire: WireAttributes;
}

/** What the stores of a participant keep beside its parts. */
export interface ParticipantRaw extends AttributesRaw {
  readonly participantId: string;
  readonly standing: Standing;
  /** Only where the read showed the conversation as well. */
  readonly conversationHasEnded?: true;
}

/** Begins the name of a part that is no attribute. */
const RESERVED = '\u0000';

/** The part that holds the ID of the external contact, as {@link spelt} has it. */
export const CONTACT_PART = `${RESERVED}externalContactId`;

/** The part that holds an attribute: it has the name of that, but for what is reserved. */
export function attributePart(name: string): string {
  return name.startsWith(RESERVED) ? RESERVED + name : name;
}

/** The attribute that a part holds; `undefined` for the external contact. */
export function attributeName(part: string): string | undefined {
  if (!part.startsWith(RESERVED)) return part;
  return part === CONTACT_PART ? undefined : part.slice(RESERVED.length);
}

/** What a participant holds, as far as an update is concerned. */
export function partsOf(wire: WireAttributes, externalContactId?: string | null): Parts {
  const parts = new Map<string, string>();
  for (const [name, value] of Object.entries(wire)) {
    parts.set(attributePart(name), textOfValue(value));
  }
  if (externalContactId) parts.set(CONTACT_PART, spelt(externalContactId));
  return parts;
}

/** The entries of a map of parts that are about attributes, by the names of these. */
export function* byAttribute<Value>(
  parts: ReadonlyMap<string, Value>,
): Generator<readonly [name: string, value: Value]> {
  for (const [part, value] of parts) {
    const name = attributeName(part);
    if (name !== undefined) yield [name, value];
  }
}

/**
 * All attributes after a change, to be sent: those that stay in the shape in which they were read;
 * another text in the wrapper of the one before, with whatever else that held; a new one in the shape
 * that all others have, plain where there are none.
 *
 * @param empties whether those that are removed become empty
 */
export function wireAfter(wire: WireAttributes, delta: Delta, empties: boolean): WireAttributes {
  const values = Object.values(wire);
  const wrapsNew = values.length > 0 && values.every(isWrapped);
  const after = new Map(Object.entries(wire));
  for (const [name, { to }] of byAttribute(delta)) {
    const before = after.get(name);
    if (to !== null) after.set(name, shaped(to, before, wrapsNew));
    else if (empties && before !== undefined) after.set(name, shaped('', before, wrapsNew));
    else after.delete(name);
  }
  return Object.fromEntries(after);
}

/** A text in the shape of what was there before, if anything was. */
function shaped(text: string, before: unknown, wrapsNew: boolean): unknown {
  if (before === undefined) return wrapsNew ? { value: text } : text;
  if (textOfValue(before) === text) return before;
  return isWrapped(before) ? { ...before, value: text } : text;
}
