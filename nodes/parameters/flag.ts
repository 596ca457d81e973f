import { type Collection, givenOr } from './collection';
import { unfit } from './invalid-parameter';

/** @throws {InvalidParameter} */
export function parseFlag(parameter: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw unfit(parameter, value, 'is neither true nor false.');
}

/**
 * A flag of a collection.
 *
 * @throws {InvalidParameter}
 */
export function flagIn(
  given: Collection,
  parameter: string,
  name: string,
  fallback: boolean,
): boolean {
  return parseFlag(parameter, givenOr(given, name, fallback));
}
