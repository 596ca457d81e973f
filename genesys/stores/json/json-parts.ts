import type { Altered, Delta, Parts } from '../../../core';
import { isJsonObject, type Json, type JsonObject, jsonText } from './json';
import { isWithin, objectOf, pointerTo, valueAt } from './pointer';

/** The text of a part that is an object: what is in it are parts of their own. */
const OBJECT = '{}';

/**
 * A JSON object as a record: each value in it, at any depth, is a part, by its JSON pointer, with its
 * JSON text. An array is one part. `null` stands for nothing, as in a merge patch, so that it makes no
 * difference whether the server shows what is not there as `null` or not at all.
 */
export function jsonParts(document: JsonObject): Parts {
  return new Map(entriesOf(document, []));
}

function entriesOf(document: JsonObject, outer: readonly string[]): (readonly [string, string])[] {
  return Object.entries(document).flatMap(([name, value]) => {
    if (value === null) return [];
    const names = [...outer, name];
    if (!isJsonObject(value)) return [[pointerTo(names), jsonText(value)] as const];
    return [[pointerTo(names), OBJECT] as const, ...entriesOf(value, names)];
  });
}

/** The object that these are the parts of. */
export function documentOf(parts: Parts): JsonObject {
  const there = [...parts].filter(([, text]) => text !== '');
  return objectOf(there.map(([pointer, text]) => [pointer, valueOf(text)]));
}

/** The merge patch that does what a delta does. */
export function patchOf(delta: Delta): JsonObject {
  return objectOf([...delta].map(([pointer, { to }]) => [pointer, valueOf(to)]));
}

/** What a part holds. */
function valueOf(text: string | null): Json {
  return text === null || text === '' ? null : (JSON.parse(text) as Json);
}

/** How a value has changed; `null` stands for nothing. */
export interface ValueChange {
  readonly from: Json;
  readonly to: Json;
}

/**
 * A delta as values, by pointer: an object that comes or goes as a whole is one of them, unless it only
 * comes for what is in it.
 */
export function changedValues(delta: Delta): ReadonlyMap<string, ValueChange> {
  const before = objectOf([...delta].map(([pointer, { from }]) => [pointer, valueOf(from)]));
  const after = patchOf(delta);
  const changes = new Map<string, ValueChange>();
  const told = new Set<string>();
  const byDepth = [...delta].toSorted(([one], [other]) => one.length - other.length);
  for (const [pointer, { from, to }] of byDepth) {
    if ([...told].some((outer) => isWithin(pointer, outer))) continue;
    if (from === null && to === OBJECT && hasInside(delta, pointer)) continue;
    if (from === OBJECT || to === OBJECT) told.add(pointer);
    changes.set(pointer, { from: valueAt(before, pointer), to: valueAt(after, pointer) });
  }
  return changes;
}

function hasInside(delta: Delta, outer: string): boolean {
  return [...delta.keys()].some((pointer) => pointer !== outer && isWithin(pointer, outer));
}

/** A value that the server stores otherwise than it was sent. */
export interface AlteredValue {
  readonly wanted: Json;
  readonly stored: Json;
}

/** The same of parts, by pointer. */
export function alteredValues(
  altered: ReadonlyMap<string, Altered>,
): ReadonlyMap<string, AlteredValue> {
  return new Map(
    [...altered].map(([pointer, { stored, wanted }]) => [
      pointer,
      { wanted: valueOf(wanted), stored: valueOf(stored) },
    ]),
  );
}
