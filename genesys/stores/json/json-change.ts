import { type Change, difference, type Parts, type Verdict, type View } from '../../../core';
import { excerpt, quoted } from '../../transport/excerpt';
import type { ConflictPolicy } from '../attribute-change';
import { isJsonObject, type Json, type JsonObject, jsonText } from './json';
import { documentOf, jsonParts } from './json-parts';
import { mergePatch } from './merge-patch';
import { isWithin, leavesOf, objectOf, objectsAround, valueAt } from './pointer';

/** What the user wants of a JSON object. */
export interface WantedJson {
  /** A merge patch (RFC 7396). */
  readonly patch: JsonObject;
  /** It speaks of each value that the patch names. */
  readonly conflictPolicy: ConflictPolicy;
  /** By pointer, what must be there for anything to be written; `null` for nothing. Empty for no condition. */
  readonly expected: ReadonlyMap<string, Json>;
  /** Whether no reason of a refusal may show a value. Default false. */
  readonly isSecret?: boolean | undefined;
}

/** A value left to others, by policy; `null` stands for one that is not there. */
export interface KeptValue {
  readonly wanted: Json;
  readonly found: Json;
}

/** What an update of a JSON object has to tell beside what it changed: the values left to others, by pointer. */
export interface JsonNote {
  readonly kept: ReadonlyMap<string, KeptValue>;
}

/** Merges a patch into a JSON object whose parts are those of `jsonParts`, and leaves all else as it is. */
export function jsonChange<Raw>(wanted: WantedJson): Change<Raw, JsonNote> {
  return {
    idempotent: true,
    conditional: wanted.expected.size > 0,
    apply: (view) => applyTo(view, wanted),
  };
}

function applyTo(view: View<unknown>, wanted: WantedJson): Verdict<JsonNote> {
  const now = documentOf(view.parts);
  const surprise = unexpected(now, view, wanted);
  if (surprise !== undefined) return { kind: 'refused', reason: surprise };

  const leaves = leavesOf(wanted.patch);
  const kept = new Map<string, KeptValue>();
  if (wanted.conflictPolicy !== 'overwrite') {
    const theirs = setByOthers(view, leaves);
    const [first] = theirs;
    if (first && wanted.conflictPolicy === 'fail') {
      return { kind: 'refused', reason: setMeanwhile(...first, wanted) };
    }
    for (const [pointer, found] of theirs) {
      kept.set(pointer, { wanted: valueAt(wanted.patch, pointer), found });
    }
  }
  const isKept = (pointer: string) => [...kept.keys()].some((outer) => isWithin(pointer, outer));
  const left = [...leaves].filter(
    ([pointer, value]) => !isKept(pointer) && !isListed(value, valueAt(now, pointer)),
  );
  const after = jsonParts(mergePatch(now, objectOf(left)) as JsonObject);
  const delta = difference(view.parts, after);
  return delta.size === 0
    ? { kind: 'unchanged', note: { kept }, restsOn: partsAt(view.parts, leaves) }
    : { kind: 'write', delta, note: { kept } };
}

/**
 * What others have set meanwhile to something else than what is wanted, with what they have set: a
 * value that the patch names, or the object around it, which is no object any more.
 */
function setByOthers(
  { first, read, theirs }: View<unknown>,
  leaves: ReadonlyMap<string, Json>,
): ReadonlyMap<string, Json> {
  const [before, now] = [documentOf(first), documentOf(read)];
  // What this process has written over theirs since is not what they have set.
  const others = documentOf(new Map([...read, ...theirs]));
  const isChanged = (pointer: string) => !isSame(valueAt(now, pointer), valueAt(before, pointer));
  const setIn = ([pointer, wanted]: readonly [string, Json]) => {
    const outer = objectsAround(pointer).find(
      (around) => isChanged(around) && !isJsonObject(valueAt(now, around)),
    );
    if (outer !== undefined) return outer;
    return isChanged(pointer) && !isThere(wanted, valueAt(now, pointer)) ? pointer : undefined;
  };
  const pointers = [...leaves].map(setIn).filter((pointer) => pointer !== undefined);
  return new Map(pointers.map((pointer) => [pointer, valueAt(others, pointer)]));
}

/** Whether nothing is left to do about a value: to an empty object in a patch, any object will do. */
function isThere(wanted: Json, found: Json): boolean {
  if (isJsonObject(wanted) && isJsonObject(found)) return true;
  return isSame(wanted, found) || isListed(wanted, found);
}

/** What Genesys Cloud adds to the references in a list. */
const ADDED: ReadonlySet<string> = new Set(['name', 'selfUri']);

/** Whether a list of references is there already, with no more than what Genesys Cloud adds to each. */
function isListed(wanted: Json, found: Json): boolean {
  if (!Array.isArray(wanted) || !Array.isArray(found)) return false;
  const [given, items]: [readonly Json[], readonly Json[]] = [wanted, found];
  return given.length === items.length && given.every((one, at) => isReferred(one, items[at]));
}

function isReferred(wanted: Json, found: Json | undefined): boolean {
  if (!isJsonObject(wanted) || !isJsonObject(found) || found['id'] === undefined) return false;
  const given = new Map(Object.entries(wanted));
  return (
    [...given.keys()].every((name) => Object.hasOwn(found, name)) &&
    Object.entries(found).every(([name, value]) => {
      const own = given.get(name);
      return own === undefined ? ADDED.has(name) : isSame(own, value);
    })
  );
}

function isSame(one: Json, other: Json): boolean {
  return jsonText(one) === jsonText(other);
}

/** Why the condition is not met, if it is not. What we have written ourselves stands where something else was expected. */
function unexpected(
  now: JsonObject,
  { written }: View<unknown>,
  { expected, isSecret = false }: WantedJson,
): string | undefined {
  const ours = [...written.keys()];
  for (const [pointer, value] of expected) {
    const found = valueAt(now, pointer);
    const isOurs = ours.some((part) => isWithin(part, pointer) || isWithin(pointer, part));
    if (!isOurs && !isSame(found, value)) {
      const isWhat = isSecret ? 'is not as expected' : `is ${shown(found)}, not ${shown(value)}`;
      return `The condition is not met: ${quoted(pointer)} ${isWhat}.`;
    }
  }
  return undefined;
}

function setMeanwhile(pointer: string, found: Json, { isSecret = false }: WantedJson): string {
  if (found === null) return `Somebody else removed ${quoted(pointer)} meanwhile.`;
  return `Somebody else set ${quoted(pointer)} to ${isSecret ? 'another value' : shown(found)} meanwhile.`;
}

/** A value as a message shows it. */
function shown(value: Json): string {
  return value === null ? 'missing' : excerpt(jsonText(value));
}

/** The parts that what the patch names consists of. */
function partsAt(parts: Parts, leaves: ReadonlyMap<string, Json>): readonly string[] {
  const within = [...parts.keys()].filter((part) =>
    [...leaves.keys()].some((pointer) => isWithin(part, pointer)),
  );
  return [...new Set([...leaves.keys(), ...within])];
}
