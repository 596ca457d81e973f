import type { Operation, Outcome } from './operation';
import type { PatchOutcome } from './patch/operation';
import type { Caller } from './scenario';
import type { Violation } from './violation';

/**
 * Whether everybody was let go in time: when their total timeout was over, or one request after they
 * had left, for a write that is under way is seen to its end, also one shared with those who have more
 * time for it. And nobody else was sent away.
 *
 * @param graceMs how much longer it may take
 */
export function* checkWaiting(
  callers: readonly Caller[],
  history: readonly Operation<Outcome | PatchOutcome>[],
  graceMs: number,
): Generator<Violation> {
  const longestRequestMs = Math.max(...callers.map(({ policy }) => policy.requestTimeoutMs));
  for (const [index, operation] of history.entries()) {
    const caller = callers[index];
    if (!caller) continue;
    const { startMs, abortMs = Infinity, policy } = caller;
    const { outcome, answeredMs } = operation;
    const what = `${JSON.stringify(operation)} at ${answeredMs} ms`;
    if (outcome.kind === 'failed' && outcome.reason === 'cancelled' && answeredMs < abortMs) {
      yield { kind: 'cancelled unasked', what };
    }
    const latestMs = Math.min(
      startMs + policy.totalTimeoutMs,
      Math.max(startMs, abortMs) + longestRequestMs,
    );
    if (answeredMs > latestMs + graceMs) yield { kind: 'kept waiting', what };
  }
}
