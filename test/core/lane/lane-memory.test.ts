import { describe, expect, it } from '@jest/globals';

import type { Sourced } from '../../../core/cycle/reading';
import { LaneMemory } from '../../../core/lane/lane-memory';

const VERSIONED = { parts: new Map(), version: 5, raw: null };
const PATCHED = { ...VERSIONED, version: null };

/** A snapshot that was asked for at 100 ms and came at 120 ms. */
const base = (more: Partial<Sourced<null>> = {}): Sourced<null> => ({
  snapshot: VERSIONED,
  source: 'read',
  sentAt: 100,
  answeredAt: 120,
  ...more,
});

/** Updates that were asked for at these times. */
const since = (...times: readonly number[]) => times.map((calledAt) => ({ calledAt }));

function keeping(kept: Sourced<null>, forMs = 50) {
  const memory = new LaneMemory<null, string>();
  memory.spareRead(kept, forMs);
  return memory;
}

describe('A snapshot that may save the next cycle its read', () => {
  it('does so once, until so many ms after it came', () => {
    for (const now of [120, 170]) {
      const memory = keeping(base());
      expect(memory.holdsRead(now)).toBe(true);
      expect(memory.takeSpare([], now)).toEqual(base());
      expect(memory.takeSpare([], now)).toBeUndefined();
      expect(memory.holdsRead(now)).toBe(false);
    }
    expect(keeping(base()).takeSpare([], 171)).toBeUndefined();
    expect(keeping(base()).holdsRead(171)).toBe(false);
  });

  it('is not kept where it is to be kept for no time', () => {
    expect(keeping(base(), 0).takeSpare([], 120)).toBeUndefined();
  });

  it('makes way for one that can be used for longer, and for no other', () => {
    const later = base({ answeredAt: 130 });
    const memory = keeping(base());
    memory.spareRead(later, 50);
    memory.spareRead(base(), 50);
    expect(memory.usefulUntil).toBe(180);
    expect(memory.takeSpare([], 120)).toEqual(later);
  });

  it('does so under a version for everybody, also where it was read before they came', () => {
    expect(keeping(base()).takeSpare(since(110, 90), 120)).toEqual(base());
  });

  it('is none that holds a read where it came with a write', () => {
    expect(keeping(base({ source: 'receipt' })).holdsRead(120)).toBe(false);
  });

  it('is gone once a write is sent', () => {
    const memory = keeping(base());
    memory.noteWrite(121);
    expect(memory.takeSpare([], 121)).toBeUndefined();
  });
});

describe('Without a version, a snapshot saves a read', () => {
  const patched = base({ snapshot: PATCHED });

  it.each<[string, number, readonly number[], boolean]>([
    ['where all came before it was read and nothing was written since', 99, [90, 100], true],
    ['not where anybody came later', 99, [90, 101], false],
    ['not where something was written when it was read', 100, [90], false],
    ['not where something was written after it was read', 110, [90], false],
  ])('%s', (_, writtenAt, calledAt, isGiven) => {
    const memory = new LaneMemory<null, string>();
    memory.noteWrite(writtenAt);
    memory.spareRead(patched, 50);
    expect(memory.takeSpare(since(...calledAt), 120)).toEqual(isGiven ? patched : undefined);
  });

  it('also where nothing was ever written', () => {
    expect(keeping(patched).takeSpare(since(100), 120)).toEqual(patched);
  });
});

describe('The receipt of a write', () => {
  it('saves every second read only: otherwise it would keep out processes that read', () => {
    const memory = new LaneMemory<null, string>();
    const taken = [1, 2, 3, 4].map(() => {
      memory.spareRead(base({ source: 'receipt' }), 50);
      return memory.takeSpare([], 120) !== undefined;
    });
    expect(taken).toEqual([true, false, true, false]);
  });

  it('saves one again after a read', () => {
    const memory = keeping(base({ source: 'receipt' }));
    expect(memory.takeSpare([], 120)).toBeDefined();
    expect(memory.takeSpare([], 120)).toBeUndefined();
    memory.spareRead(base({ source: 'receipt' }), 50);
    expect(memory.takeSpare([], 120)).toBeDefined();
  });
});
