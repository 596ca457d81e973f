import { describe, expect, it } from '@jest/globals';

import { AcceptedWrites } from '../../genesys/accepted-writes';
import { VirtualClock } from '../core/virtual-clock';

const map = (entries: Record<string, string> = {}) => new Map(Object.entries(entries));

function setUp() {
  const clock = new VirtualClock();
  const writes = new AcceptedWrites(clock);
  return {
    pass: async (ms: number) => {
      await clock.run(clock.sleep(ms));
    },
    shown: (seen: Record<string, string>, record = 'r', sentAt = clock.now()) =>
      Object.fromEntries(writes.laidOver(record, map(seen), sentAt)),
    accept: (values: Record<string, string>, before: Record<string, string> = {}, record = 'r') => {
      const visibility = writes.send(record, map(values)).accepted(map(before));
      return (seen: Record<string, string>) => visibility(map(seen));
    },
    /** Sends, and is not answered. */
    send: (values: Record<string, string>) => writes.send('r', map(values)),
    names: (record: string) => {
      const participants = Reflect.get(writes, 'participants') as Map<
        string,
        { attributes: Map<string, unknown> }
      >;
      return [...(participants.get(record)?.attributes.keys() ?? [])];
    },
    /** How many records are remembered. */
    remembered: () => (Reflect.get(writes, 'participants') as Map<string, unknown>).size,
  };
}

