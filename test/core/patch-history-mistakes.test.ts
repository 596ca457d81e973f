import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { play } from './history/patch/arena';
import { check } from './history/patch/check';
import { type PatchFlaw, plain } from './history/patch/plain';
import { patchScenarios } from './history/patch/scenario';
import type { ViolationKind } from './history/violation';

/** Each mistake, and the sign by which it must be known. */
const mistakes: readonly (readonly [PatchFlaw, ViolationKind])[] = [
  ['writes again over a newer value', 'sent again'],
  ['sends again what no read shows yet', 'sent again'],
  ['says written at acceptance', 'not shown'],
  ['ends before the bound', 'superseded too early'],
  ['counts the bound from the call', 'superseded too early'],
  ['takes an old value for another', 'superseded by nobody'],
  ['takes its own value for another', 'gave way to nobody'],
  ['takes a page for acceptance', 'not accepted'],
  ['takes silence for acceptance', 'not accepted'],
  ['believes old reads', 'untrue verdict'],
  ['believes every 404', 'untrue absence'],
  ['forgets a write without an answer', 'took effect against its answer'],
  ['leaves what was accepted', 'took effect against its answer'],
  ['says deadline of what was accepted', 'took effect against its answer'],
  ['gives way after it has written', 'took effect against its answer'],
  ['looks at no condition', 'took effect in part or against its condition'],
  ['waits for no companion', 'out of order'],
];

describe('The arena without versions notices a client that', () => {
  it.each(mistakes)('%s', async (flaw, sign) => {
    const { failed } = await fc.check(
      fc.asyncProperty(patchScenarios, async (scenario) => {
        const { history, journal } = await play(scenario, plain(flaw));
        return ![...check(history, journal)].some(({ kind }) => kind === sign);
      }),
      { numRuns: 2000, seed: 1, endOnFailure: true },
    );
    expect(failed).toBe(true);
  });
});
