import { unfit } from '../../parameters/invalid-parameter';

/** @throws {InvalidParameter} */
export function parseFlag(parameter: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw unfit(parameter, value, 'is neither true nor false.');
}
