import * as z from 'zod/v4';

import { InvalidParameter, shown } from './invalid-parameter';

/** Expressions often give numbers as text. */
const number = z.union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)]);

/** @throws {InvalidParameter} unless `value` is a whole number within the bounds. */
export function wholeNumber(parameter: string, value: unknown, min: number, max: number): number {
  const parsed = number.pipe(z.int().min(min).max(max)).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidParameter(
    parameter,
    `${shown(value)} is not a whole number from ${min} to ${max}.`,
  );
}
