import { describe, expect, it } from '@jest/globals';

import { partsOf, setUp, type Values } from './log-of-one-record';

describe('What was accepted', () => {
  it('comes after what was accepted before it and never seen, also where another stands meanwhile', async () => {
    const { accept, pass, shown } = setUp();
    accept({ owner: 'first' });
    await pass(11_000);
    expect(shown({ owner: 'theirs' })).toEqual({ owner: 'theirs' });
    const visible = accept({ owner: 'second' }, { owner: 'theirs' });
    expect(visible({ owner: 'first' })).toEqual({ owner: 'notYet' });
  });

  it('comes after what was there before one without an answer', async () => {
    const { accept, pass, send } = setUp();
    send({ owner: 'lost' }, { owner: 'old' });
    const visible = accept({ owner: 'ours' }, { owner: 'lost' });
    await pass(11_000);
    expect(visible({ owner: 'old' })).toEqual({ owner: 'notYet' });
  });

  it('comes after what was accepted before it, which was sent after one without an answer', () => {
    const { send, accept } = setUp();
    send({ owner: 'lost' });
    accept({ owner: 'first' })({ owner: 'first' });
    expect(accept({ owner: 'second' }, { owner: 'first' })({ owner: 'lost' })).toEqual({
      owner: 'notYet',
    });
  });

  it('is laid over a read that shows the old value, and over nothing else', () => {
    const { accept, shown } = setUp();
    accept({ a: '2', new: 'x' }, { a: '1', other: 'o' });
    expect(shown({ a: '1', other: 'o' })).toEqual({ a: '2', other: 'o', new: 'x' });
    expect(shown({ a: '1', other: 'theirs' })).toEqual({ a: '2', other: 'theirs', new: 'x' });
  });

  it('is laid over with names that every object has, like any other', () => {
    const { accept, shown } = setUp();
    accept(JSON.parse('{"__proto__":"2","constructor":"x"}') as Values);
    expect(Object.entries(shown({}))).toEqual([
      ['__proto__', '2'],
      ['constructor', 'x'],
    ]);
  });

  it('leaves the map that was read as it is', () => {
    const { accept, log } = setUp();
    const seen = partsOf({ a: '1' });
    accept({ a: '2' }, { a: '1' });
    expect(log.noteRead(seen, 0)).toEqual(partsOf({ a: '2' }));
    expect(seen).toEqual(partsOf({ a: '1' }));
  });

  it('is nothing at first, and then what was read is what there is', () => {
    const seen = partsOf({ a: '1' });
    expect(setUp().log.noteRead(seen, 0)).toBe(seen);
  });

  it('is the latest of several writes of one part, over each value before it', () => {
    const { accept, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    accept({ a: '3' }, { a: '2' });
    accept({ a: '4' }, { a: '3' });
    for (const a of ['1', '2', '3', '1']) expect(shown({ a })).toEqual({ a: '4' });
  });

  it('gives way to a value that somebody else wrote, and may show yet', () => {
    const { accept, isOurs, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    expect(shown({ a: 'theirs' })).toEqual({ a: 'theirs' });
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    expect(shown({ a: '2' })).toEqual({ a: '2' });
    expect(isOurs('a', { a: '2' })).toBe(true);
  });

  it('does not come back once what somebody else wrote has stood for ten seconds', async () => {
    const { accept, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(10_000);
    expect(shown({ a: 'theirs' })).toEqual({ a: 'theirs' });
    expect(shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('is laid over what is older than it for ten seconds, seen or not: replicas need not agree', async () => {
    const { accept, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    expect(shown({ a: '2' })).toEqual({ a: '2' });
    await pass(9999);
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    await pass(1);
    expect(shown({ a: '1' })).toEqual({ a: '1' });
    expect(shown({ a: '2' })).toEqual({ a: '2' });
  });

  it('is laid over what somebody else wrote before it, once it has been seen itself', () => {
    const { accept, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    shown({ a: 'theirs' });
    shown({ a: '2' });
    expect(shown({ a: 'theirs' })).toEqual({ a: '2' });
    expect(shown({ a: 'new' })).toEqual({ a: 'new' });
  });

  it('is laid over what was read before it was accepted, whatever that shows', async () => {
    const { accept, shown, pass } = setUp();
    await pass(10);
    accept({ a: '2' }, { a: '1' });
    expect(shown({ a: 'from before' }, 9)).toEqual({ a: '2' });
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    expect(shown({ a: 'theirs' }, 10)).toEqual({ a: 'theirs' });
  });

  it('has not been seen where a read that was sent before it shows the same', async () => {
    const { accept, shown, pass } = setUp();
    accept({ a: '1' });
    await pass(10);
    expect(shown({ a: '1' })).toEqual({ a: '1' });
    accept({ a: '' }, { a: '1' });
    expect(shown({}, 5)).toEqual({});
    expect(shown({ a: '1' })).toEqual({ a: '' });
  });

  it('is laid over the late reply to a read that was sent before another one has shown it', async () => {
    const { accept, shown, pass } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(10);
    expect(shown({ a: '2' })).toEqual({ a: '2' });
    await pass(10);
    expect(shown({ a: '2' })).toEqual({ a: '2' });
    expect(shown({ a: '1' }, 9)).toEqual({ a: '2' });
    expect(shown({ a: 'before ours' }, 9)).toEqual({ a: '2' });
    expect(shown({ a: 'after ours' }, 10)).toEqual({ a: 'after ours' });
  });

  it.each([null, ''])(
    'and removed (%j) is laid over as empty, and a missing value counts as empty',
    (removed) => {
      const { accept, shown } = setUp();
      accept({ a: removed }, { a: '1' });
      expect(shown({ a: '1' })).toEqual({ a: '' });
      expect(shown({})).toEqual({});
      expect(shown({ a: 'theirs' })).toEqual({ a: 'theirs' });
    },
  );

  it('is laid over again where it brings an old value back, which a read may have shown before', () => {
    const { accept, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    accept({ a: '1' }, { a: '2' });
    // The first read shows neither write, the second one the first.
    expect(shown({ a: '1' })).toEqual({ a: '1' });
    expect(shown({ a: '2' })).toEqual({ a: '1' });
  });

  it('is forgotten after a minute, not before', async () => {
    const { accept, shown, pass } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(59_999);
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    accept({ b: '2' }, {});
    await pass(1);
    expect(shown({ a: '1' })).toEqual({ a: '1', b: '2' });
    await pass(59_998);
    expect(shown({})).toEqual({ b: '2' });
    await pass(1);
    expect(shown({})).toEqual({});
  });

  it('is not forgotten while somebody waits to see it, nor in the minute after', async () => {
    const { log, pass, send, shown } = setUp();
    const one = log.noteAccepted(send({ a: '2' }, { a: '1' })).get('a');
    one?.join();
    await pass(200_000);
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    one?.leave();
    await pass(59_999);
    expect(shown({ a: '1' })).toEqual({ a: '2' });
    expect(log.usefulUntil).toBe(260_000);
    await pass(1);
    expect(shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('is forgotten part by part while others are written', async () => {
    const { accept, log, pass, shown } = setUp();
    const names = Array.from({ length: 10 }, (_, n) => `n${n}`);
    for (const name of names) {
      await pass(30_000);
      accept({ [name]: '1' });
    }
    expect(shown({})).toEqual({ n8: '1', n9: '1' });
    expect(names.filter((name) => log.unseen(name))).toEqual(['n8', 'n9']);
    // A record that is busy all day must not fill the memory.
    expect(Reflect.get(log, 'accepted')).toHaveProperty('size', 2);
    expect(Reflect.get(log, 'latest')).toHaveProperty('size', 2);
  });

  it("and not seen for a minute is forgotten, and somebody else's where it shows later", async () => {
    const { accept, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(60_000);
    shown({ a: '1' });
    expect(accept({ a: '3' }, { a: '1' })({ a: '2' })).toEqual({ a: 'unsure' });
  });

  it('is known not to be what was sent last, also where its answer came last', () => {
    const { accepted, isOurs, send } = setUp();
    const [first, second] = [send({ a: '2' }), send({ a: '3' })];
    accepted(second);
    accepted(first);
    expect([isOurs('a', { a: '2' }), isOurs('a', { a: '3' })]).toEqual([false, true]);
  });

  it('and seen may show after what others wrote over it, but for ten seconds only', async () => {
    const { accept, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    shown({ a: '2' });
    shown({ a: 'theirs' });
    const visible = accept({ a: '3' }, { a: 'theirs' });
    expect(visible({ a: '2' })).toEqual({ a: 'notYet' });
    await pass(10_000);
    expect(visible({ a: '2' })).toEqual({ a: 'superseded' });
    expect(accept({ a: '4' }, { a: '2' })({ a: '3' })).toEqual({ a: 'notYet' });
  });

  it('ten seconds before is nothing that may show', async () => {
    const { accept, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    shown({ a: '2' });
    shown({ a: 'theirs' });
    await pass(10_000);
    expect(accept({ a: '3' }, { a: 'theirs' })({ a: '2' })).toEqual({ a: 'unsure' });
  });

  it('is nothing where what was sent was refused, or has no answer', () => {
    const { log, send, shown } = setUp();
    log.noteRefused(send({ a: '2' }, { a: '1' }));
    send({ b: '2' }, { b: '1' });
    expect(shown({ a: '1', b: '1' })).toEqual({ a: '1', b: '1' });
  });
});
