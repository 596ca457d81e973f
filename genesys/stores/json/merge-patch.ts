import { isJsonObject, type Json } from './json';

/**
 * A value after a merge patch (RFC 7396, section 2).
 *
 * @param nulls what becomes of the names that the patch gives as `null`: `kept` tells a server that
 * merges what is to go
 */
export function mergePatch(
  target: Json | undefined,
  patch: Json,
  nulls: 'removed' | 'kept' = 'removed',
): Json {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(isJsonObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null && nulls === 'removed') merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value, nulls));
  }
  return Object.fromEntries(merged);
}
