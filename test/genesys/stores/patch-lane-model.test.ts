import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type Parts, UpdateError } from '../../../core';
import { laidOver } from '../../../core/parts';
import { byAttribute, type ParticipantRaw } from '../../../genesys/stores/participant-parts';
import { runs } from '../../core/runs';
import {
  answers,
  atMs,
  type Call,
  calls,
  faultsOf,
  lagMs,
  lateFault,
  legs,
  name,
  network,
  patient,
  play,
  promptFault,
  wish,
} from './patch-lane-calls';
import { comebacks, wrongs } from './patch-lane-checks';
import { type Fault, patchedParticipant } from './patched-participant';
import type { AttributeReport } from './told';
import { verdictOf } from './wishes';

/** What an update did, without telling apart what is missing and what is empty. */
function deeds(outcome: string, { changed, kept }: Partial<AttributeReport> = {}) {
  return {
    outcome: outcome === 'accepted' ? 'written' : outcome,
    changed: [...(changed ?? [])].map(([key, { from, to }]) => [key, from ?? '', to ?? '']),
    kept: [...(kept ?? [])].map(([key, { wanted, found }]) => [key, wanted ?? '', found ?? '']),
  };
}

describe('Updates of one participant by PATCH, in one process and with nobody else', () => {
  const call = fc.record({
    process: fc.constant(0),
    atMs,
    abortMs: fc.constant(undefined),
    // Few values, so that what was there before comes back.
    wanted: wish(fc.constantFrom('1', '2')),
    policy: fc.record({ waitUntilVisible: fc.boolean() }),
  });

  /** The same calls one after the other, in order of arrival, with no network in between. */
  function inOrder(calls: readonly Call[]) {
    const raw: ParticipantRaw = {
      participantId: 'p',
      writeMethod: 'patch',
      wire: {},
      standing: {},
    };
    let parts: Parts = new Map();
    const done = calls
      .toSorted((one, other) => one.atMs - other.atMs)
      .map(({ wanted }) => {
        const verdict = verdictOf({ parts, raw }, wanted);
        if (verdict.kind === 'refused') return deeds('refused');
        const { note } = verdict;
        if (verdict.kind === 'unchanged')
          return deeds('unchanged', { ...note, changed: new Map() });
        parts = laidOver(parts, verdict.delta);
        return deeds('written', { ...note, changed: new Map(byAttribute(verdict.delta)) });
      });
    return { done, attributes: Object.fromEntries(byAttribute(parts)) };
  }

  it('do the same as one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(
        lagMs,
        network,
        fc.array(call, { minLength: 1, maxLength: 10 }),
        async (lag, seed, calls) => {
          const participant = patchedParticipant(lag, legs(seed));
          const byArrival = calls.toSorted((one, other) => one.atMs - other.atMs);
          const endings = await play(participant.clock, byArrival, () => participant.start);
          const done = endings.map(({ outcome, report }) =>
            outcome instanceof UpdateError ? deeds(outcome.reason) : deeds(outcome, report),
          );
          const expected = inOrder(byArrival);
          expect(done).toEqual(expected.done);
          const left = Object.entries(participant.shown()).filter(([, value]) => value !== '');
          expect(Object.fromEntries(left)).toEqual(expected.attributes);
        },
      ),
      { numRuns: runs(2000) },
    );
  }, 120_000);
});

