import type { NextStep } from './next-step';
import type { Execution } from './our-workflow';
import type { Round } from './round';
import { beyondAttributes, lostOf, type Tally } from './tally';

/** What is wrong with the round of the node, a line for each; nothing if all went as it must. */
export function complaints({
  call,
  results,
  ours,
  others,
  atStart,
  requests,
}: Round<Execution>): string[] {
  return [
    ...lossesIn('this workflow', ours),
    ...lossesIn('the other systems', others),
    ...lossesIn('the call from its start', atStart),
    ...failuresIn(results),
    ...(call.connected ? [] : ['The call is no longer connected.']),
    ...beyondAttributes(requests).map(
      ({ method, path }) => `${method} ${path} was sent, which is no read and no attribute write.`,
    ),
  ];
}

/** What was told as written before the next step could see it. */
export function oversights({ results }: Round<NextStep<unknown>>): string[] {
  const unseen = results.filter(({ seen }) => !seen).length;
  return unseen === 0
    ? []
    : [`After ${unseen} of ${results.length} updates a read did not show it.`];
}

/** The first failure in full: the others mostly have the same cause. */
function failuresIn(results: readonly Execution[]): string[] {
  const failed = results.filter(({ outcome }) => outcome !== 'written');
  const [first] = failed;
  if (!first) return [];
  return [
    `${failed.length} of ${results.length} executions did not end as "written". The first, for ` +
      `${first.update.name}, ended as "${first.outcome}": ${first.error}`,
  ];
}

function lossesIn(owner: string, tally: Tally): string[] {
  const lost = lostOf(tally);
  if (lost.length === 0) return [];
  const names = lost.map(({ name }) => name).join(', ');
  return [`Lost: ${lost.length} of ${tally.wanted.length} attributes of ${owner}: ${names}`];
}
