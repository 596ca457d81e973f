import * as z from 'zod/v4';

import { quoted } from './excerpt';

/** Attribute values by name. A map, because names such as `__proto__` are data like any other. */
export type Attributes = ReadonlyMap<string, string>;

/** A value as the API shows it: plain, or wrapped in an object. */
type WireValue = string | { readonly value: string };

/** Attributes as they were read, each in the shape it came in. */
export type WireAttributes = ReadonlyMap<string, WireValue>;

/**
 * Checks an attribute object. Not zod's `record`, which refuses a name like `constructor` and drops
 * one like `__proto__`.
 */
export const wireAttributes: z.ZodType<WireAttributes> = z
  .unknown()
  .transform((json, context): WireAttributes => {
    const complain = (message: string) => {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    };
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      return complain('expected an object of attributes');
    }
    const attributes = new Map<string, WireValue>();
    for (const [name, value] of Object.entries(json)) {
      if (!isWireValue(value)) return complain(`attribute ${quoted(name)} holds no text`);
      attributes.set(name, value);
    }
    return attributes;
  });

function isWireValue(value: unknown): value is WireValue {
  if (typeof value === 'string') return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    typeof value.value === 'string'
  );
}

export function valuesOf(wire: WireAttributes): Attributes {
  return new Map(
    [...wire].map(([name, value]) => [name, typeof value === 'string' ? value : value.value]),
  );
}

/**
 * The JSON object to send: each attribute in the shape it was read in, with whatever else its
 * wrapper held; a new one in the shape that all others have, plain where there are none.
 */
export function toWire(attributes: Attributes, read: WireAttributes): Record<string, WireValue> {
  const wrapNew = read.size > 0 && [...read.values()].every((value) => typeof value !== 'string');
  return Object.fromEntries(
    [...attributes].map(([name, value]): [string, WireValue] => {
      const before = read.get(name);
      if (typeof before === 'object') return [name, { ...before, value }];
      return [name, before === undefined && wrapNew ? { value } : value];
    }),
  );
}
