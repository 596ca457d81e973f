import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { play } from './history/arena';
import { check } from './history/check';
import { unexplained } from './history/cross-check';
import { checkWaiting } from './history/check-waiting';
import { combining } from './history/combiner';
import { alone, right } from './history/implementation';
import { metIn } from './history/met';
import { scenarios } from './history/scenario';
import { replay, runs } from './runs';

describe('Whatever callers, others and faults do to each other', () => {
  it.each([
    ['callers in lanes', right, { numRuns: 6000, graceMs: 0, remembers: true }],
    ['callers that update alone', alone, { numRuns: 3000, graceMs: 0, remembers: false }],
    [
      'callers that go along together',
      combining(alone),
      // One that waits in a queue does not look at its clock there.
      { numRuns: 1000, graceMs: Infinity, remembers: false },
    ],
  ])(
    '%s lose nothing, double nothing and are told the truth',
    async (_, implementation, { numRuns, graceMs, remembers }) => {
      await fc.assert(
        fc.asyncProperty(scenarios, async (scenario) => {
          const { history, journal } = await play(scenario, implementation);
          expect([...check(history, journal, remembers)]).toEqual([]);
          expect([...checkWaiting(scenario.callers, history, graceMs)]).toEqual([]);
          expect(unexplained(history, journal)).toEqual([]);
        }),
        { numRuns: runs(numRuns), ...replay() },
      );
    },
    120_000,
  );

  it('every way to end and every fault is met, so that the rest means something', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(scenarios, async (scenario) => {
        for (const what of metIn(await play(scenario, right))) met.add(what);
      }),
      { numRuns: 300, seed: 1 },
    );
    const writers = ['set', 'append', 'count', 'setIfMissing', 'setIfEquals'];
    const wanted = [
      ...writers.flatMap((kind) => [`${kind} written`, `${kind} unknown`, `${kind} failed`]),
      ...['setIfMissing unchanged', 'setIfEquals unchanged', 'setIfEquals refused'],
      ...['attempts', 'deadline', 'throttled', 'cancelled', 'permanent'],
      ...['429', 'lag', 'lost reply'],
    ];
    expect(wanted.filter((what) => !met.has(what))).toEqual([]);
  });
});
