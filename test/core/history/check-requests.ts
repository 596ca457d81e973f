import type { Closure, SentRequest } from './journal';
import type { Operation } from './operation';
import type { Violation } from './violation';

/** What was sent, and what forbade it. */
interface Sent {
  readonly requests: readonly Pick<SentRequest, 'moment' | 'atMs' | 'client' | 'record'>[];
  readonly closures: readonly Closure[];
}

/** Whether every request was sent for somebody, and none against a Retry-After. */
export function* checkRequests(
  history: readonly Operation<unknown>[],
  { requests, closures }: Sent,
): Generator<Violation> {
  for (const { moment, atMs, client, record } of requests) {
    const what = `A request of ${client} for ${record} after ${atMs} ms`;
    const early = closures.some(
      (closure) => closure.client === client && closure.moment < moment && atMs < closure.untilMs,
    );
    if (early) yield { kind: 'came back too early', what };
    const wanted = history.some(
      (operation) =>
        operation.client === client &&
        operation.record === record &&
        operation.invoked < moment &&
        moment < operation.answered,
    );
    if (!wanted) yield { kind: 'request without a caller', what };
  }
}
