import { jest } from '@jest/globals';

/** Watches the timers of so many ms; `left` are those that were started and not cleared. */
export function watchTimers(ms: number): { started: () => number; left: () => number } {
  const set = jest.spyOn(globalThis, 'setTimeout');
  const clear = jest.spyOn(globalThis, 'clearTimeout');
  const started = () =>
    set.mock.results
      .filter((_, call) => set.mock.calls[call]?.[1] === ms)
      .map(({ value }) => value);
  const cleared = () => new Set<unknown>(clear.mock.calls.map(([timer]) => timer));
  return {
    started: () => started().length,
    left: () => started().filter((timer) => !cleared().has(timer)).length,
  };
}
