import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { play } from './history/arena';
import { check } from './history/check';
import { checkWaiting } from './history/check-waiting';
import { unexplained } from './history/cross-check';
import type { Implementation } from './history/implementation';
import { type Scenario, scenarios } from './history/scenario';
import type { ViolationKind } from './history/violation';
import * as wrong from './history/wrong-implementations';

/** Each mistake, and the sign by which it must be known. */
const mistakes: readonly (readonly [string, Implementation, ViolationKind])[] = [
  ['a write is sent again blindly', wrong.resendingBlindly, 'lost update'],
  ['a write is made from a state of before the wait', wrong.keepingItsFirstState, 'lost update'],
  ['a lost write is taken for not applied', wrong.takingLostForNotApplied, 'applied twice'],
  ['one of a batch is dropped', wrong.droppingOneOfABatch, 'took no effect'],
  ['a batch is answered alike', wrong.answeringAllAlike, 'took no effect'],
  ['one leaves and takes others along', wrong.leavingTogether, 'cancelled unasked'],
  ['nobody has the patience for Retry-After', wrong.impatient, 'came back too early'],
  ['a 429 is heeded by one caller only', wrong.waitingAlone, 'came back too early'],
  ['a verdict is from before the caller came', wrong.rememberingSnapshots, 'untrue verdict'],
  ["an update goes through another client's store", wrong.sharingStores, "another client's token"],
  [
    'what is committed is reported as cancelled',
    wrong.reportingCommittedAsCancelled,
    'took effect against its answer',
  ],
  ['an update goes on without its caller', wrong.workingOnForNobody, 'request without a caller'],
];

async function signsOf(
  scenario: Scenario,
  implementation: Implementation,
): Promise<readonly ViolationKind[]> {
  const { history, journal } = await play(scenario, implementation);
  const violations = [
    ...check(history, journal),
    ...checkWaiting(scenario.callers, history, Infinity),
  ];
  return violations.map(({ kind }) => kind);
}

describe('The arena notices when', () => {
  it.each(mistakes)('%s', async (_, implementation, sign) => {
    const { failed } = await fc.check(
      fc.asyncProperty(
        scenarios,
        async (scenario) => !(await signsOf(scenario, implementation)).includes(sign),
      ),
      { numRuns: 300, seed: 1, endOnFailure: true },
    );
    expect(failed).toBe(true);
  });

  it('something is wrong, and tells by which seed it can be seen again', async () => {
    const assertion = fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        expect(await signsOf(scenario, wrong.resendingBlindly)).toEqual([]);
      }),
      { endOnFailure: true },
    );
    await expect(assertion).rejects.toThrow(/seed: -?\d+, path: "\d+/);
  });
});

describe('The two checkers', () => {
  it('agree: what no order of operations explains, the version chain shows too', async () => {
    let unexplainedRuns = 0;
    const property = fc.asyncProperty(
      scenarios,
      fc.constantFrom(...mistakes.map(([, implementation]) => implementation)),
      async (scenario, implementation) => {
        const { history, journal } = await play(scenario, implementation);
        if (unexplained(history, journal).length === 0) return;
        unexplainedRuns++;
        expect([...check(history, journal)]).not.toEqual([]);
      },
    );
    await fc.assert(property, { numRuns: 1000, seed: 1 });
    expect(unexplainedRuns).toBeGreaterThan(20);
  });
});
