import * as z from 'zod/v4';

import { isUuid } from '../../genesys/conversations/ids';
import { InvalidParameter, unfit } from './invalid-parameter';

const id = z.string().trim().refine(isUuid);

// The platform's own IDs are UUIDs, but others keep theirs in this place: Genesys Cloud judges them.
const externalId = z
  .string()
  .trim()
  .regex(/^\P{Cc}+$/u);

/**
 * An id without the blanks around it.
 *
 * @throws {InvalidParameter}
 */
export function parseId(parameter: string, value: unknown): string {
  return parse(id, parameter, value, ' such as 2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b');
}

/**
 * The ID of an external contact without the blanks around it.
 *
 * @throws {InvalidParameter}
 */
export function parseExternalId(parameter: string, value: unknown): string {
  const what = ', which is a text without control characters such as line breaks';
  return parse(externalId, parameter, value, what);
}

const FROM_EXPRESSION =
  'If it comes from an expression, check that the expression gives an ID for this item.';

function parse(schema: z.ZodType<string>, parameter: string, value: unknown, what: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (value === undefined || value === null) {
    throw new InvalidParameter(parameter, `There is no value (${String(value)}).`, FROM_EXPRESSION);
  }
  throw unfit(parameter, value, `is not an ID${what}.`, FROM_EXPRESSION);
}
