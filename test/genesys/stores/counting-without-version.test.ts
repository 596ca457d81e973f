import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { UpdateError } from '../../../core';
import { runs } from '../../core/runs';
import { addEntry, countUp } from './counting-changes';
import { type Fault, patchedParticipant } from './patched-participant';

const ten = Array.from({ length: 10 }, (_, index) => index);

describe('Without a version', () => {
  it('counting is refused before anything is written', async () => {
    const { change, clock, patches } = patchedParticipant(0);
    const [ending] = await clock.run(Promise.allSettled([change(countUp('count', 'refuse'))]));
    expect(ending).toMatchObject({ status: 'rejected', reason: { reason: 'refused' } });
    expect(patches).toEqual([]);
  });

  it.each([0, 700, 3000])(
    'best effort counts exactly what one process counts, together and one after the other, where reads are %i ms behind',
    async (lagMs) => {
      const { change, clock, shown } = patchedParticipant(lagMs);
      const results = await clock.run(
        Promise.all(
          ten.flatMap((index) => [
            clock.sleep(index * 250).then(async () => await change(countUp('count', 'bestEffort'))),
            change(addEntry('steps', `${index}`, 'bestEffort')),
          ]),
        ),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(Array(20).fill('written'));
      expect(shown()).toEqual({ count: '10', steps: ten.join(',') });
      const values = results.map(({ note }) => note.single?.value);
      expect(new Set(values).size).toBe(20);
    },
  );

  it('no less is there than was told, and no more than nobody can know, where replies are lost, or reads come from replicas', async () => {
    const lost = fc.constantFrom<Fault | undefined>(
      ...[undefined, undefined, { lost: 'applied' } as const, { lost: 'never applied' } as const],
    );
    const replica = fc.constantFrom(0, 0, 500, 3000);
    const counters = fc.array(fc.nat({ max: 4000 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        counters,
        fc.oneof(
          fc.record({ befalling: fc.array(lost, { maxLength: 8 }), behind: fc.constant([]) }),
          fc.record({ befalling: fc.constant([]), behind: fc.array(replica, { maxLength: 30 }) }),
        ),
        fc.constantFrom(0, 300, 2500),
        async (starts, { befalling, behind }, lagMs) => {
          const { change, clock, faults, readFaults, shown } = patchedParticipant(lagMs);
          faults.push(...befalling);
          readFaults.push(...behind.map((behindMs) => ({ behindMs })));
          const endings = await clock.run(
            Promise.allSettled(
              starts.map(async (startMs) => {
                await clock.sleep(startMs);
                return await change(countUp('count', 'bestEffort'));
              }),
            ),
          );
          await clock.run(clock.sleep(5000));
          const written = endings.filter(({ status }) => status === 'fulfilled').length;
          const errors = endings.flatMap((ending) =>
            ending.status === 'rejected' ? [ending.reason as UpdateError] : [],
          );
          const untold = errors.filter(
            ({ accepted, reason }) => accepted || reason === 'indeterminate',
          ).length;
          const value = Number(shown()['count'] ?? 0);
          expect(value).toBeGreaterThanOrEqual(written);
          expect(value).toBeLessThanOrEqual(written + untold);
          const values = endings.flatMap((ending) =>
            ending.status === 'fulfilled' ? [ending.value.note.single?.value] : [],
          );
          expect(new Set(values).size).toBe(values.length);
        },
      ),
      { numRuns: runs(1000) },
    );
  });
});
