import { describe, it } from '@jest/globals';
import fc from 'fast-check';

import { play } from './history/arena';
import { check } from './history/check';
import { checkWaiting } from './history/check-waiting';
import { plain } from './history/plain';
import { right } from './history/implementation';
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
    600_000,
  );
});
