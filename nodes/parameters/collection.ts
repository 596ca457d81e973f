import { Gap } from './gap';
import { unfit } from './invalid-parameter';

/**
 * A collection as n8n hands it over: only what the user added.
 *
 * @throws {InvalidParameter}
 */
export function parseCollection(parameter: string, value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !(value instanceof Gap);
  if (isObject && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw unfit(parameter, value, 'is no collection of settings.');
}
