import { describe, expect, it } from '@jest/globals';

import { RecordMemories } from '../../../core/evidence/record-memories';
import type { RecordMemory } from '../../../core/evidence/record-memory';
import { VirtualClock } from '../virtual-clock';

const MILLION = 1_000_000;

/** Lets the memory of a record take so many characters, by a write to a part with a long name. */
const fill = ({ own }: RecordMemory, characters: number) => {
  own.noteSent(new Map([['x'.repeat(characters), { from: null, to: null }]]), 7);
};

function setUp() {
  const clock = new VirtualClock();
  const memories = new RecordMemories(clock);
  return {
    clock,
    memories,
    pass: async (ms: number) => {
      await clock.run(clock.sleep(ms));
    },
    /** Gives the memory of a record that was forgotten, and may still be in use. */
    forgotten: async (record: string) => {
      const memory = memories.of(record);
      await clock.run(clock.sleep(60_000));
      memories.of('another');
      return memory;
    },
  };
}

describe('The records that a process remembers', () => {
  it('are those that were used in the last minute', async () => {
    const { clock, memories, pass } = setUp();
    const memory = memories.of('a');
    await pass(30_000);
    memories.of('b');
    expect(memories.of('a')).toBe(memory);
    await pass(61_000);
    expect(memories.of('a')).toBe(memory);
    expect(memories.size).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('are those that were used in the last minute, whichever came first', async () => {
    const { memories, pass } = setUp();
    const memory = memories.of('a');
    memories.of('b');
    await pass(30_000);
    memories.of('a');
    await pass(30_000);
    memories.of('c');
    expect(memories.size).toBe(2);
    expect(memories.of('a')).toBe(memory);
  });

  it('are kept while they are in use, and a minute from then on', async () => {
    const { memories, pass } = setUp();
    const memory = memories.of('a');
    await pass(70_000);
    memories.of('b');
    fill(memory, 1);
    memories.keep('a', memory);
    await pass(59_000);
    memories.of('c');
    expect(memories.of('a')).toBe(memory);
  });

  it('are 10,000 at most, and the oldest go first', () => {
    const { memories } = setUp();
    const first = memories.of('0');
    for (let index = 1; index < 10_000; index++) memories.of(String(index));
    expect(memories.of('0')).toBe(first);
    const second = memories.of('1');
    memories.of('10000');
    expect(memories.size).toBe(10_000);
    expect(memories.of('1')).toBe(second);
  });

  it('take 16 MiB at most', () => {
    const { memories } = setUp();
    const text = 'x'.repeat(200);
    const delta = new Map(
      Array.from({ length: 1000 }, (_, index) => [`${index}`, { from: text, to: text }] as const),
    );
    for (let index = 0; index < 100; index++) memories.of(String(index)).own.noteSent(delta, 7);
    memories.of('another');
    expect(memories.size).toBeLessThan(23);
    expect(memories.size).toBeGreaterThan(15);
  });

  it('may take just 16 MiB', () => {
    const { memories } = setUp();
    fill(memories.of('a'), 8 * 1024 * 1024);
    memories.of('b');
    expect(memories.size).toBe(2);
    fill(memories.of('b'), 1);
    memories.of('c');
    expect(memories.size).toBe(2);
  });
});

describe('The room that the remembered records take', () => {
  it('is not that of records that were forgotten, though they are still in use', async () => {
    const { forgotten, memories } = setUp();
    fill(await forgotten('a'), 9 * MILLION);
    memories.of('b');
    expect(memories.size).toBe(2);
  });

  it('is that of records, too, which are remembered again', async () => {
    const { forgotten, memories } = setUp();
    const memory = await forgotten('a');
    fill(memory, 5 * MILLION);
    memories.keep('a', memory);
    fill(memories.of('b'), 4 * MILLION);
    memories.of('c');
    expect(memories.size).toBe(2);
  });

  it('is that of one memory of a record, where another one takes its place', async () => {
    const { forgotten, memories } = setUp();
    const memory = await forgotten('a');
    fill(memories.of('a'), 5 * MILLION);
    memories.keep('a', memory);
    fill(memory, 5 * MILLION);
    memories.of('b');
    expect(memories.size).toBe(3);
  });
});
