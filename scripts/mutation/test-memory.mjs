/** What is known of the test files that have run in this process, by path. */
const files = new Map();
let kills = 0;

/** Remembers the tests of a file, how long it took, and whether it noticed a mutant. */
export function remember(path, { numFailingTests, perfStats, testResults }) {
  const names = testResults.map(({ fullName }) => fullName);
  files.set(path, {
    // A mutant may change which tests there are.
    names: numFailingTests > 0 || names.length === 0 ? files.get(path)?.names : names,
    tookMs: perfStats.end - perfStats.start,
    lastKill: numFailingTests > 0 ? ++kills : (files.get(path)?.lastKill ?? 0),
  });
}

/** Whether one of its tests may have such a name. */
export function mayHold(path, pattern) {
  return files.get(path)?.names?.some((name) => pattern.test(name)) ?? true;
}

/** Those that noticed a mutant come first, the latest ahead, then those that take little time, then those that are not known. */
export function rank(path) {
  const { lastKill = 0, tookMs = Infinity } = files.get(path) ?? {};
  return lastKill > 0 ? -lastKill : tookMs;
}
