import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkWaiting } from './history/check-waiting';
import { play } from './history/patch/arena';
import { check } from './history/patch/check';
import { metIn } from './history/patch/met';
import { plain } from './history/patch/plain';
import { patchScenarios } from './history/patch/scenario';
import { complaint } from './history/patch/story';
import { replay, runs } from './runs';

describe('Where nothing has a version, reads lag and strangers write', () => {
  it('callers of the plainest client are told the truth', async () => {
    await fc.assert(
      fc.asyncProperty(patchScenarios, async (scenario) => {
        const recording = await play(scenario, plain());
        const { history, journal } = recording;
        const violations = [
          ...check(history, journal),
          ...checkWaiting(scenario.callers, history, 0),
        ];
        if (violations.length > 0) throw new Error(complaint(recording, violations));
      }),
      { numRuns: runs(2000), ...replay() },
    );
  }, 240_000);

  it('every way to end and every fault is met, so that the rest means something', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(patchScenarios, async (scenario) => {
        for (const what of metIn(scenario, await play(scenario, plain()))) met.add(what);
      }),
      { numRuns: 1000, seed: 1 },
    );
    const ends = ['written', 'accepted', 'superseded', 'unseen', 'failed', 'unknown'];
    const wanted = [
      ...['set', 'setIfMissing', 'setUnlessOthers'].flatMap((kind) =>
        ends.map((end) => `${kind} ${end}`),
      ),
      ...['setIfMissing unchanged', 'setIfEquals unchanged', 'remove unchanged', 'kept'],
      ...['setIfEquals refused', 'removeIfEquals refused', 'setUnlessOthers refused'],
      ...['deadline', 'cancelled', 'absent', '429', 'gone', 'stranger'],
      ...['flips', 'jitter', 'lag beyond the bound', '1 processes', '2 processes', '4 processes'],
      ...['dropped', 'replyLost', 'late', 'lateReply', 'repeated', 'unavailable', 'throttled'],
      ...['spuriousConflict', 'absent', 'page', 'silent false acceptance'],
    ];
    expect(wanted.filter((what) => !met.has(what))).toEqual([]);
  });
});
