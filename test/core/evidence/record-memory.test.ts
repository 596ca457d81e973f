import { describe, expect, it } from '@jest/globals';

import { RecordMemories } from '../../../core/evidence/record-memories';
import { RecordMemory } from '../../../core/evidence/record-memory';
import { VirtualClock } from '../virtual-clock';

const parts = (values: Record<string, string>) => new Map(Object.entries(values));
const pass = async (clock: VirtualClock, ms: number) => {
  await clock.run(clock.sleep(ms));
};

describe('What a process remembers of a record', () => {
  it('is the newest version, for a minute after that was last seen', async () => {
    const clock = new VirtualClock();
    const memory = new RecordMemory(clock);
    memory.noteVersion(5);
    memory.noteVersion(4);
    expect(memory.newestVersion).toBe(5);
    await pass(clock, 59_999);
    memory.noteVersion(5);
    await pass(clock, 59_999);
    expect(memory.newestVersion).toBe(5);
    await pass(clock, 1);
    expect(memory.newestVersion).toBe(-Infinity);
    memory.noteVersion(2);
    expect(memory.newestVersion).toBe(2);
  });

  it("is that a write got no answer: what it may have changed is not somebody else's", async () => {
    const clock = new VirtualClock();
    const memory = new RecordMemory(clock);
    const long = 'x'.repeat(100_000);
    memory.own.noteSent(
      new Map([
        ['a', { from: '0', to: '1' }],
        ['b', { from: null, to: long }],
      ]),
      7,
    );
    const first = parts({ a: '0', c: '0' });
    const read = parts({ a: '1', b: long, c: '1' });
    expect(memory.own.explained(first, read)).toEqual(parts({ a: '1', b: long, c: '0' }));
    expect(memory.own.explained(parts({ a: '7' }), read).get('a')).toBe('7');
    expect(memory.own.explained(first, parts({ a: '9' }))).toBe(first);
    expect(memory.own.size).toBeLessThan(200);
    await pass(clock, 60_000);
    expect(memory.own.explained(first, read)).toBe(first);
  });

  it('is that a write without a version may have replaced anything, until a read has shown it', () => {
    const memory = new RecordMemory(new VirtualClock());
    const { own } = memory;
    own.noteSent(new Map([['a', { from: '0', to: '1' }]]), null);
    expect(own.explained(parts({ a: '7' }), parts({ a: '9' }))).toEqual(parts({ a: '7' }));
    own.noteShown(parts({ a: '0' }));
    expect(own.explained(parts({ a: '7' }), parts({ a: '1' }))).toEqual(parts({ a: '1' }));
    own.noteShown(parts({ a: '1' }));
    expect(own.explained(parts({ a: '7' }), parts({ a: '1' }))).toEqual(parts({ a: '7' }));
    expect(own.explained(parts({ a: '0' }), parts({ a: '1' }))).toEqual(parts({ a: '1' }));
  });

  it('is that a removal without a version may have removed what it had met, and nothing else', () => {
    const memory = new RecordMemory(new VirtualClock());
    memory.own.noteSent(new Map([['a', { from: '0', to: null }]]), null);
    expect(memory.own.explained(parts({ a: '7' }), parts({}))).toEqual(parts({ a: '7' }));
    expect(memory.own.explained(parts({ a: '0' }), parts({}))).toEqual(parts({}));
  });

  it('holds several such writes to one part', () => {
    const memory = new RecordMemory(new VirtualClock());
    memory.own.noteSent(new Map([['a', { from: '0', to: '1' }]]), 7);
    memory.own.noteSent(new Map([['a', { from: '0', to: '2' }]]), 7);
    // Either may have been applied.
    expect(memory.own.explained(parts({ a: '0' }), parts({ a: '1' }))).toEqual(parts({ a: '1' }));
    expect(memory.own.explained(parts({ a: '1' }), parts({ a: '2' }))).toEqual(parts({ a: '2' }));
  });

  it('explains nothing any more when it is known what became of the write', () => {
    const memory = new RecordMemory(new VirtualClock());
    const delta = new Map([['a', { from: '0', to: '1' }]]);
    memory.own.noteSent(delta, 7);
    memory.own.noteSettled(delta);
    expect(memory.own.explained(parts({ a: '0' }), parts({ a: '1' }))).toEqual(parts({ a: '0' }));
    const another = new Map([['a', { from: '0', to: '1' }]]);
    memory.own.noteSent(another, 7);
    memory.own.noteSettled(delta);
    expect(memory.own.explained(parts({ a: '0' }), parts({ a: '1' })).get('a')).toBe('1');
    memory.own.noteSettled(another);
    expect(memory.own.has('a', '1')).toBe(true);
    expect(memory.own.has('a', '0')).toBe(false);
  });
});

describe('The records that a process remembers', () => {
  it('are those that were used in the last minute', async () => {
    const clock = new VirtualClock();
    const memories = new RecordMemories(clock);
    const memory = memories.of('a');
    await pass(clock, 30_000);
    memories.of('b');
    expect(memories.of('a')).toBe(memory);
    await pass(clock, 61_000);
    expect(memories.of('a')).toBe(memory);
    expect(memories.size).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('are kept while they are in use, and a minute from then on', async () => {
    const clock = new VirtualClock();
    const memories = new RecordMemories(clock);
    const memory = memories.of('a');
    await pass(clock, 70_000);
    memories.of('b');
    memory.own.noteSent(new Map([['n', { from: null, to: 'x' }]]), 7);
    memories.keep('a', memory);
    await pass(clock, 59_000);
    memories.of('c');
    expect(memories.of('a')).toBe(memory);
  });

  it('are 10,000 at most, and the oldest go first', () => {
    const memories = new RecordMemories(new VirtualClock());
    const first = memories.of('0');
    for (let index = 1; index < 10_000; index++) memories.of(String(index));
    expect(memories.of('0')).toBe(first);
    const second = memories.of('1');
    memories.of('10000');
    expect(memories.size).toBe(10_000);
    expect(memories.of('1')).toBe(second);
  });

  it('take 16 MiB at most', () => {
    const memories = new RecordMemories(new VirtualClock());
    const text = 'x'.repeat(200);
    const delta = new Map(
      Array.from({ length: 1000 }, (_, index) => [`${index}`, { from: text, to: text }] as const),
    );
    for (let index = 0; index < 100; index++) memories.of(String(index)).own.noteSent(delta, 7);
    memories.of('another');
    expect(memories.size).toBeLessThan(23);
    expect(memories.size).toBeGreaterThan(15);
  });
});
