import type { Parts } from '../core';
import type { Attributes, WireAttributes } from './attributes';
import { isUuid } from './ids';
import type { WriteMethod } from './write-method';

/** What the stores of a participant keep beside its parts. */
export interface ParticipantRaw {
  readonly participantId: string;
  readonly writeMethod: WriteMethod;
  /** What the read itself showed, each attribute in the shape it came in. */
  readonly wire: WireAttributes;
}

/** The part that holds the ID of the external contact, as {@link contactText} spells it. */
export const CONTACT_PART = 'externalContactId';

const ATTRIBUTE = 'attribute:';

/** The part that holds an attribute. */
export function attributePart(name: string): string {
  return ATTRIBUTE + name;
}

/** The attribute that a part holds; `undefined` for the external contact. */
export function attributeName(part: string): string | undefined {
  return part.startsWith(ATTRIBUTE) ? part.slice(ATTRIBUTE.length) : undefined;
}

/** A UUID is the same in capitals; any other ID is what it is. */
export function contactText(externalContactId: string): string {
  return isUuid(externalContactId) ? externalContactId.toLowerCase() : externalContactId;
}

/** What a participant holds, as far as an update is concerned. */
export function partsOf(attributes: Attributes, externalContactId?: string | null): Parts {
  const parts = new Map([...attributes].map(([name, value]) => [attributePart(name), value]));
  if (externalContactId) parts.set(CONTACT_PART, contactText(externalContactId));
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
