import { z } from 'zod/v4';

/** Attribute names and values. Every own key is data, `__proto__` and `constructor` included. */
export type Attributes = Readonly<Record<string, string>>;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// zod's own record type refuses a key `constructor` and drops `__proto__`, hence a check by hand.
// Object.fromEntries and spread define own properties, so that no key can reach a prototype.
function attributeMap(acceptWrapped: boolean) {
  return z.unknown().transform((value, context): Attributes => {
    if (!isObject(value)) {
      context.addIssue('attributes must be an object');
      return z.NEVER;
    }
    const entries: [string, string][] = [];
    for (const [name, given] of Object.entries(value)) {
      const text = acceptWrapped && isObject(given) ? given['value'] : given;
      if (typeof text === 'string') entries.push([name, text]);
      else context.addIssue(`the value of attribute "${name}" is not a string`);
    }
    return Object.fromEntries(entries);
  });
}

/** Accepts `{"name": "value"}` only. */
export const plainAttributes = attributeMap(false);

/** Accepts `{"name": "value"}` and `{"name": {"value": "value"}}`; yields the strings. */
export const plainOrWrappedAttributes = attributeMap(true);

/** The same attributes with every value as `{"value": "…"}`. */
export function wrapped(attributes: Attributes): Record<string, { value: string }> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, { value }] as const),
  );
}
