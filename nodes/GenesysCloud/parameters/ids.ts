import * as z from 'zod/v4';

import { isUuid } from '../../../genesys/ids';
import { unfit } from './invalid-parameter';

const id = z.string().trim().refine(isUuid);

/**
 * An id without the blanks around it.
 *
 * @throws {InvalidParameter}
 */
export function parseId(parameter: string, value: unknown): string {
  const parsed = id.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unfit(
    parameter,
    value,
    'is not an ID such as 2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b. ' +
      'If it comes from an expression, check that the expression gives one for this item.',
  );
}
