import type { Lag } from '../simulator';
import { type Cell, labelled, paragraph, table } from './layout';
import { foreignUpdates, otherSystems } from './other-systems';
import type { Execution } from './our-workflow';
import { legend } from './progress';
import { type Round, STATE_CHANGE_EVERY_MS, UPDATES_AT_ONCE } from './round';
import { paint } from './screen';
import { conflictsIn, lostOf, stateChangesOf, type Tally } from './tally';
import { attributesAtStart, listOf, type Update, updates } from './update';

/** What the reader is about to see. */
export function introduction(latencyMs: number): string[] {
  const each = foreignUpdates.length / otherSystems.length;
  return [
    paint('bold', 'Setting participant attributes on a live call that does not stand still'),
    '',
    ...paragraph(
      `A simulated Genesys Cloud on this machine answers after ${latencyMs} ms. The same scene is ` +
        'played five times, each time on a new call:',
    ),
    ...bullet(`Hold, mute and recording change the call every ${STATE_CHANGE_EVERY_MS} ms.`),
    ...bullet(`${otherSystems.length} other systems set ${each} attributes each on its customer.`),
    ...bullet(
      `${updates.length} updates of ours come in, ${UPDATES_AT_ONCE} at once, each for one ` +
        'attribute of the same customer.',
    ),
    '',
    `  ${legend}`,
  ];
}

/** What holds in the first rounds. */
export function versionedApi(): string[] {
  return [
    ...heading('Where participants have a version (GET and PUT)'),
    ...paragraph(
      'A write names the version that it is based on, else it is refused (409); every change of ' +
        'the call moves it. It replaces all attributes: what it leaves out is gone. The other ' +
        'systems do it properly.',
    ),
  ];
}

/** What holds in the later ones, and what goes wrong there on purpose. */
export function publicApi(
  visibilityLag: Lag,
  { conflicts, falseSuccesses }: { conflicts: number; falseSuccesses: number },
): string[] {
  const later = typeof visibilityLag === 'number' ? `${visibilityLag / 1000} s later` : 'later';
  return [
    ...heading('On the public API as it is today (PATCH, no version)'),
    ...paragraph(
      `A write is accepted (202), and reads show it ${later}. It changes only what it names. In ` +
        `each round a proxy answers ${falseSuccesses} writes in the place of Genesys Cloud, with ` +
        `a web page and "202", and ${conflicts} writes are answered by a passing 409.`,
    ),
  ];
}

function bullet(text: string): string[] {
  return paragraph(text, '  · ');
}

export function heading(text: string): string[] {
  return ['', ...paragraph(text).map((line) => paint('bold', line))];
}

/** What a way of writing has cost, in a sentence. */
export function losses({ ours, others }: Round<unknown>): string[] {
  const told = [...described('our', ours), ...described('the others’', others)];
  const style = told.length === 0 ? 'green' : 'red';
  const text = told.length === 0 ? 'Nothing was lost.' : `Lost: ${told.join('; ')}.`;
  return paragraph(text, '  ').map((line) => paint(style, line));
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
    ['attribute', 'outcome', 'attempts', 'conflicts', 'waited', 'took', 'batch'],
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

/** With what its next step sees. */
export interface PublicContestant extends Contestant {
  readonly seenByNextStep: number;
}

export function comparison(contestants: readonly Contestant[]): string[] {
  return table(
    ['', '409s', 'says written', 'present', 'lost', 'lost of others'],
    contestants.map(({ name, round: { ours, others, requests }, believedWritten }) => [
      name,
      String(conflictsIn(requests)),
      ofAll(believedWritten, ours),
      ofAll(ours.present.length, ours),
      lossCell(ours),
      lossCell(others),
    ]),
  );
}

export function publicComparison(contestants: readonly PublicContestant[]): string[] {
  return table(
    ['', '409s', 'says written', 'next step sees', 'present', 'lost'],
    contestants.map(({ name, round: { ours, requests }, believedWritten, seenByNextStep }) => [
      name,
      String(conflictsIn(requests)),
      ofAll(believedWritten, ours),
      [seenByNextStep === ours.wanted.length ? 'green' : 'red', ofAll(seenByNextStep, ours)],
      ofAll(ours.present.length, ours),
      lossCell(ours),
    ]),
  );
}

function ofAll(count: number, { wanted }: Tally): string {
  return `${count} of ${wanted.length}`;
}

function lossCell(tally: Tally): Cell {
  const lost = lostOf(tally).length;
  return [lost === 0 ? 'green' : 'red', ofAll(lost, tally)];
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
  const nothingElse =
    of('other') === 0 ? 'nothing else.' : paint('red', counted(of('other'), 'other request'));
  return [
    ...paragraph(
      `Still connected: ${connected}, after ${counted(stateChangesOf(call), 'change')} of its ` +
        'state meanwhile.',
      '  ',
    ),
    ...paragraph(
      `The node sent ${counted(of('token'), 'sign-in')}, ${counted(of('read'), 'read')}, ` +
        `${counted(of('write'), 'attribute write')} and ${nothingElse}`,
      '  ',
    ),
  ];
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

function measured(value: number | undefined): string {
  return value === undefined ? '–' : String(value);
}