describe('Whatever processes, others and faults do to each other by PATCH', () => {
  /** Everything that is planned before a run; the rest follows from it. */
  interface Scenario {
    readonly lag: number;
    readonly seed: number;
    readonly given: readonly Call[];
    readonly faults: readonly (Fault | undefined)[];
    readonly readFaults: readonly (Fault | undefined)[];
    readonly others: readonly { readonly key: string; readonly ms: number }[];
  }

  const others = (key: fc.Arbitrary<string>) =>
    fc.array(fc.record({ key, ms: fc.integer({ min: 0, max: 2500 }) }), { maxLength: 4 });

  const everything: fc.Arbitrary<Scenario> = fc.record({
    lag: lagMs,
    seed: network,
    given: calls,
    faults: faultsOf(fc.oneof(promptFault, lateFault)),
    readFaults: faultsOf(promptFault),
    others: others(name),
  });

  async function playAll({ lag, seed, given, faults, readFaults, others: strangers }: Scenario) {
    const participant = patchedParticipant(lag, legs(seed));
    const { clock, applied, requests } = participant;
    participant.faults.push(...faults);
    participant.readFaults.push(...readFaults);
    for (const [index, { key, ms }] of strangers.entries()) {
      clock.at(ms, () => {
        participant.patch({ [key]: `${key} of somebody else ${index}` });
      });
    }
    const processes = [participant, participant.process(), participant.process()];
    const startOf = (process: number) => (processes[process] ?? participant).start;
    const endings = await play(clock, given, startOf);
    return { calls: given, endings, requests, applied };
  }

  it('nothing is written that nobody wants, and everybody is told the truth', async () => {
    await fc.assert(
      fc.asyncProperty(everything, async (all) => {
        expect([...wrongs(await playAll(all))]).toEqual([]);
      }),
      { numRuns: runs(3000) },
    );
    // What is superseded is looked for longer.
  }, 120_000);

  /**
   * Strangers write to `c` only. What is applied unknown to us, and seen late or overwritten in part,
   * may be anybody's.
   */
  const amongThemselves = (inProcesses: (call: Call, index: number) => Call) =>
    fc.asyncProperty(
      fc.oneof(
        fc.tuple(fc.constant(0), faultsOf(promptFault), fc.constant([])),
        fc.tuple(lagMs, faultsOf(answers.map((answer) => ({ answer }))), others(fc.constant('c'))),
      ),
      calls,
      network,
      faultsOf(promptFault),
      async ([lag, faults, strangers], all, seed, readFaults) => {
        const given = all.map(patient).map(inProcesses);
        const { applied, endings } = await playAll({
          lag,
          seed,
          given,
          faults,
          readFaults,
          others: strangers,
        });
        expect([...comebacks(applied, ['a', 'b'])]).toEqual([]);
        for (const [index, { outcome, report }] of endings.entries()) {
          if (given[index]?.wanted.condition.kind !== 'always') continue;
          const told = outcome instanceof UpdateError ? outcome.message : outcome;
          expect(told).not.toMatch(/somebody else \w+ "[ab]"/i);
          expect([...(report?.kept.keys() ?? [])].filter((key) => key !== 'c')).toEqual([]);
        }
      },
    );

  it('nobody takes a companion for somebody else', async () => {
    await fc.assert(
      amongThemselves((call) => ({ ...call, process: 0 })),
      { numRuns: runs(2000) },
    );
  }, 120_000);

  it('strangers do take each other for somebody else, so the model can tell', async () => {
    const spread = amongThemselves((call, index) => ({ ...call, process: index % 3 }));
    const { failed } = await fc.check(spread, { numRuns: 300, seed: 1, endOnFailure: true });
    expect(failed).toBe(true);
  });

  it('every way to end is met, so that the rest means something', async () => {
    const met = new Set<string>();
    await fc.assert(
      fc.asyncProperty(everything, async (all) => {
        const { endings } = await playAll(all);
        for (const { outcome, report } of endings) {
          met.add(outcome instanceof UpdateError ? outcome.reason : outcome);
          if (report && report.kept.size > 0) met.add('kept');
          if (outcome instanceof UpdateError && outcome.accepted) met.add('accepted, not seen');
        }
      }),
      { numRuns: 300, seed: 1 },
    );
    const successes = ['written', 'accepted', 'unchanged', 'kept'];
    const failures = ['refused', 'attempts', 'deadline', 'cancelled', 'indeterminate', 'permanent'];
    expect([...met]).toEqual(
      expect.arrayContaining([...successes, ...failures, 'throttled', 'accepted, not seen']),
    );
  });
});
