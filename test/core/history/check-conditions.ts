import type { Effects } from './effects';
import type { Operation } from './operation';
import { marksOf } from './version-chain';
import type { Violation } from './violation';

/**
 * Whether no condition was met more often than it came true. Values are unique, so each can be
 * swapped for another but once, and an attribute can be missing but once. This catches callers that
 * one commit combined and whose values it does not show.
 */
export function* checkConditions(
  operations: readonly Operation[],
  effects: Effects,
): Generator<Violation> {
  const met = new Map<string, number>();
  for (const operation of operations) {
    const { call, outcome } = operation;
    if (outcome.kind !== 'written' || marksOf(operation).length === 0) continue;
    if (call.kind !== 'setIfEquals' && call.kind !== 'setIfMissing') continue;
    const expected = call.kind === 'setIfEquals' ? call.expected : undefined;
    const condition = `${call.name} ${expected ?? 'missing'}`;
    const times = (met.get(condition) ?? 0) + 1;
    met.set(condition, times);
    if (times > Math.max(1, effects.commitsOf(expected ?? ''))) {
      yield {
        kind: 'took effect in part or against its condition',
        what: `${JSON.stringify(operation)} was not the first for which it held`,
      };
    }
  }
}
