/**
 * What a record holds: the text of each of its parts, by name. A part that is missing and one that is
 * empty are the same.
 */
export type Parts = ReadonlyMap<string, string>;

/** How one part changes; `null` stands for a part that is not there. */
export interface PartChange {
  readonly from: string | null;
  readonly to: string | null;
}

/** The parts that change, each from what to what. */
export type Delta = ReadonlyMap<string, PartChange>;

export const NO_CHANGES: Delta = new Map();

/** The text of a part; `''` where it is not there. */
export function textOf(parts: Parts, name: string): string {
  return parts.get(name) ?? '';
}

export function isSameText(one: string | null, other: string | null): boolean {
  return (one ?? '') === (other ?? '');
}

export function sameParts(one: Parts, other: Parts): boolean {
  for (const [name, text] of one) if (text !== textOf(other, name)) return false;
  for (const [name, text] of other) if (text !== textOf(one, name)) return false;
  return true;
}

/** What has to change for one to become the other. Whether a part is missing or empty counts here. */
export function difference(from: Parts, to: Parts): Delta {
  const delta = new Map<string, PartChange>();
  for (const name of new Set([...from.keys(), ...to.keys()])) {
    const change = { from: from.get(name) ?? null, to: to.get(name) ?? null };
    if (change.from !== change.to) delta.set(name, change);
  }
  return delta;
}

/** How much of a delta a record shows. Of an empty one it shows all. */
export function shows(parts: Parts, delta: Delta): 'all' | 'some' | 'none' {
  const found = shownOf(parts, delta).size;
  if (found === delta.size) return 'all';
  return found > 0 ? 'some' : 'none';
}

/** What a record shows of a delta. */
export function shownOf(parts: Parts, delta: Delta): Delta {
  return new Map([...delta].filter(([name, { to }]) => isSameText(textOf(parts, name), to)));
}

/** The record after a change. */
export function laidOver(parts: Parts, delta: Delta): Map<string, string> {
  const after = new Map(parts);
  apply(after, delta);
  return after;
}

/** Applies a change in place. */
export function apply(parts: Map<string, string>, delta: Delta): void {
  for (const [name, { to }] of delta) {
    if (to === null) parts.delete(name);
    else parts.set(name, to);
  }
}

/** A change without the parts that it removes. */
export function withoutRemovals(delta: Delta): Delta {
  return new Map([...delta].filter(([, { to }]) => to !== null));
}

/** Lays a change over a record only where that still is as it was before the change. */
export function carriedOver(parts: Parts, delta: Delta): Parts {
  return laidOver(
    parts,
    new Map([...delta].filter(([name, { from }]) => isSameText(textOf(parts, name), from))),
  );
}

/** One change for two of which the later came after the earlier. */
export function merged(earlier: Delta, later: Delta): Delta {
  if (earlier.size === 0) return later;
  const delta = new Map(earlier);
  for (const [name, { from, to }] of later) {
    const before = earlier.get(name);
    delta.set(name, { from: before ? before.from : from, to });
  }
  return delta;
}
