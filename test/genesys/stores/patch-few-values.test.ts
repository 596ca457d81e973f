import { expect, it } from '@jest/globals';
import fc from 'fast-check';

import { runs } from '../../core/runs';
import { patchedParticipant } from './patched-participant';
import { remove, set } from './wishes';

/** An update is in a PATCH that is sent no later than so many ms after it has come. */
const SENT_WITHIN_MS = 100;

it('Whoever is told written has been shown, also where the same few values come again and again', async () => {
  const value = fc.constantFrom('1', '2', '');
  const call = fc.record({ value, atMs: fc.integer({ min: 5000, max: 6500 }) });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(100, 300, 1000, 3000),
      fc.option(value, { nil: undefined }),
      fc.array(call, { minLength: 2, maxLength: 5 }),
      async (lag, first, calls) => {
        const { applied, clock, later, patch } = patchedParticipant(lag);
        if (first !== undefined) patch({ a: first });
        const updates = calls.map(async ({ atMs, value }) => {
          const wanted = value === '' ? remove('a') : set({ a: value });
          const { outcome } = await later(atMs, wanted, { totalTimeoutMs: 60_000 });
          return { atMs, value, outcome, toldMs: clock.now() };
        });
        for (const { atMs, outcome, toldMs, value } of await clock.run(Promise.all(updates))) {
          expect(['written', 'unchanged']).toContain(outcome);
          const own = applied.find(
            ({ sentAt, values }) =>
              sentAt >= atMs && sentAt <= atMs + SENT_WITHIN_MS && values['a'] === value,
          );
          // A companion may have set another value in the same PATCH.
          const isAlone = calls.every(
            (other) =>
              other.value === value || other.atMs < atMs || other.atMs > atMs + SENT_WITHIN_MS,
          );
          if (outcome !== 'written' || !own || !isAlone) continue;
          // One that sent the same right before it shows it as well, and so does all that came after it.
          const others = applied.findLastIndex(
            ({ sentAt, values }) => sentAt < own.sentAt && values['a'] !== value,
          );
          const since = applied.slice(others + 1);
          expect(Math.min(...since.map(({ visibleAt }) => visibleAt))).toBeLessThanOrEqual(toldMs);
        }
      },
    ),
    { numRuns: runs(1500) },
  );
}, 120_000);
