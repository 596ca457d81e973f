import * as z from 'zod/v4';

import { isWrapped } from '../conversations/attribute-value';

/** Attribute values by name. A map, because names such as `__proto__` are data like any other. */
export type Attributes = ReadonlyMap<string, string>;

/**
 * A value as the API shows it: a text, plain or wrapped in an object. What is anything else was set by
 * another system, and is handed through as it is.
 */
type WireValue = unknown;

/** Attributes as they were read, each in the shape it came in. */
export type WireAttributes = ReadonlyMap<string, WireValue>;

/**
 * Checks an attribute object. Not zod's `record`, which refuses a name like `constructor` and drops
 * one like `__proto__`.
 */
export const wireAttributes: z.ZodType<WireAttributes> = z
  .unknown()
  .transform((json, context): WireAttributes => {
    if (typeof json !== 'object' || json === null || Array.isArray(json)) {
      context.addIssue({ code: 'custom', message: 'expected an object of attributes' });
      return z.NEVER;
    }
    return new Map(Object.entries(json));
  });

/** Begins what stands for a value that is no text, so that it equals no text: its JSON follows. */
const NO_TEXT = '\u0000json ';

function textOf(value: WireValue): string {
  if (typeof value === 'string') return value;
  if (isWrapped(value)) return value.value;
  return value === null ? '' : NO_TEXT + JSON.stringify(value);
}

/** The value that an attribute has, where its text may stand for another one. */
export function valueOf(text: string): unknown {
  return text.startsWith(NO_TEXT) ? JSON.parse(text.slice(NO_TEXT.length)) : text;
}

/** A value for people to read. */
export function readable(text: string): string {
  return text.startsWith(NO_TEXT) ? text.slice(NO_TEXT.length) : text;
}

export function valuesOf(wire: WireAttributes): Attributes {
  return new Map([...wire].map(([name, value]) => [name, textOf(value)]));
}

/**
 * The JSON object to send: what is as it was read in the shape in which it was read; another text in
 * the wrapper of the one before, with whatever else that held; a new one in the shape that all others
 * have, plain where there are none.
 */
export function toWire(attributes: Attributes, read: WireAttributes): Record<string, WireValue> {
  const wrapNew = read.size > 0 && [...read.values()].every(isWrapped);
  return Object.fromEntries(
    [...attributes].map(([name, value]): [string, WireValue] => {
      const before = read.get(name);
      if (before !== undefined && textOf(before) === value) return [name, before];
      if (isWrapped(before)) return [name, { ...before, value }];
      return [name, before === undefined && wrapNew ? { value } : value];
    }),
  );
}
