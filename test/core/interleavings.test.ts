import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { strategies, UpdateError } from '../../core';
import { type Change } from './flat';
import { update } from './alone';
import { runs } from './runs';
import { type Content, type Fault, ModelRecord } from './model-record';
import { seededRandom, VirtualClock } from './virtual-clock';

const readFault = fc.constantFrom<Fault>(
  { kind: 'answer', failure: { kind: 'transient' } },
  { kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 700 } },
  { kind: 'lost', appliedAfterMs: 'never' },
);

const writeFault = fc.oneof(
  fc.constantFrom<Fault>(
    { kind: 'churn' },
    { kind: 'overtaken', by: { foreign: 1 } },
    { kind: 'overtaken', by: { foreign: 2 }, carried: true },
    { kind: 'answer', failure: { kind: 'conflict', namesVersion: true } },
    { kind: 'answer', failure: { kind: 'transient' } },
    { kind: 'answer', failure: { kind: 'ambiguous' } },
    { kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 700 } },
    { kind: 'lost', appliedAfterMs: 'never' },
  ),
  fc
    .integer({ min: 0, max: 600 })
    .map((appliedAfterMs): Fault => ({ kind: 'lost', appliedAfterMs })),
);

function faults(fault: fc.Arbitrary<Fault>): fc.Arbitrary<(Fault | undefined)[]> {
  return fc.array(fc.option(fault, { nil: undefined, freq: 2 }), { maxLength: 40 });
}

const scenario = fc.record({
  seed: fc.integer(),
  strategy: fc.constantFrom(...Object.values(strategies)),
  starts: fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 }),
  cancelAt: fc.option(fc.integer({ min: 0, max: 2000 }), { nil: undefined }),
  reads: faults(readFault),
  writes: faults(writeFault),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

/** Runs one writer for each start against one record, and tells how each ended. */
async function play<Report>(
  { seed, strategy, starts, cancelAt, reads, writes }: Scenario,
  changeOf: (writer: number) => Change<Content, Report>,
) {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock, { reads: [...reads], writes: [...writes] });
  const abort = new AbortController();
  if (cancelAt !== undefined) {
    clock.at(cancelAt, () => {
      abort.abort();
    });
  }
  const writer = async (start: number, index: number) => {
    await clock.sleep(start);
    try {
      const { outcome } = await update(
        record.store(),
        changeOf(index),
        {
          maxAttempts: 12,
          totalTimeoutMs: 5000,
          requestTimeoutMs: 300,
          backoff: strategy({ baseMs: 20, maxMs: 500 }),
        },
        { clock, random: seededRandom(seed + index) },
        // Half of the writers are cancelled, so that the others must not notice.
        index % 2 === 0 ? abort.signal : undefined,
      );
      return outcome;
    } catch (error) {
      if (error instanceof UpdateError) return error.reason;
      throw error;
    }
  };
  const outcomes = await clock.run(Promise.all(starts.map(writer)));
  // Whatever is still on its way arrives.
  await clock.run(clock.sleep(10_000));
  return { outcomes, record };
}

describe('Under every interleaving of writers and faults', () => {
  it('what was reported as written is there, and what was reported as not written is not', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const name = (writer: number) => `writer${writer}`;
        const { outcomes, record } = await play(given, (writer) => ({
          idempotent: true,
          apply: ({ state }) =>
            state[name(writer)] === 1
              ? { kind: 'unchanged', report: null }
              : { kind: 'write', next: { ...state, [name(writer)]: 1 }, report: null },
        }));
        for (const [writer, outcome] of outcomes.entries()) {
          if (outcome === 'indeterminate') continue;
          expect([writer, outcome, record.content[name(writer)] === 1]).toEqual([
            writer,
            outcome,
            outcome === 'written',
          ]);
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  it('an increment is never applied twice', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const { outcomes, record } = await play(given, () => ({
          idempotent: false,
          apply: ({ state }) => ({
            kind: 'write',
            next: { ...state, count: (state['count'] ?? 0) + 1 },
            report: null,
          }),
        }));
        const written = outcomes.filter((outcome) => outcome === 'written').length;
        const unknown = outcomes.filter((outcome) => outcome === 'indeterminate').length;
        const count = record.content['count'] ?? 0;
        expect(count).toBeGreaterThanOrEqual(written);
        expect(count).toBeLessThanOrEqual(written + unknown);
      }),
      { numRuns: runs(2000) },
    );
  });

  it("nobody else's write is undone: each commit keeps what the one before it held", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const { record } = await play(given, (writer) => ({
          idempotent: true,
          apply: ({ state }) => ({
            kind: 'write',
            next: { ...state, [`writer${writer}`]: (state[`writer${writer}`] ?? 0) + 1 },
            report: null,
          }),
        }));
        let before: Content = {};
        for (const commit of record.commits.values()) {
          for (const name of Object.keys(before)) expect(commit).toHaveProperty(name);
          for (const name of Object.keys(before).filter((key) => key.startsWith('writer'))) {
            expect(commit[name]).toBeGreaterThanOrEqual(before[name] ?? 0);
          }
          before = commit;
        }
      }),
      { numRuns: runs(500) },
    );
  });
});
