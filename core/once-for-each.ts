/** Makes what belongs to a key only once, however often it is asked for. */
export function onceForEach<Key, Result extends object | boolean>(
  make: (key: Key) => Result,
): (key: Key) => Result {
  const made = new Map<Key, Result>();
  return (key) => {
    const result = made.get(key) ?? make(key);
    made.set(key, result);
    return result;
  };
}
