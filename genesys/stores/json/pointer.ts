import { isJsonObject, type Json, type JsonObject } from './json';

/** The JSON pointer to what a path of names leads to (RFC 6901, section 3). */
export function pointerTo(names: readonly string[]): string {
  return names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The names in a JSON pointer. */
export function namesIn(pointer: string): readonly string[] {
  const names = pointer.split('/').slice(1);
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether one pointer leads to what another leads to, or into it. */
export function isWithin(pointer: string, outer: string): boolean {
  return pointer === outer || pointer.startsWith(`${outer}/`);
}

/** The pointers to the objects that a pointer leads through, the outermost first. */
export function objectsAround(pointer: string): readonly string[] {
  const names = namesIn(pointer);
  return names.slice(1).map((_, index) => pointerTo(names.slice(0, index + 1)));
}

const INDEX = /^(0|[1-9]\d*)$/;

/** What a pointer leads to; `null` where there is nothing, which is the same in a merge patch. */
export function valueAt(document: Json, pointer: string): Json {
  let value: Json | undefined = document;
  for (const name of namesIn(pointer)) {
    value = membersOf(value, name).get(name);
  }
  return value ?? null;
}

/** Of an array, its items by their places, where the name is one. */
function membersOf(value: Json | undefined, name: string): ReadonlyMap<string, Json> {
  const isThere = Array.isArray(value) ? INDEX.test(name) : isJsonObject(value);
  return new Map(isThere ? Object.entries(value as JsonObject) : []);
}

/** What an object says of each name in it, at any depth: all but objects with something in them, by pointer. */
export function leavesOf(
  document: JsonObject,
  outer: readonly string[] = [],
): ReadonlyMap<string, Json> {
  const leaves = Object.entries(document).flatMap(([name, value]): [string, Json][] => {
    const names = [...outer, name];
    const inner = isJsonObject(value) ? [...leavesOf(value, names)] : [];
    return inner.length > 0 ? inner : [[pointerTo(names), value]];
  });
  return new Map(leaves);
}

class Tree extends Map<string, Json | Tree> {}

/** The object that has these values at these pointers. What is within a value that is no object is left out. */
export function objectOf(values: Iterable<readonly [pointer: string, value: Json]>): JsonObject {
  const root = new Tree();
  const parsed = [...values].map(([pointer, value]) => ({ names: namesIn(pointer), value }));
  for (const { names, value } of parsed.toSorted(
    (one, two) => one.names.length - two.names.length,
  )) {
    let tree: Tree | undefined = root;
    for (const name of names.slice(0, -1)) tree = treeIn(tree, name);
    const isTree = isJsonObject(value) && Object.keys(value).length === 0;
    tree?.set(names.at(-1) ?? '', isTree ? new Tree() : value);
  }
  return jsonOf(root);
}

function treeIn(tree: Tree | undefined, name: string): Tree | undefined {
  const inner = tree?.get(name);
  if (inner instanceof Tree) return inner;
  if (!tree || inner !== undefined) return undefined;
  const made = new Tree();
  tree.set(name, made);
  return made;
}

function jsonOf(tree: Tree): JsonObject {
  return Object.fromEntries(
    [...tree].map(([name, value]) => [name, value instanceof Tree ? jsonOf(value) : value]),
  );
}
