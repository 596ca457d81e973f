import { describe, expect, it } from '@jest/globals';

import { OwnTexts } from '../../../core/evidence/own-texts';
import type { Delta, Parts } from '../../../core/parts';
import { VirtualClock } from '../virtual-clock';

const parts = (values: Record<string, string>): Parts => new Map(Object.entries(values));

/** A write of one part. */
const change = (from: string | null, to: string | null, name = 'a'): Delta =>
  new Map([[name, { from, to }]]);

const LONG = 'x'.repeat(100_000);

function setUp() {
  const clock = new VirtualClock();
  const growth: number[] = [];
  const own = new OwnTexts(clock, (characters) => growth.push(characters));
  return {
    own,
    growth,
    pass: async (ms: number) => {
      await clock.run(clock.sleep(ms));
    },
    /** What the part "a" is taken to have been, where it was `first` and a read shows `read`. */
    explained: (first: string, read: string) =>
      own.explained(parts({ a: first }), parts({ a: read })).get('a'),
  };
}

describe('A write without an answer', () => {
  it("explains what it may have changed, for a minute: that is not somebody else's", async () => {
    const { own, pass } = setUp();
    await pass(100_000);
    own.noteSent(new Map([...change('0', '1'), ...change(null, LONG, 'b')]), 7);
    const first = parts({ a: '0', c: '0' });
    const read = parts({ a: '1', b: LONG, c: '1' });
    await pass(59_999);
    expect(own.explained(first, read)).toEqual(parts({ a: '1', b: LONG, c: '0' }));
    expect(own.explained(parts({ a: '7' }), read).get('a')).toBe('7');
    expect(own.explained(first, parts({ a: '9' }))).toBe(first);
    await pass(1);
    expect(own.explained(first, read)).toBe(first);
  });

  it('explains nothing where all is as it was', () => {
    const { own } = setUp();
    own.noteSent(change('0', '1'), 7);
    const first = parts({ a: '1' });
    expect(own.explained(first, parts({ a: '1' }))).toBe(first);
  });

  it('and without a version may have replaced anything, until a read has shown it', () => {
    const { explained, own } = setUp();
    own.noteSent(change('0', '1'), null);
    expect(explained('7', '9')).toBe('7');
    own.noteShown(parts({ a: '0' }));
    expect(explained('7', '1')).toBe('1');
    own.noteShown(parts({ a: '1' }));
    expect(explained('7', '1')).toBe('7');
    expect(explained('0', '1')).toBe('1');
  });

  it('and without a version does not explain what another one has written, which a read has shown', () => {
    const { explained, own } = setUp();
    own.noteSent(change('0', '2'), null);
    own.noteShown(parts({ a: '2' }));
    own.noteSent(change('0', '1'), null);
    expect(explained('7', '2')).toBe('7');
  });

  it('that removes, without a version, may have removed what it had met, and nothing else', () => {
    const { explained, own } = setUp();
    own.noteSent(change('0', null), null);
    const gap = parts({});
    expect(own.explained(parts({ a: '7' }), gap)).toEqual(parts({ a: '7' }));
    expect(own.explained(parts({ a: '0' }), gap)).toEqual(gap);
    expect(explained('0', '')).toBe('');
  });

  it('may have been applied before or after another one to the same part', () => {
    const { explained, own } = setUp();
    own.noteSent(change('0', '1'), 7);
    own.noteSent(change('0', '2'), 7);
    expect(explained('0', '1')).toBe('1');
    expect(explained('1', '2')).toBe('2');
  });

  it('explains nothing any more when it is known what became of it, unless another one does', () => {
    const { explained, own } = setUp();
    const [one, another] = [change('0', '1'), change('0', '1')];
    own.noteSent(one, 7);
    own.noteSettled(one);
    expect(explained('0', '1')).toBe('0');
    own.noteSent(another, 7);
    own.noteSettled(one);
    expect(explained('0', '1')).toBe('1');
    own.noteSettled(another);
    expect(explained('0', '1')).toBe('0');
  });
});

describe('A write that was accepted', () => {
  it('explains nothing any more, and leaves earlier ones only what they had met', () => {
    const { explained, own } = setUp();
    const accepted = change('0', '2');
    own.noteSent(change('0', '1'), null);
    own.noteSent(accepted, null);
    expect([explained('7', '1'), explained('7', '2')]).toEqual(['1', '2']);
    own.noteAccepted(accepted);
    expect([explained('7', '1'), explained('0', '2')]).toEqual(['7', '0']);
    expect(explained('0', '1')).toBe('1');
  });

  it('does not come back when it is accepted after it was forgotten', async () => {
    const { own, pass } = setUp();
    const forgotten = change('0', '1');
    own.noteSent(forgotten, null);
    await pass(60_000);
    own.noteSent(change('0', '1', 'b'), null);
    own.noteAccepted(forgotten);
    expect(own.has('a', '1')).toBe(false);
  });
});

describe('What this process has written to a part', () => {
  it('is known, whatever became of it, and not what was there before', () => {
    const { own } = setUp();
    const one = change('0', '1');
    own.noteSent(one, 7);
    own.noteSettled(one);
    own.noteSent(change('1', '2'), 7);
    expect(['0', '1', '2'].filter((text) => own.has('a', text))).toEqual(['1', '2']);
    expect(own.has('b', '1')).toBe(false);
  });

  it('is told from any other text, however long', () => {
    const { own } = setUp();
    own.noteSent(change(null, LONG), 7);
    const texts = [LONG, `${LONG}x`, `${LONG.slice(1)}y`, ''];
    expect(texts.map((text) => own.has('a', text))).toEqual([true, false, false, false]);
  });

  it('is known of the latest eight writes', () => {
    const { own } = setUp();
    for (let count = 0; count < 9; count++) own.noteSent(change(null, `${count}`), 7);
    expect(['0', '1', '8'].map((text) => own.has('a', text))).toEqual([false, true, true]);
  });
});

describe('The room that own texts take', () => {
  it('is that of each name and of both texts, and short for a long text', () => {
    const { growth, own } = setUp();
    own.noteSent(new Map([...change('old', 'new', 'name'), ...change(null, '1', 'b')]), 7);
    own.noteSent(change('new', '', 'name'), 7);
    expect([own.size, growth]).toEqual([19, [10, 2, 7]]);
    own.noteSent(change(null, LONG), 7);
    expect(own.size).toBeLessThan(100);
  });

  it('is given back a minute later, when the next write is sent', async () => {
    const { growth, own, pass } = setUp();
    own.noteSent(change('old', 'new'), 7);
    await pass(60_000);
    for (let count = 0; count < 3; count++) own.noteSent(change(null, '1', 'b'), 7);
    expect(own.size).toBe(6);
    expect(growth.reduce((sum, characters) => sum + characters)).toBe(6);
    expect(Reflect.get(own, 'changes')).toHaveProperty('size', 1);
  });
});
