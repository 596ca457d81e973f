import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod/v4';

/** What other systems write may be any JSON; the API itself takes strings. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [name: string]: AttributeValue };

/** Attribute names and values. Every own key is data, `__proto__` and `constructor` included. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** The values other than strings that an attribute has ever had. */
type OddValuesOf = (name: string) => readonly AttributeValue[];

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// zod's own record type refuses a key `constructor` and drops `__proto__`, hence a check by hand.
// Object.fromEntries and spread define own properties, so that no key can reach a prototype.
function attributeMap(acceptWrapped: boolean, oddValuesOf: OddValuesOf = () => []) {
  return z.unknown().transform((value, context): Attributes => {
    if (!isObject(value)) {
      context.addIssue('attributes must be an object');
      return z.NEVER;
    }
    const entries: [string, AttributeValue][] = [];
    for (const [name, given] of Object.entries(value)) {
      const inside = acceptWrapped && isObject(given) ? given['value'] : given;
      const handedThrough = oddValuesOf(name).find(
        (odd) => isDeepStrictEqual(odd, given) || isDeepStrictEqual(odd, inside),
      );
      if (handedThrough !== undefined) entries.push([name, handedThrough]);
      else if (typeof inside === 'string') entries.push([name, inside]);
      else context.addIssue(`the value of attribute "${name}" is not a string`);
    }
    return Object.fromEntries(entries);
  });
}

/** Accepts `{"name": "value"}` only. */
export const plainAttributes = attributeMap(false);

/** Accepts `{"name": "value"}` and `{"name": {"value": "value"}}`; yields the strings. */
export const plainOrWrappedAttributes = attributeMap(true);

/** Accepts odd values besides, where somebody who read them hands them through. */
export function replacingAttributes(oddValuesOf: OddValuesOf) {
  return attributeMap(true, oddValuesOf);
}

/** Accepts an object of any values. They came as JSON, or from where the compiler has checked them. */
export const foreignAttributes = z
  .unknown()
  .refine(isObject, 'attributes must be an object')
  .transform((value) => value as Attributes);

/** The same attributes with every value as `{"value": "…"}`. */
export function wrapped(attributes: Attributes): Record<string, { value: AttributeValue }> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { value }] as const),
  );
}
