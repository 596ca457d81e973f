import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { play } from './history/arena';
import { check } from './history/check';
import { checkWaiting } from './history/check-waiting';
import { right } from './history/implementation';
import { metIn } from './history/met';
import { plain } from './history/plain';
import { complaint } from './history/story';
import { uncleanScenarios } from './history/unclean-scenario';
import { replay, runs } from './runs';

describe('Where reads are old, replies show half and processes claim the same', () => {
  it.each([
    ['callers in lanes', right, 27_000],
    ['callers of the plainest client', plain(), 3000],
  ])(
    '%s are told the truth',
    async (_, implementation, numRuns) => {
      await fc.assert(
        fc.asyncProperty(uncleanScenarios, async (scenario) => {
          const recording = await play(scenario, implementation);
          const { history, journal } = recording;
          const violations = [
            ...check(history, journal),
            ...checkWaiting(scenario.callers, history, 0),
          ];
          if (violations.length > 0) throw new Error(complaint(recording, violations));
        }),
        { numRuns: runs(numRuns), ...replay() },
      );
    },
    240_000,
  );

  it('every way to end and every fault is met, so that the rest means something', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(uncleanScenarios, async (scenario) => {
        for (const what of metIn(await play(scenario, right))) met.add(what);
      }),
      { numRuns: 600, seed: 1 },
    );
    const writers = [
      ...['set', 'append', 'count', 'setIfMissing', 'setIfEquals', 'remove', 'removeIfEquals'],
    ];
    const echoes = ['nothing', 'changes', 'before', 'before, at its version'];
    const wanted = [
      ...[...writers, 'setUnlessOthers'].flatMap((kind) => [
        `${kind} written`,
        `${kind} unknown`,
        `${kind} failed`,
      ]),
      ...['set', 'setIfMissing', 'setIfEquals', 'remove'].map((kind) => `${kind} unchanged`),
      ...['setIfEquals', 'removeIfEquals', 'setUnlessOthers'].map((kind) => `${kind} refused`),
      ...['kept', 'attempts', 'deadline', 'throttled', 'cancelled', 'permanent', 'absent'],
      ...['429', 'gone', 'lag', 'lost reply', '2 processes', '4 processes'],
      ...echoes.map((echo) => `echo of ${echo}`),
      ...['overtaken', 'repeated, with a reply', 'repeated, without a reply', '404 of a moment'],
      ...['late reply to a write', 'late reply to a read'],
    ];
    expect(wanted.filter((what) => !met.has(what))).toEqual([]);
  });
});