describe('what was accepted', () => {
  it('is laid over a read that shows the old value, and over nothing else', () => {
    const { accept, shown } = setUp();
    accept({ a: '2', new: 'x' }, { a: '1', other: 'o' });
    expect(shown({ a: '1', other: 'o' })).toEqual({ a: '2', other: 'o', new: 'x' });
    expect(shown({ a: '1', other: 'theirs' })).toEqual({ a: '2', other: 'theirs', new: 'x' });
    expect(shown({ a: '1' }, 'another record')).toEqual({ a: '1' });
  });

  it('leaves the map that was read as it is', () => {
    const writes = new AcceptedWrites(new VirtualClock());
    const seen = map({ a: '1' });
    writes.send('r', map({ a: '2' })).accepted(seen);
    writes.laidOver('r', seen, 0);
    expect(seen).toEqual(map({ a: '1' }));
  });

  it('is the latest of several writes of one name, over each value before it', () => {
    const { accept, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    accept({ a: '3' }, { a: '2' });
    accept({ a: '4' }, { a: '3' });
    for (const a of ['1', '2', '3', '1']) expect(shown({ a })).toEqual({ a: '4' });
  });

  it('gives way to a value that somebody else wrote, and does not come back', () => {
    const { accept, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    expect(shown({ a: 'theirs' })).toEqual({ a: 'theirs' });
    expect(shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('is done with once it has been seen: somebody may set the old value again', () => {
    const { accept, shown } = setUp();
    accept({ a: '2', b: '2' }, { a: '1', b: '1' });
    expect(shown({ a: '2', b: '1' })).toEqual({ a: '2', b: '2' });
    expect(shown({ a: '1', b: '2' })).toEqual({ a: '1', b: '2' });
    expect(shown({ a: '1', b: '1' })).toEqual({ a: '1', b: '1' });
  });

  it('is laid over what was read before it was accepted, whatever that shows', async () => {
    const { accept, shown, pass } = setUp();
    await pass(10);
    accept({ a: '2' }, { a: '1' });
    expect(shown({ a: 'from before' }, 'r', 9)).toEqual({ a: '2' });
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    expect(shown({ a: 'theirs' }, 'r', 10)).toEqual({ a: 'theirs' });
  });

  it('has not been seen where a read that was sent before it shows the same', async () => {
    const { accept, shown, pass } = setUp();
    accept({ a: '1' });
    await pass(10);
    expect(shown({ a: '1' })).toEqual({ a: '1' });
    accept({ a: '' }, { a: '1' });
    expect(shown({}, 'r', 5)).toEqual({});
    expect(shown({ a: '1' })).toEqual({ a: '' });
  });

  it('is laid over the late reply to a read that was sent before another one has shown it', async () => {
    const { accept, shown, pass } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(10);
    expect(shown({ a: '2' })).toEqual({ a: '2' });
    await pass(10);
    expect(shown({ a: '2' })).toEqual({ a: '2' });
    expect(shown({ a: '1' }, 'r', 9)).toEqual({ a: '2' });
    expect(shown({ a: '1' }, 'r', 10)).toEqual({ a: '1' });
  });

  it('and removed is laid over as empty, and a missing value counts as empty', () => {
    const { accept, shown } = setUp();
    accept({ a: '' }, { a: '1' });
    expect(shown({ a: '1' })).toEqual({ a: '' });
    expect(shown({})).toEqual({});
    expect(shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('is laid over again where it brings an old value back, which a read may have shown before', () => {
    const { accept, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    accept({ a: '1' }, { a: '2' });
    // The first read shows neither write, the second one the first.
    expect(shown({ a: '1' })).toEqual({ a: '1' });
    expect(shown({ a: '2' })).toEqual({ a: '1' });
  });

  it('is forgotten after 30 seconds, not before', async () => {
    const { accept, shown, pass, remembered } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(29_999);
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    accept({ b: '2' }, {});
    await pass(1);
    expect(shown({ a: '1' })).toEqual({ a: '1', b: '2' });
    await pass(29_999);
    expect(remembered()).toBe(0);
  });

  it('is forgotten name by name while others are written', async () => {
    const { accept, names, pass } = setUp();
    for (let n = 0; n < 10; n++) {
      accept({ [`n${n}`]: '1' });
      await pass(20_000);
    }
    expect(names('r')).toEqual(['n8', 'n9']);
  });

  it('leaves no record behind that nobody reads any more, seen or not', async () => {
    const { accept, pass, remembered, shown } = setUp();
    for (let n = 0; n < 100; n++) accept({ a: '2' }, { a: '1' }, `record ${n}`);
    for (let n = 0; n < 50; n++) shown({ a: '2' }, `record ${n}`);
    await pass(20_000);
    accept({ b: '2' }, {}, 'record 0');
    expect(remembered()).toBe(100);
    await pass(10_000);
    expect(remembered()).toBe(1);
    await pass(20_000);
    expect(remembered()).toBe(0);
  });
});

describe('the visibility of what was accepted', () => {
  it('is not yet, there, or overtaken', () => {
    const visibility = setUp().accept({ a: '2' }, { a: '1' });
    expect(visibility({ a: '1' })).toBe('notYet');
    expect(visibility({ a: '2' })).toBe('there');
    expect(visibility({ a: 'theirs' })).toBe('overtaken');
    expect(visibility({})).toBe('overtaken');
  });

  it('is there only when all values are, and overtaken as soon as one is', () => {
    const visibility = setUp().accept({ a: '2', b: '2' }, { a: '1' });
    expect(visibility({ a: '2' })).toBe('notYet');
    expect(visibility({ a: '2', b: '2', c: 'whatever' })).toBe('there');
    expect(visibility({ a: '1', b: 'theirs' })).toBe('overtaken');
  });

  it('of a removed value is there when it is empty or missing', () => {
    const visibility = setUp().accept({ a: '' }, { a: '1' });
    expect(visibility({ a: '1' })).toBe('notYet');
    expect(visibility({ a: '' })).toBe('there');
    expect(visibility({})).toBe('there');
  });

  it('is not yet while a read shows what another write of ours replaced', () => {
    const { accept } = setUp();
    accept({ a: '2' }, { a: '1' });
    const visibility = accept({ a: '3' }, { a: '2' });
    expect(['1', '2', '3'].map((a) => visibility({ a }))).toEqual(['notYet', 'notYet', 'there']);
  });

  it('counts a later write of our own as there, even after a read has shown it', () => {
    const { accept, shown } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    accept({ a: '3' }, { a: '2' });
    accept({ a: '4' }, { a: '3' });
    expect(visibility({ a: '1' })).toBe('notYet');
    shown({ a: '4' });
    expect(visibility({ a: '4' })).toBe('there');
    expect(visibility({ a: '3' })).toBe('there');
    expect(visibility({ a: 'theirs' })).toBe('overtaken');
  });

  it('counts a later write of our own as there, also one that was made after a read had shown it', () => {
    const { accept, shown } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    shown({ a: '2' });
    accept({ a: '3' }, { a: '2' });
    expect(visibility({ a: '3' })).toBe('there');
    expect(visibility({ a: 'theirs' })).toBe('overtaken');
    // A read that does not show the later one yet has it laid over, one with what is older has not.
    expect(shown({ a: '2' })).toEqual({ a: '3' });
    expect(shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('counts what this process has sent later as there, answered or not', () => {
    const { accept, send } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    send({ a: '3' });
    send({ a: '4' });
    expect(['3', '4'].map((a) => visibility({ a }))).toEqual(['there', 'there']);
    const second = accept({ a: '5' }, { a: '2' });
    expect(second({ a: '4' })).toBe('overtaken');
    expect(visibility({ a: '5' })).toBe('there');
  });

  it('does not count what was refused: then it is somebody else who has set it', () => {
    const { accept, send } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    send({ a: '3' }).refused();
    expect(visibility({ a: '3' })).toBe('overtaken');
  });

  it('counts that as there, too, where somebody else has written in between', () => {
    const { accept, send, shown } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    shown({ a: 'theirs' });
    send({ a: '3' });
    expect(visibility({ a: '3' })).toBe('there');
  });

  it('does not wait for ever when our own later write has set the old value again', () => {
    const { accept } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    accept({ a: '1' }, { a: '2' });
    expect(visibility({ a: '1' })).toBe('there');
  });
});
