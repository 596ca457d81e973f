import type { Delta, Parts } from '../../core';
import type { Attributes, WireAttributes } from './attributes';
import type { Standing } from '../conversations/conversation';
import { spelt } from '../conversations/ids';
import type { WriteMethod } from './write-method';

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
export function partsOf(attributes: Attributes, externalContactId?: string | null): Parts {
  const parts = new Map([...attributes].map(([name, value]) => [attributePart(name), value]));
  if (externalContactId) parts.set(CONTACT_PART, spelt(externalContactId));
  return parts;
}

/** The entries of a map of parts that are about attributes, by the names of these. */
export function byAttribute<Value>(parts: ReadonlyMap<string, Value>): Map<string, Value> {
  const attributes = new Map<string, Value>();
  for (const [part, value] of parts) {
    const name = attributeName(part);
    if (name !== undefined) attributes.set(name, value);
  }
  return attributes;
}

/**
 * All attributes after a change.
 *
 * @param empties whether those that are removed become empty
 */
export function attributesAfter(before: Attributes, delta: Delta, empties: boolean): Attributes {
  const after = new Map(before);
  for (const [name, { to }] of byAttribute(delta)) {
    if (to !== null) after.set(name, to);
    else if (empties && before.has(name)) after.set(name, '');
    else after.delete(name);
  }
  return after;
}
