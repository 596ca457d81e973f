import { goalOf } from '../operation';
import type { Violation } from '../violation';
import type { Evidence } from './evidence';
import type { SentPatch } from './log';
import { mayHaveWritten } from './operation';

/** Whether everything that was sent was wanted, and nothing once more that was accepted. */
export function* checkSent(evidence: Evidence): Generator<Violation> {
  const clients = new Set(evidence.operations.map(({ client }) => client));
  for (const client of clients) {
    for (const request of evidence.writesOf(client)) {
      for (const [name, value] of Object.entries(request.values ?? {})) {
        const what = `${name} = "${value}", sent by ${client} at ${request.atMs} ms`;
        if (evidence.wanting(client, name, value, request.moment).length === 0) {
          yield { kind: "nobody's write", what };
        }
        if (isAgain(evidence, request, name, value)) yield { kind: 'sent again', what };
      }
    }
  }
}

/** Whether as many writes of a value had been accepted as there were callers who wanted it. */
function isAgain(evidence: Evidence, request: SentPatch, name: string, value: string): boolean {
  const { client, moment } = request;
  const acceptances = evidence
    .sends(client, name, value)
    .filter(({ answer }) => answer !== undefined && answer.moment < moment).length;
  const callers = evidence.operations.filter(
    (one) => one.client === client && goalOf(one.call)[name] === value && one.invoked < moment,
  );
  return acceptances > 0 && acceptances >= callers.length;
}

/** Whether nothing was applied of those who were told that nothing was. */
export function* checkNoEffect(evidence: Evidence): Generator<Violation> {
  for (const { client, request, values, atMs } of evidence.applied) {
    if (client === null || !request) continue;
    for (const [name, value] of Object.entries(values)) {
      const callers = evidence.wanting(client, name, value, request.moment);
      if (callers.length === 0 || callers.some(mayHaveWritten)) continue;
      const told = callers.map((one) => JSON.stringify(one)).join(' and ');
      const what = `${name} = "${value}" took effect at ${atMs} ms, of ${told}`;
      yield { kind: 'took effect against its answer', what };
    }
  }
}
