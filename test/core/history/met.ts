import { StoreError } from '../../../core';
import type { Recording } from './arena';
import type { SentRequest } from './journal';
import { goalOf, holds, type Operation } from './operation';

/** What a run has met: ways to end, faults that came to bear, and what befell the records. */
export function* metIn({ history, journal }: Recording): Generator<string> {
  for (const operation of history) yield* endOf(operation);
  for (const request of journal.requests) yield* faultOf(request);
  if (journal.closures.length > 0) yield '429';
  if (journal.gone.size > 0) yield 'gone';
  const clients = new Set(history.map(({ client }) => client));
  yield `${clients.size} processes`;
  const writes = journal.commits.filter(({ client }) => client !== null);
  if (writes.some(({ acknowledged }) => !acknowledged)) yield 'lost reply';
}

function* endOf({ call, outcome }: Operation): Generator<string> {
  yield `${call.kind} ${outcome.kind}`;
  if (outcome.kind === 'failed') {
    yield outcome.reason;
    if (outcome.isAbsent) yield 'absent';
  }
  const isKept = outcome.kind === 'unchanged' && !holds(outcome.found, goalOf(call));
  if (call.kind === 'setUnlessOthers' && isKept) yield 'kept';
}

function* faultOf({ writes, fault, reply, lagged }: SentRequest): Generator<string> {
  if (lagged) yield 'lag';
  if (!fault || !reply) return;
  const isAnswered = !(reply.shows instanceof StoreError);
  switch (fault.kind) {
    case 'partialEcho':
      if (writes && isAnswered) yield `echo of ${fault.echo}`;
      return;
    case 'overtaken':
      if (writes && isAnswered) yield fault.kind;
      return;
    case 'repeated':
      if (writes) yield `repeated, ${fault.replyLost ? 'without' : 'with'} a reply`;
      return;
    case 'absent':
      if (!writes) yield '404 of a moment';
      return;
    case 'lateReply':
      if (isAnswered) yield writes ? 'late reply to a write' : 'late reply to a read';
      return;
    default:
  }
}
