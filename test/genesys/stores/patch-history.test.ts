import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { checkWaiting } from '../../core/history/check-waiting';
import { play } from '../../core/history/patch/arena';
import { check } from '../../core/history/patch/check';
import { metIn } from '../../core/history/patch/met';
import { overwrittenScenarios, patchScenarios } from '../../core/history/patch/scenario';
import { complaint } from '../../core/history/patch/story';
import { replay, runs } from '../../core/runs';
import { right } from './patch-updates';

describe('Where nothing has a version, reads lag and strangers write', () => {
  it('callers in lanes are told the truth', async () => {
    await fc.assert(
      fc.asyncProperty(patchScenarios, async (scenario) => {
        const recording = await play(scenario, right);
        const { history, journal } = recording;
        const violations = [
          ...check(history, journal),
          ...checkWaiting(scenario.callers, history, 0),
        ];
        if (violations.length > 0) throw new Error(complaint(recording, violations));
      }),
      { numRuns: runs(6000), ...replay() },
    );
  }, 240_000);

  it('whoever has a write lost, and partly overwritten, is told the truth', async () => {
    await fc.assert(
      fc.asyncProperty(overwrittenScenarios, async (scenario) => {
        const recording = await play(scenario, right);
        const violations = [...check(recording.history, recording.journal)];
        if (violations.length > 0) throw new Error(complaint(recording, violations));
      }),
      { numRuns: runs(500), ...replay() },
    );
  });

  it('every way to end is met, so that the rest means something', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(patchScenarios, async (scenario) => {
        for (const what of metIn(scenario, await play(scenario, right))) met.add(what);
      }),
      { numRuns: 1000, seed: 1 },
    );
    const ends = ['written', 'accepted', 'superseded', 'unseen', 'failed', 'unknown'];
    const kinds = ['set', 'setIfMissing', 'setUnlessOthers'];
    const wanted = [
      ...kinds.flatMap((kind) => ends.map((end) => `${kind} ${end}`)),
      ...['remove written', 'remove accepted', 'remove unseen', 'remove unknown', 'remove failed'],
      ...['setIfMissing unchanged', 'setIfEquals unchanged', 'remove unchanged', 'kept'],
      ...['setIfEquals refused', 'removeIfEquals refused', 'setUnlessOthers refused'],
      ...['attempts', 'deadline', 'cancelled', 'throttled', 'absent'],
    ];
    expect(wanted.filter((what) => !met.has(what))).toEqual([]);
  });
});
