import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { play } from '../../../core/history/arena';
import { check } from '../../../core/history/check';
import { checkWaiting } from '../../../core/history/check-waiting';
import { unexplained } from '../../../core/history/cross-check';
import { metIn } from '../../../core/history/met';
import { scenarios } from '../../../core/history/scenario';
import { complaint } from '../../../core/history/story';
import { uncleanScenarios } from '../../../core/history/unclean-scenario';
import { replay, runs } from '../../../core/runs';
import { resourceUpdates, type Served } from './resource-updates';

const ways: readonly (readonly [string, Served])[] = [
  ['by PUT', { method: 'PUT' }],
  ['by PATCH', { method: 'PATCH' }],
  ['by PUT, and told nothing', { method: 'PUT', isSilent: true }],
  ['by PUT, and told that it was accepted', { method: 'PUT', isSilent: 'accepting' }],
];

/** A conflict over HTTP carries no record, so that whoever meets one knows of none. */
const withoutCurrent = uncleanScenarios.map((scenario) => ({ ...scenario, carriesCurrent: false }));

describe('Callers who update a versioned resource', () => {
  it.each(ways)(
    '%s lose nothing, double nothing and are told the truth',
    async (_, served) => {
      await fc.assert(
        fc.asyncProperty(scenarios, async (scenario) => {
          const { history, journal } = await play(scenario, resourceUpdates(served));
          expect([...check(history, journal, true)]).toEqual([]);
          expect([...checkWaiting(scenario.callers, history, 0)]).toEqual([]);
          expect(unexplained(history, journal)).toEqual([]);
        }),
        { numRuns: runs(800), ...replay() },
      );
    },
    120_000,
  );

  it.each(ways)(
    '%s are told the truth where reads are old and replies show half',
    async (_, served) => {
      await fc.assert(
        fc.asyncProperty(withoutCurrent, async (scenario) => {
          const recording = await play(scenario, resourceUpdates(served));
          const { history, journal } = recording;
          const violations = [
            ...check(history, journal),
            ...checkWaiting(scenario.callers, history, 0),
          ];
          if (violations.length > 0) throw new Error(complaint(recording, violations));
        }),
        { numRuns: runs(1500), ...replay() },
      );
    },
    240_000,
  );

  it('meet every way to end, so that the rest means something', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(uncleanScenarios, async (scenario) => {
        for (const what of metIn(await play(scenario, resourceUpdates({ method: 'PUT' })))) {
          met.add(what);
        }
      }),
      { numRuns: 600, seed: 1 },
    );
    const kinds = ['set', 'append', 'count', 'setIfEquals', 'remove', 'setUnlessOthers'];
    const wanted = [
      ...kinds.flatMap((kind) => [`${kind} written`, `${kind} unknown`, `${kind} failed`]),
      ...['set unchanged', 'setIfEquals refused', 'setUnlessOthers refused', 'kept', 'lost reply'],
    ];
    expect(wanted.filter((what) => !met.has(what))).toEqual([]);
  });
});
