/** Lays what differs between two flat records over a third, name by name, as a store is to do. */
export function rebase<Value>(
  state: Readonly<Record<string, Value>>,
  from: Readonly<Record<string, Value>>,
  to: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> {
  const rebased = new Map(Object.entries(state));
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    const value = to[name];
    if (value === from[name] || state[name] !== from[name]) continue;
    if (value === undefined) rebased.delete(name);
    else rebased.set(name, value);
  }
  return Object.fromEntries(rebased);
}
