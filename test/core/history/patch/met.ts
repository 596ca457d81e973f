import { goalOf, holds } from '../operation';
import type { PatchRecording, PatchScenario } from './arena';
import type { SentPatch } from './log';
import type { PatchOperation } from './operation';

/** What a run has met: ways to end, faults that came to bear, and how far reads were behind. */
export function* metIn({ lag }: PatchScenario, recording: PatchRecording): Generator<string> {
  const { history, journal } = recording;
  for (const operation of history) yield* endOf(operation);
  for (const request of journal.requests) yield* faultOf(request);
  yield `${new Set(history.map(({ client }) => client)).size} processes`;
  if (journal.closures.length > 0) yield '429';
  if (journal.gone.size > 0) yield 'gone';
  if (journal.applied.some(({ client, place }) => !client && place > 0)) yield 'stranger';
  if (journal.lagMs > lag.toMs) yield 'flips';
  if (lag.toMs > lag.fromMs) yield 'jitter';
  if (lag.fromMs > 10_000) yield 'lag beyond the bound';
}

function* endOf({ call, outcome }: PatchOperation): Generator<string> {
  yield `${call.kind} ${outcome.kind}`;
  if (outcome.kind === 'failed') yield outcome.isAbsent ? 'absent' : outcome.reason;
  if (outcome.kind !== 'unchanged' || call.kind !== 'setUnlessOthers') return;
  if (!holds(outcome.found, goalOf(call))) yield 'kept';
}

function* faultOf({ answer, failure, fault, values }: SentPatch): Generator<string> {
  if (!fault || (!answer && !failure)) return;
  if (fault.kind === 'falseAcceptance') {
    if (values) yield fault.isPage ? 'page' : 'silent false acceptance';
  } else if (values ? fault.kind !== 'absent' : fault.kind === 'absent') yield fault.kind;
}
