import { describe, expect, it } from '@jest/globals';

import { addEntry, countUp } from './counting-changes';
import { versionedParticipant } from './versioned-participant';
import { remove, set } from './wishes';

const count = countUp('count');
const addStep = (value: string) => addEntry('steps', value);

describe('Who counts in one write with others', () => {
  it('is told a number of its own, in the order of arrival', async () => {
    const { clock, change, puts, values } = versionedParticipant({ count: '5' });
    const results = await clock.run(Promise.all([count, count, count].map((one) => change(one))));
    expect(results.map(({ note }) => note.single?.value)).toEqual(['6', '7', '8']);
    expect(results.map(({ note }) => note.single?.previous)).toEqual(['5', '6', '7']);
    expect(values()).toEqual({ count: '8' });
    expect(puts).toHaveLength(1);
  });

  it.each([{}, { hides: 'c' }, { hides: 'count' }])(
    'counts once where a server that merges has left the removal of another undone %j',
    async (hides) => {
      const { clock, change, faults, start, values } = versionedParticipant({
        count: '5',
        b: '0',
        c: '1',
      });
      faults.push({ merged: true, ...hides });
      const results = await clock.run(
        Promise.all([
          change(count),
          change(count),
          change(addStep('x')),
          change(addStep('y')),
          start(remove('b')),
        ]),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(Array(5).fill('written'));
      expect(values()).toEqual({ count: '7', steps: 'x,y', c: '1' });
      expect(results.slice(0, 4).map((result) => 'note' in result && result.note.single)).toEqual([
        { attribute: 'count', value: '6', previous: '5' },
        { attribute: 'count', value: '7', previous: '6' },
        { attribute: 'steps', value: 'x', previous: null },
        { attribute: 'steps', value: 'x,y', previous: 'x' },
      ]);
    },
  );

  it('counts once more only under the same version where the reply is lost', async () => {
    const { clock, change, faults, puts, values } = versionedParticipant({ count: '5' });
    faults.push({ lost: 'never applied' });
    const { note, outcome } = await clock.run(change(count));
    expect([outcome, note.single?.value]).toEqual(['written', '6']);
    expect(puts).toHaveLength(2);
    expect(values()).toEqual({ count: '6' });
  });

  it.each([{}, { merged: true } as const])(
    'never counts again where the reply is lost and the version has moved on %j',
    async (merged) => {
      const { clock, change, faults, puts, start, values } = versionedParticipant({
        count: '5',
        b: '0',
      });
      faults.push({ lost: 'applied', ...merged });
      const results = await clock.run(
        Promise.allSettled([
          change(count),
          change(count),
          start(remove('b')),
          start(set({ c: '1' })),
        ]),
      );
      expect(results.slice(0, 2)).toMatchObject(
        Array(2).fill({ status: 'rejected', reason: { reason: 'indeterminate' } }),
      );
      expect(results.slice(2).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
      expect(values()).toEqual({ count: '7', c: '1' });
      expect(puts.map(({ count }) => count)).not.toContain('8');
    },
  );

  it('does not count where it is no number, and keeps nobody from counting elsewhere', async () => {
    const { clock, change, values } = versionedParticipant({ count: 'many' });
    const [refused, written] = await clock.run(
      Promise.allSettled([change(count), change(addStep('x'))]),
    );
    expect(refused).toMatchObject({
      reason: { reason: 'refused', message: '"count" is "many", which is no number.' },
    });
    expect(written.status).toBe('fulfilled');
    expect(values()).toEqual({ count: 'many', steps: 'x' });
  });
});
