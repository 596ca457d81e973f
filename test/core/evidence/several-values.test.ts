import { describe, expect, it } from '@jest/globals';

import { strategies } from '../../../core';
import { set } from '../changes';
import { Lanes, type Store } from '../flat';
import type { Content } from '../model-record';
import { seededRandom, VirtualClock } from '../virtual-clock';

describe('Whoever waits to see several values', () => {
  /** Runs one update on a record without versions whose reads show one of these after the other. */
  async function seeing(wanted: Content, ...reads: readonly Content[]) {
    const clock = new VirtualClock();
    const left = [...reads];
    const writes: Content[] = [];
    const store: Store<Content> = {
      versioned: false,
      read: () => {
        const state = left.shift();
        if (!state) throw new Error('This read was not expected.');
        return Promise.resolve({ version: null, state });
      },
      write: (next, { state }) => {
        writes.push(
          Object.fromEntries(Object.entries(next).filter(([name, value]) => state[name] !== value)),
        );
        return Promise.resolve({ accepted: true });
      },
    };
    const lanes = new Lanes<Content, Content>({ clock, random: seededRandom(1) });
    const { conflicts, outcome } = await clock.run(
      lanes.update(() => Promise.resolve({ key: 'record', store }), set(wanted), {
        maxAttempts: 3,
        totalTimeoutMs: 20_000,
        requestTimeoutMs: 1000,
        backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
      }),
    );
    return { conflicts, outcome, writes, left };
  }

  it('waits until each was seen: what is older than that proves nothing', async () => {
    expect(
      await seeing({ a: 2, b: 2 }, { a: 1 }, { a: 1 }, { a: 2 }, { a: 1, c: 9 }, { b: 2, a: 1 }),
    ).toEqual({ conflicts: 0, outcome: 'written', writes: [{ a: 2, b: 2 }], left: [] });
  });

  it('does not write again where something else shows, and waits until all is known', async () => {
    expect(
      await seeing({ a: 2, b: 2 }, { a: 1 }, { a: 1, b: 9 }, { a: 1, b: 2 }, { a: 2, b: 9 }),
    ).toEqual({ conflicts: 0, outcome: 'written', writes: [{ a: 2, b: 2 }], left: [] });
  });
});
