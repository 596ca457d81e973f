import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { play } from './history/arena';
import { check } from './history/check';
import { checkWaiting } from './history/check-waiting';
import { unexplained } from './history/cross-check';
import type { Implementation } from './history/implementation';
import { plain } from './history/plain';
import { type Scenario, scenarios } from './history/scenario';
import { uncleanScenarios } from './history/unclean-scenario';
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
  ['a count is made from a state of before the wait', wrong.keepingItsFirstState, 'told twice'],
  ['a lost count is taken for not applied', wrong.takingLostForNotApplied, 'counted too much'],
  ['one who counts in a batch is dropped', wrong.droppingOneOfABatch, 'counted too little'],
  ['all who count in a batch are told the same', wrong.answeringAllAlike, 'told twice'],
  ['an update goes on without its caller', wrong.workingOnForNobody, 'request without a caller'],
];

/** The same for what only an unclean world shows. */
const uncleanMistakes: readonly (readonly [string, Implementation, ViolationKind])[] = [
  ['the next write is made from an echo', plain('takes an echo for a base'), 'lost update'],
  ['an echo is told as the record', plain('takes an echo for the record'), 'untrue result'],
  ['a verdict rests on an old read', plain('believes old reads'), 'untrue verdict'],
  ['the newest version is forgotten', plain('forgets with its caller'), 'untrue verdict'],
  ['what a rival wrote proves a claim', plain('takes content for proof'), 'two winners'],
  ['what may be applied is applied again', plain('applies once more'), 'applied twice'],
  ['a count that may be applied is made again', plain('applies once more'), 'counted too much'],
  ['a count is made from an echo', plain('takes an echo for a base'), 'counted too little'],
  [
    'a write without an answer is forgotten',
    plain('forgets a write without an answer'),
    'took effect against its answer',
  ],
  [
    'what was taken is told as cancelled',
    plain('leaves what was taken'),
    'took effect against its answer',
  ],
  ['a 404 of a moment is believed', plain('believes every 404'), 'untrue absence'],
  [
    "a value of one's own process is taken for a stranger's",
    plain('gives way to its own process'),
    'gave way to nobody',
  ],
  ["a stranger's value is not seen", plain('sees no strangers'), 'ran over a stranger'],
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
  it.each([
    ...mistakes.map((mistake) => [...mistake, scenarios, 300] as const),
    ...uncleanMistakes.map((mistake) => [...mistake, uncleanScenarios, 2000] as const),
  ])('%s', async (_, implementation, sign, worlds, numRuns) => {
    const { failed } = await fc.check(
      fc.asyncProperty(
        worlds,
        async (scenario) => !(await signsOf(scenario, implementation)).includes(sign),
      ),
      { numRuns, seed: 1, endOnFailure: true },
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
