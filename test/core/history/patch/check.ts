import { checkAbsence } from '../check-absence';
import { checkRequests } from '../check-requests';
import type { Violation } from '../violation';
import { checkOrder } from './check-order';
import { checkSuperseded } from './check-superseded';
import { checkTold } from './check-told';
import { checkVerdict } from './check-verdicts';
import { checkNoEffect, checkSent } from './check-writes';
import { Evidence } from './evidence';
import type { PatchLog } from './log';
import type { PatchOperation } from './operation';

/** Holds a history without versions against the log of the server. */
export function* check(history: readonly PatchOperation[], log: PatchLog): Generator<Violation> {
  for (const record of new Set(history.map((operation) => operation.record))) {
    const operations = history.filter((operation) => operation.record === record);
    const evidence = new Evidence(record, operations, log);
    yield* checkSent(evidence);
    yield* checkNoEffect(evidence);
    for (const operation of operations) {
      yield* checkTold(operation, evidence);
      yield* checkSuperseded(operation, evidence);
      yield* checkVerdict(operation, evidence);
    }
    yield* checkOrder(evidence);
  }
  yield* checkAbsence(history, log);
  yield* checkRequests(history, log);
}
