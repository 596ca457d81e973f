import { describe, expect, it } from '@jest/globals';

import { type Change, Lanes, type Store, StoreError } from '../../../core';
import { seededRandom, VirtualClock } from '../virtual-clock';
import { POLICY } from './one-record';

/** Adds to the end of a list, at every attempt. */
const append: Change<null, null> = {
  idempotent: true,
  apply: ({ parts }) => {
    const from = parts.get('list') ?? '';
    const delta = new Map([['list', { from, to: `${from},y ` }]]);
    return { kind: 'write', delta, note: null };
  },
};

describe('A write without an answer that a server has trimmed', () => {
  it.each([
    ['under a version', true],
    ['without one', false],
  ])('is not made twice %s, and told as it is stored', async (_, versioned) => {
    const clock = new VirtualClock();
    const versionOf = (number: number) => (versioned ? number : null);
    let stored = { parts: new Map([['list', 'x']]), version: versionOf(1), raw: null };
    const store: Store<null> = {
      versioned,
      read: () => Promise.resolve(stored),
      write: async (delta) => {
        const texts = [...delta].map(([name, { to }]) => [name, (to ?? '').trim()] as const);
        stored = { ...stored, parts: new Map(texts), version: versionOf(2) };
        await clock.sleep(POLICY.requestTimeoutMs);
        throw new StoreError('no reply', { kind: 'ambiguous' });
      },
    };
    const lanes = new Lanes<null, null>({ clock, random: seededRandom(1) });
    const located = () => Promise.resolve({ key: 'record', store });
    const { altered, outcome } = await clock.run(lanes.update(located, append, POLICY));
    expect([outcome, altered, stored.parts.get('list')]).toEqual([
      'written',
      new Map([['list', { wanted: 'x,y ', stored: 'x,y' }]]),
      'x,y',
    ]);
  });
});
