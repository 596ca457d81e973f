import type { Violation } from '../violation';
import type { PatchRecording } from './arena';
import { contentOf, type SentPatch } from './log';

/** What is wrong with a run, and its story. */
export function complaint(recording: PatchRecording, violations: readonly Violation[]): string {
  const wrongs = violations.map(({ kind, what }) => `${kind}: ${what}`);
  return [...wrongs, '', ...storyOf(recording)].join('\n');
}

/** A run, one line for each thing that happened, in the order in which it did. */
function storyOf({ history, journal }: PatchRecording): readonly string[] {
  const lines: (readonly [number, string])[] = [];
  for (const { client, record, call, invoked, invokedMs, ...end } of history) {
    const who = `${client} ${record} ${JSON.stringify(call)}`;
    lines.push([invoked, `${invokedMs} ms  CALL ${who}`]);
    lines.push([end.answered, `${end.answeredMs} ms  TOLD ${who}: ${JSON.stringify(end.outcome)}`]);
  }
  for (const { moment, atMs, record, place, client, values } of journal.applied) {
    const by = client ?? 'outside';
    lines.push([moment, `${atMs} ms    ${record} #${place} by ${by} ${JSON.stringify(values)}`]);
  }
  for (const request of journal.requests) lines.push(...linesOf(request));
  return lines.sort(([one], [other]) => one - other).map(([, line]) => line);
}

function* linesOf(request: SentPatch): Generator<readonly [number, string]> {
  const { moment, atMs, client, record, values, fault, answer, failure } = request;
  const what = `${client} ${values ? `sends ${JSON.stringify(values)}` : 'reads'} ${record}`;
  yield [moment, `${atMs} ms  ${what}${fault ? ` (${JSON.stringify(fault)})` : ''}`];
  if (failure) yield [failure.moment, `${failure.atMs} ms  ${what}: ${failure.message}`];
  if (!answer) return;
  const { shows } = answer;
  const shown = shows ? `#${shows.place} ${JSON.stringify(contentOf(shows))}` : 'accepted';
  yield [answer.moment, `${answer.atMs} ms  ${what}: ${shown}`];
}
