import type { Parts } from '../../core';
import type { Attributes, WireAttributes } from './attributes';
import type { Standing } from '../conversations/conversation';
import { spelt } from '../conversations/ids';
import type { WriteMethod } from './write-method';

/** What the stores of a participant keep beside its parts. */
export interface ParticipantRaw {
  readonly participantId: string;
  readonly writeMethod: WriteMethod;
  /** What the read itself showed, each attribute in the shape it came in. */
  readonly wire: WireAttributes;
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
