import { Gap } from './gap';
import { unfit } from './invalid-parameter';

/** A collection as n8n hands it over: only what the user added. */
export type Collection = Readonly<Record<string, unknown>>;

/** @throws {InvalidParameter} */
export function parseCollection(parameter: string, value: unknown): Collection {
  const isObject = typeof value === 'object' && value !== null && !(value instanceof Gap);
  if (isObject && !Array.isArray(value)) return value as Collection;
  throw unfit(parameter, value, 'is no collection of settings.');
}

/**
 * What a collection says, or else the default. What an expression leaves out is no default: it is
 * there, and nothing.
 */
export function givenOr(given: Collection, name: string, fallback: unknown): unknown {
  return name in given ? given[name] : fallback;
}
