import { expect, it } from '@jest/globals';

import { type Store, StoreError, strategies } from '../../../core';
import { seededRandom, VirtualClock } from '../../core/virtual-clock';
import { right } from './patch-updates';

const POLICY = {
  maxAttempts: 5,
  totalTimeoutMs: 20_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
};

it('What was written and shown before proves nothing of a later PATCH of the same without an answer', async () => {
  const clock = new VirtualClock();
  // The second PATCH meets replicas that are behind.
  const shown = ['old', 'new', 'old', 'old', 'new'];
  let patches = 0;
  const store: Store<null> = {
    versioned: false,
    read: async () => {
      await clock.sleep(10);
      return { parts: new Map([['a', shown.shift() ?? '']]), version: null, raw: null };
    },
    write: async () => {
      await clock.sleep(10);
      if (++patches === 2) throw new StoreError('no reply', { kind: 'ambiguous' });
      return { accepted: true };
    },
  };
  const update = right({ clock, random: seededRandom(1) });
  const { signal } = new AbortController();
  const set = async () =>
    await update({ key: 'r', store }, { kind: 'set', values: { a: 'new' } }, POLICY, signal);
  expect(await clock.run(set())).toEqual({ kind: 'written' });
  expect(await clock.run(set())).toEqual({ kind: 'written' });
  expect([patches, shown]).toEqual([3, []]);
});
