import { describe, expect, it } from '@jest/globals';

import type { Base } from '../../core/batch';
import { Memory } from '../../core/memory';

/** A snapshot that was sent for at 100 and came at 120. */
function base(version: number | null, more: Partial<Base<string>> = {}): Base<string> {
  return { snapshot: { state: 'state', version }, sentAt: 100, answeredAt: 120, ...more };
}

const early = { calledAt: 100 };
const late = { calledAt: 101 };

describe('What a lane keeps for its next cycle', () => {
  it('is good for so long after it came, and once', () => {
    const memory = new Memory<string, null>();
    expect([memory.freshUntil, memory.takeKept([early], 0)]).toEqual([-Infinity, undefined]);
    memory.keep(base(1), 50);
    expect(memory.freshUntil).toBe(170);
    expect(memory.takeKept([early], 170)).toEqual(base(1));
    expect([memory.freshUntil, memory.takeKept([early], 170)]).toEqual([-Infinity, undefined]);
  });

  it('is forgotten when it is out of date', () => {
    const memory = new Memory<string, null>();
    memory.keep(base(1), 50);
    expect(memory.takeKept([early], 170.5)).toBeUndefined();
    expect(memory.takeKept([early], 130)).toBeUndefined();
  });

  it('is no receipt twice in a row, so that other processes get their turn', () => {
    const memory = new Memory<string, null>();
    const receipt = base(1, { carriedBy: 'receipt' });
    const taken = Array.from({ length: 5 }, () => {
      memory.keep(receipt, 50);
      return memory.takeKept([early], 130) === receipt;
    });
    expect(taken).toEqual([true, false, true, false, true]);
    memory.keep(base(1, { carriedBy: 'conflict' }), 50);
    expect(memory.takeKept([early], 130)?.carriedBy).toBe('conflict');
    memory.keep(base(1), 50);
    expect(memory.takeKept([early], 130)?.carriedBy).toBeUndefined();
    memory.keep(receipt, 50);
    expect(memory.takeKept([early], 130)).toBe(receipt);
    expect(memory.takeKept([early], 130)).toBeUndefined();
    memory.keep(receipt, 50);
    expect(memory.takeKept([early], 130)).toBe(receipt);
  });

  it('is nothing where it is to be kept for no time', () => {
    const memory = new Memory<string, null>();
    memory.keep(base(1), 0);
    expect(memory.takeKept([early], 120)).toBeUndefined();
  });

  it('is what lasts longest', () => {
    const memory = new Memory<string, null>();
    memory.keep(base(2), 50);
    memory.keep(base(1), 49);
    memory.keep(base(3, { carriedBy: 'receipt' }), 50);
    expect(memory.takeKept([early], 130)?.snapshot.version).toBe(2);
    memory.keep(base(1), 50);
    memory.keep(base(2), 51);
    expect(memory.takeKept([early], 130)?.snapshot.version).toBe(2);
  });

  it('is out of date when something is written', () => {
    const memory = new Memory<string, null>();
    memory.keep(base(1), 50);
    memory.noteWrite(125);
    expect(memory.takeKept([early], 130)).toBeUndefined();
  });

  it('is good for everybody where a version protects it', () => {
    const memory = new Memory<string, null>();
    memory.noteWrite(110);
    memory.keep(base(1, { carriedBy: 'receipt' }), 50);
    expect(memory.takeKept([late, early], 130)?.snapshot.version).toBe(1);
  });

  it('without a version is good where it was read for all who are there', () => {
    const memory = new Memory<string, null>();
    memory.keep(base(null), 50);
    expect(memory.takeKept([early, early], 130)?.snapshot.version).toBeNull();
    memory.keep(base(null), 50);
    expect(memory.takeKept([early, late], 130)).toBeUndefined();
    memory.keep(base(null, { carriedBy: 'receipt' }), 50);
    expect(memory.takeKept([early], 130)).toBeUndefined();
  });

  it.each([
    [99, true],
    [100, false],
    [110, false],
  ])('without a version, after a write at %i ms: good = %j', (writtenAt, good) => {
    const memory = new Memory<string, null>();
    memory.noteWrite(writtenAt);
    memory.keep(base(null), 50);
    expect(memory.takeKept([early], 130) !== undefined).toBe(good);
  });
});
