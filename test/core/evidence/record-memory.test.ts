import { describe, expect, it } from '@jest/globals';

import { RecordMemory } from '../../../core/evidence/record-memory';
import { VirtualClock } from '../virtual-clock';

function setUp() {
  const clock = new VirtualClock();
  return {
    memory: new RecordMemory(clock),
    pass: async (ms: number) => {
      await clock.run(clock.sleep(ms));
    },
  };
}

describe('What a process remembers of a record', () => {
  it('is the newest version, for a minute after that was last seen', async () => {
    const { memory, pass } = setUp();
    expect(memory.newestVersion).toBe(-Infinity);
    memory.noteVersion(5);
    memory.noteVersion(4);
    expect(memory.newestVersion).toBe(5);
    await pass(59_999);
    memory.noteVersion(5);
    await pass(59_999);
    expect(memory.newestVersion).toBe(5);
    await pass(1);
    expect(memory.newestVersion).toBe(-Infinity);
    memory.noteVersion(2);
    expect(memory.newestVersion).toBe(2);
  });

  it('is no version where it has none', () => {
    const { memory } = setUp();
    memory.noteVersion(null);
    expect(memory.newestVersion).toBe(-Infinity);
  });

  it('is that it was written to, for ten seconds: reads may miss it for so long', async () => {
    const { memory, pass } = setUp();
    expect(memory.mayBeAbsent).toBe(false);
    memory.noteWrite();
    await pass(9999);
    expect(memory.mayBeAbsent).toBe(true);
    await pass(1);
    expect(memory.mayBeAbsent).toBe(false);
  });
});

describe('A read is behind', () => {
  it('where it shows a version older than the newest one', () => {
    const { memory } = setUp();
    memory.noteVersion(5);
    expect([4, 5, 6, null].map((version) => memory.isBehind(version))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('where it shows a version on which there was a conflict, for two seconds', async () => {
    const { memory, pass } = setUp();
    memory.noteConflict(5, false, 'conflict');
    await pass(1999);
    expect([4, 5, 6].map((version) => memory.isBehind(version))).toEqual([true, true, false]);
    await pass(1);
    expect(memory.isBehind(5)).toBe(false);
  });
});

describe('The record has moved on from a version', () => {
  it('where a conflict has said so of that one, or of a newer one, for a minute', async () => {
    const { memory, pass } = setUp();
    memory.noteConflict(5, true, 'conflict');
    await pass(59_999);
    expect([4, 5, 6, null].map((version) => memory.isOvertaken(version))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    await pass(1);
    expect(memory.isOvertaken(5)).toBe(false);
  });

  it('is not said by a conflict that does not name the version, nor without any', () => {
    const { memory } = setUp();
    expect(memory.isOvertaken(5)).toBe(false);
    memory.noteConflict(5, false, 'conflict');
    expect(memory.isOvertaken(5)).toBe(false);
  });
});

/** A conflict so many ms after the first one, and whether it is final. */
type Conflict = readonly [
  at: number,
  version: number | null,
  isFinal: boolean,
  more?: { readonly namesVersion?: boolean; readonly words?: string },
];

describe('A conflict', () => {
  it.each<[string, ...Conflict[]]>([
    [
      'is final where reads have shown the same version for two seconds since the one before',
      ...([
        [0, 5, false],
        [2000, 5, true],
      ] as const),
    ],
    [
      'is not final within two seconds: reads may still be behind',
      ...([
        [0, 5, false],
        [1999, 5, false],
      ] as const),
    ],
    [
      'is final at once after a final one: each of those that were taken apart has one try',
      ...([
        [0, 5, false],
        [2000, 5, true],
        [2000, 5, true],
      ] as const),
    ],
    [
      'is not final on a newer version',
      ...([
        [0, 5, false],
        [2000, 6, false],
      ] as const),
    ],
    [
      'is not final where the server says that it is about the version, nor the one after that',
      ...([
        [0, 5, false],
        [2000, 5, false, { namesVersion: true }],
        [4000, 5, false],
      ] as const),
    ],
    [
      'without a version is final when it has come five times',
      ...([
        [0, null, false],
        [1, null, false],
        [2, null, false],
        [3, null, false],
        [4, null, true],
      ] as const),
    ],
    [
      'without a version is final when it has come for five seconds',
      ...([
        [0, null, false],
        [4999, null, false],
        [5000, null, true],
      ] as const),
    ],
    [
      'without a version is another one after ten seconds',
      ...([
        [0, null, false],
        [10_000, null, false],
      ] as const),
    ],
    [
      'without a version is another one in other words',
      ...([
        [0, null, false],
        [5000, null, false, { words: 'another' }],
      ] as const),
    ],
  ])('%s', async (_, ...conflicts) => {
    const { memory, pass } = setUp();
    let passed = 0;
    for (const [at, version, isFinal, more] of conflicts) {
      await pass(at - passed);
      passed = at;
      const { namesVersion = false, words = 'conflict' } = more ?? {};
      expect([at, memory.noteConflict(version, namesVersion, words)]).toEqual([at, isFinal]);
    }
  });

  it('without a version is another one where a write was taken in between', async () => {
    const { memory, pass } = setUp();
    memory.noteConflict(null, false, 'conflict');
    memory.noteWrite();
    await pass(5000);
    expect(memory.noteConflict(null, false, 'conflict')).toBe(false);
  });
});
