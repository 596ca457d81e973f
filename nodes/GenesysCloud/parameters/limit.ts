import type { INodeProperties } from 'n8n-workflow';

import { parseFlag } from '../../parameters/flag';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { wholeNumber } from '../../parameters/whole-number';

const MOST = 1_000_000;

/** How many of what there is come out. */
export const limitProperties: readonly INodeProperties[] = [
  {
    displayName: 'Return All',
    name: 'returnAll',
    type: 'boolean',
    default: false,
    description: 'Whether to return all results or only up to a given limit',
  },
  {
    displayName: 'Limit',
    name: 'limit',
    type: 'number',
    typeOptions: { minValue: 1 },
    default: 50,
    description: 'Max number of results to return',
    displayOptions: { show: { returnAll: [false] } },
  },
];

/**
 * So many at most, for each item.
 *
 * @throws {InvalidParameter}
 */
export function readLimit(reader: ParameterReader, itemIndex: number): number {
  if (parseFlag('Return All', reader.read('returnAll', 'Return All', itemIndex))) return Infinity;
  return wholeNumber('Limit', reader.read('limit', 'Limit', itemIndex), 1, MOST);
}
