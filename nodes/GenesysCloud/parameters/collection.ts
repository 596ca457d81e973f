import { InvalidParameter, shown } from './invalid-parameter';

/**
 * A collection as n8n hands it over: only what the user added.
 *
 * @throws {InvalidParameter}
 */
export function parseCollection(parameter: string, value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InvalidParameter(parameter, `${shown(value)} is no collection of settings.`);
}
