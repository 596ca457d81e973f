import type { Call, JournalEntry } from '../simulator';
import { foreignUpdates } from './other-systems';
import { paint } from './screen';
import { conflictsIn, stateChangesOf, tally, type Tally } from './tally';
import { updates } from './update';

export const legend = '█ there   ▒ was there, then overwritten   ░ not there';

const BAR_WIDTH = 8;

/** How a round stands, by the true state of the call, in a line that fits below an indent. */
export function progressOf(call: Call, requests: readonly JournalEntry[], ms: number): string {
  const ours = tally(call.customer, updates);
  const others = tally(call.customer, foreignUpdates);
  return [
    `${(ms / 1000).toFixed(1)} s`,
    `ours ${bar(ours)} ${counts(ours)}`,
    `others’ ${bar(others)} ${counts(others)}`,
    `${conflictsIn(requests)} conflicts`.padStart(13),
    `${stateChangesOf(call)} changes`,
  ].join('  ');
}

function bar({ wanted, present, overwritten }: Tally): string {
  const cells = (count: number) => Math.round((count * BAR_WIDTH) / wanted.length);
  const there = cells(present.length);
  const gone = cells(present.length + overwritten.length) - there;
  return (
    paint('green', '█'.repeat(there)) +
    paint('red', '▒'.repeat(gone)) +
    paint('dim', '░'.repeat(BAR_WIDTH - there - gone))
  );
}

function counts({ wanted, present }: Tally): string {
  const of = String(wanted.length);
  return `${String(present.length).padStart(of.length)}/${of}`;
}
