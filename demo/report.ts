import type { Simulator } from '../simulator';
import { type Cell, labelled, paragraph, table } from './layout';
import { foreignUpdates, otherSystems } from './other-systems';
import type { Execution } from './our-workflow';
import { legend } from './progress';
import { type Round, STATE_CHANGE_EVERY_MS, UPDATES_AT_ONCE } from './round';
import { paint } from './screen';
import { conflictsIn, lostOf, stateChangesOf, type Tally } from './tally';
import { attributesAtStart, listOf, type Update, updates } from './update';

/** What the reader is about to see. */
export function introduction({ latencyMs, url }: Simulator): string[] {
  const each = foreignUpdates.length / otherSystems.length;
  return [
    paint('bold', 'Setting participant attributes on a live call that does not stand still'),
    '',
    ...paragraph(
      `A simulated Genesys Cloud at ${url} answers after ${latencyMs} ms. A write must name the ` +
        'current version of the participant, else it is refused (409). It replaces all ' +
        'attributes: what it leaves out is gone.',
    ),
    '',
    'The same scene three times, each time on a new call:',
    `  · Holding, muting and recording change the call, and so its version, every ${STATE_CHANGE_EVERY_MS} ms.`,
    `  · ${otherSystems.length} other systems set ${each} attributes each on its customer, with proper locking.`,
    `  · ${updates.length} updates of ours come in, ${UPDATES_AT_ONCE} at once, each for one attribute of the same customer.`,
    '',
    `  ${legend}`,
  ];
}

export function heading(text: string): string[] {
  return ['', paint('bold', text)];
}

/** One line for an execution that has just ended. */
export function ended({ update, outcome, attempts, conflicts, waitedMs }: Execution): string {
  const ok = outcome === 'written';
  return [
    `  ${ok ? paint('green', '✓') : paint('red', '✗')}`,
    `${update.name} = ${update.value}`.padEnd(34),
    `${outcome} after ${counted(attempts, 'attempt')}` +
      (conflicts > 0 ? `, ${counted(conflicts, 'conflict')}` : '') +
      (waitedMs ? `, ${waitedMs} ms of waiting` : ''),
  ].join(' ');
}

/** What a way of writing has cost, in a sentence. */
export function losses({ ours, others }: Round<unknown>): string {
  const told = [...described('our', ours), ...described('the others’', others)];
  return told.length === 0
    ? `  ${paint('green', 'Nothing was lost.')}`
    : `  ${paint('red', `Lost: ${told.join('; ')}.`)}`;
}

function described(whose: string, tally: Tally): string[] {
  const lost = lostOf(tally).length;
  if (lost === 0) return [];
  const ways = [
    { count: tally.neverWritten.length, way: 'never written' },
    { count: tally.overwritten.length, way: 'overwritten' },
  ].filter(({ count }) => count > 0);
  const how = ways.map(({ count, way }) => (count === lost ? way : `${count} ${way}`)).join(', ');
  return [`${lost} of ${whose} ${tally.wanted.length} updates (${how})`];
}

/** Every update of the node with its story. */
export function executions(results: readonly Execution[]): string[] {
  return table(
    [
      'attribute',
      'outcome',
      'attempts',
      'conflicts',
      'waited ms',
      'elapsed ms',
      'updates in its write',
    ],
    results.map(({ update, outcome, attempts, conflicts, waitedMs, elapsedMs, batchSize }) => [
      update.name,
      [outcome === 'written' ? 'green' : 'red', outcome],
      String(attempts),
      String(conflicts),
      measured(waitedMs),
      measured(elapsedMs),
      measured(batchSize),
    ]),
  );
}

/** A way of writing, with what it believes to have written. */
export interface Contestant {
  readonly name: string;
  readonly round: Round<unknown>;
  readonly believedWritten: number;
}

export function comparison(contestants: readonly Contestant[]): string[] {
  return table(
    ['', '409s met', 'wanted', 'says written', 'present', 'lost', 'lost of others'],
    contestants.map(({ name, round: { ours, others, requests }, believedWritten }) => [
      name,
      String(conflictsIn(requests)),
      String(ours.wanted.length),
      String(believedWritten),
      String(ours.present.length),
      lossCell(ours),
      lossCell(others),
    ]),
  );
}

function lossCell(tally: Tally): Cell {
  const lost = lostOf(tally).length;
  return [lost === 0 ? 'green' : 'red', `${lost} of ${tally.wanted.length}`];
}

/** Everything on the participant now, by who wanted it there. */
export function finalAttributes({ call }: Round<unknown>): string[] {
  const { attributes } = call.customer;
  const shown = ({ name }: Update) => {
    const value = attributes[name];
    return typeof value === 'string' ? `${name}=${value}` : paint('red', `${name} is missing`);
  };
  const owners = [
    { name: 'From the start', updates: listOf(attributesAtStart) },
    { name: 'This node', updates },
    ...otherSystems,
  ];
  const labelWidth = Math.max(...owners.map(({ name }) => name.length)) + 2;
  return owners.flatMap((owner) => labelled(owner.name, labelWidth, owner.updates.map(shown)));
}

/** Whether the call was left alone. */
export function callState({ call, requests }: Round<unknown>): string[] {
  const of = (kind: string) => requests.filter((request) => request.kind === kind).length;
  const connected = call.connected ? paint('green', 'yes') : paint('red', 'no');
  return [
    `  Still connected: ${connected}, after ${counted(stateChangesOf(call), 'change')} of its state meanwhile.`,
    `  The node sent ${counted(of('token'), 'sign-in')}, ${counted(of('read'), 'read')}, ` +
      `${counted(of('write'), 'attribute write')} and ` +
      (of('other') === 0 ? 'nothing else.' : paint('red', counted(of('other'), 'other request'))),
  ];
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function measured(value: number | undefined): string {
  return value === undefined ? '–' : String(value);
}
