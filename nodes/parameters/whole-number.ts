import * as z from 'zod/v4';

import { unfit } from './invalid-parameter';

/** Expressions often give numbers as text. */
const number = z.union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)]);

/** @throws {InvalidParameter} unless `value` is a whole number within the bounds. */
export function wholeNumber(parameter: string, value: unknown, min: number, max: number): number {
  const { data } = number.safeParse(value);
  // Not a schema with these bounds: making one for each item costs more than all else here.
  if (Number.isSafeInteger(data) && data !== undefined && data >= min && data <= max) return data;
  throw unfit(parameter, value, `is not a whole number from ${min} to ${max}.`);
}
