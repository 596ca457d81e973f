import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core';
import { type Fault, patchedParticipant } from './patched-participant';
import { set, wanting } from './wishes';

const ONCE = { maxAttempts: 1, requestTimeoutMs: 100 };

/** Sets `a`, which was "off": one PATCH without an answer, and no more. */
async function afterLost(lost: Fault['lost'] & {}, value: string) {
  const participant = patchedParticipant(0);
  const { clock, faults, patch, shown, start } = participant;
  patch({ a: 'off' });
  faults.push({ lost });
  await expect(clock.run(start(set({ a: value }), ONCE))).rejects.toThrow();
  /**
   * Sets it where somebody else has set it to "break" before, and writes something else when that is
   * read, and its PATCH comes too soon.
   */
  const setMeanwhile = async (theirs: string, conflictPolicy: 'keepTheirs' | 'fail') => {
    await clock.run(clock.sleep(15_000));
    patch({ a: 'break' });
    faults.push({ answer: new StoreError('slow down', { kind: 'transient' }) });
    clock.at(clock.now() + 35, () => {
      patch({ a: theirs });
    });
    const wanted = wanting({ set: new Map([['a', 'ours']]), conflictPolicy });
    await clock.run(start(wanted).catch(() => undefined));
    return shown()['a'];
  };
  return { ...participant, setMeanwhile };
}

describe.each(['keepTheirs', 'fail'] as const)(
  'An earlier PATCH of this process without an answer explains no value of others (%s)',
  (policy) => {
    it('once its repetition was accepted', async () => {
      const { clock, setMeanwhile, start } = await afterLost('never applied', 'on');
      await clock.run(start(set({ a: 'on' })));
      expect(await setMeanwhile('on', policy)).toBe('on');
    });

    it('once another one was accepted', async () => {
      const { clock, setMeanwhile, start } = await afterLost('never applied', 'on');
      await clock.run(start(set({ a: 'pause' })));
      expect(await setMeanwhile('on', policy)).toBe('on');
    });

    it('once a read has shown it', async () => {
      const { clock, setMeanwhile, start } = await afterLost({ appliedAfterMs: 5000 }, 'on');
      await clock.run(clock.sleep(6000));
      await clock.run(start(set({ b: '1' })));
      expect(await setMeanwhile('on', policy)).toBe('on');
    });

    it('where it was to leave it empty', async () => {
      const { setMeanwhile } = await afterLost('never applied', '');
      expect(await setMeanwhile('', policy)).toBe('');
    });
  },
);

it('An earlier PATCH of this process without an answer explains what it has set itself, whatever was met first', async () => {
  const { clock, faults, patches, readFaults, shown, start } = await afterLost('applied', 'on');
  // A replica that is behind shows the next one nothing, and its PATCH comes too soon.
  readFaults.push({ behindMs: 5000 });
  faults.push({ answer: new StoreError('slow down', { kind: 'transient' }) });
  const wanted = wanting({ set: new Map([['a', 'ours']]), conflictPolicy: 'keepTheirs' });
  const { outcome } = await clock.run(start(wanted));
  expect([outcome, patches.length, shown()]).toEqual(['written', 3, { a: 'ours' }]);
});
