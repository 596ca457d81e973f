import { StoreError } from '../../../core';
import type { Recording } from './arena';
import type { SentRequest } from './journal';
import type { Violation } from './violation';

/** What is wrong with a run, and its story. */
export function complaint(recording: Recording, violations: readonly Violation[]): string {
  return `${violations.map(({ kind, what }) => `${kind}: ${what}`).join('\n')}\n\n${storyOf(recording)}`;
}

/** A run as a text, one line for each thing that happened, in the order in which it did. */
function storyOf({ history, journal }: Recording): string {
  const lines: (readonly [number, string])[] = [];
  for (const { client, record, call, invoked, invokedMs, ...end } of history) {
    const who = `${client} ${record} ${JSON.stringify(call)}`;
    lines.push([invoked, `${invokedMs} ms  CALL ${who}`]);
    lines.push([end.answered, `${end.answeredMs} ms  TOLD ${who}: ${JSON.stringify(end.outcome)}`]);
  }
  for (const { moment, atMs, record, version, content, client, acknowledged } of journal.commits) {
    const by = client === null ? 'outside' : `${client}${acknowledged ? '' : ', not told,'}`;
    lines.push([moment, `${atMs} ms    ${record} v${version} by ${by} ${JSON.stringify(content)}`]);
  }
  for (const { moment, atMs, client, record, writes, fault, reply } of journal.requests) {
    const what = `${client} ${writes ? `writes on v${writes.base}` : 'reads'} ${record}`;
    lines.push([moment, `${atMs} ms  ${what}${fault ? ` (${JSON.stringify(fault)})` : ''}`]);
    if (reply) lines.push([reply.moment, `${reply.atMs} ms  ${what}: ${replyOf(reply.shows)}`]);
  }
  return lines
    .sort(([one], [other]) => one - other)
    .map(([, line]) => line)
    .join('\n');
}

function replyOf(shows: NonNullable<SentRequest['reply']>['shows']): string {
  if (shows instanceof StoreError) return `${shows.message} ${JSON.stringify(shows.failure)}`;
  return `v${shows?.version ?? '?'} ${JSON.stringify(shows?.state)}`;
}
