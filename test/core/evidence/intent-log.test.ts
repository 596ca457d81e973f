import { describe, expect, it } from '@jest/globals';

import { strategies } from '../../../core';
import type { IntentLog } from '../../../core/evidence/intent-log';
import { Registry } from '../../../core/registry';
import { set } from '../changes';
import { Lanes, type Store } from '../flat';
import type { Content } from '../model-record';
import { seededRandom, VirtualClock } from '../virtual-clock';
import { intent, logOf, partsOf, setUp, using, type Values } from './log-of-one-record';

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

describe('What this process has sent after what was accepted', () => {
  it('replaces it, answered or not', () => {
    const { accept, send } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    send({ a: '3' }, { a: '2' });
    send({ a: '4' }, { a: '3' });
    expect(visibility({ a: '3' })).toEqual({ a: 'replaced' });
    expect(visibility({ a: '4' })).toEqual({ a: 'replaced' });
  });

  it('replaces it also after a read has shown it', () => {
    const { accept, shown } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    shown({ a: '2' });
    accept({ a: '3' }, { a: '2' });
    expect(visibility({ a: '3' })).toEqual({ a: 'replaced' });
    expect(shown({ a: '2' })).toEqual({ a: '3' });
  });

  it('replaces it where that was taken out', () => {
    const { accept, send } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    send({ a: null }, { a: '2' });
    expect(visibility({})).toEqual({ a: 'replaced' });
  });

  it('replaces it also where it was answered earlier', () => {
    const { accepted, send } = setUp();
    const [first, second] = [send({ a: '2' }), send({ a: '3' })];
    const later = accepted(second);
    const earlier = accepted(first);
    expect(earlier({ a: '3' })).toEqual({ a: 'replaced' });
    expect(later({ a: '2' })).toEqual({ a: 'notYet' });
  });

  it('is laid over nothing where it has no answer, and replaces what was accepted for good', () => {
    const { accept, send, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    send({ a: '3' }, { a: '2' });
    expect(shown({ a: '3' })).toEqual({ a: '3' });
    expect(shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('does not replace it for another part', () => {
    const { accept, send } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    send({ b: '3' });
    expect(visibility({ a: '3' })).toEqual({ a: 'unsure' });
  });

  it('does not replace it where it was refused: then it is somebody else who has set it', () => {
    const { accept, log, send } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    log.noteRefused(send({ a: '3' }));
    expect(visibility({ a: '3' })).toEqual({ a: 'unsure' });
  });

  it('does not replace it where it was written under a version', () => {
    const { accept, log } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    log.note(intent({ a: '3' }, { a: '2' }, 7));
    expect(visibility({ a: '3' })).toEqual({ a: 'unsure' });
  });

  it('replaces it, too, where somebody else has written in between', () => {
    const { accept, send, shown } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    shown({ a: 'theirs' });
    send({ a: '3' });
    expect(visibility({ a: '3' })).toEqual({ a: 'replaced' });
  });

  it('does not replace it at once where it sets the old value again', async () => {
    const { accept, pass } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    accept({ a: '1' }, { a: '2' });
    expect(visibility({ a: '1' })).toEqual({ a: 'notYet' });
    await pass(10_000);
    expect(visibility({ a: '1' })).toEqual({ a: 'replaced' });
  });

  it('is told apart from what others wrote when what was sent has been forgotten', async () => {
    const { accept, pass, send } = setUp();
    const visibility = accept({ a: '2' }, { a: '1' });
    await pass(60_000);
    send({ a: '3' });
    expect(visibility({ a: 'theirs' })).toEqual({ a: 'superseded' });
    expect(visibility({ a: '2' })).toEqual({ a: 'there' });
  });

  it('is known to replace it as long as somebody waits to see it', async () => {
    const { log, pass, send } = setUp();
    const one = log.noteAccepted(send({ a: '2' }, { a: '1' })).get('a');
    one?.join();
    await pass(60_000);
    send({ b: '1' });
    send({ a: '3' });
    expect(one?.judge('3', 60_000)).toBe('replaced');
  });

  it('is known to replace it for a minute, however late that was answered', async () => {
    const { accepted, pass, send } = setUp();
    send({ a: '1' });
    await pass(5000);
    const late = send({ a: '2' });
    await pass(59_999);
    send({ b: '1' });
    send({ a: '3' });
    expect(accepted(late)({ a: '3' })).toEqual({ a: 'replaced' });
  });
});

describe('What this process has sent before what was accepted', () => {
  it("and got no answer may arrive after it, and is nobody else's", async () => {
    const { accept, pass, send } = setUp();
    send({ a: '2' }, { a: '1' });
    const visibility = accept({ a: '3' }, { a: '1' });
    expect(visibility({ a: '2' })).toEqual({ a: 'notYet' });
    await pass(10_000);
    expect(visibility({ a: '2' })).toEqual({ a: 'notYet' });
    expect(visibility({ a: 'theirs' })).not.toEqual({ a: 'notYet' });
  });

  it('and is sent once more is there as soon as it shows', () => {
    const { accept, send } = setUp();
    send({ a: '2' }, { a: '1' });
    expect(accept({ a: '2' }, { a: '1' })({ a: '2' })).toEqual({ a: 'there' });
  });

  it("was somebody else's where ours was refused", () => {
    const { accept, log, send } = setUp();
    log.noteRefused(send({ a: '2' }, { a: '1' }));
    expect(accept({ a: '3' }, { a: '1' })({ a: '2' })).toEqual({ a: 'unsure' });
  });

  it('and got no answer may arrive, whatever was refused after it', async () => {
    const { accept, log, pass, send } = setUp();
    send({ a: 'lost' }, { a: '1' });
    log.noteRefused(send({ a: '2' }, { a: '1' }));
    const visible = accept({ a: '3' }, { a: '1' });
    expect(visible({ a: '2' })).toEqual({ a: 'unsure' });
    await pass(10_000);
    expect(visible({ a: 'lost' })).toEqual({ a: 'notYet' });
  });

  it('and got no answer may arrive, whatever was accepted and seen after it', async () => {
    const { accept, pass, send, shown } = setUp();
    send({ a: 'lost' }, { a: '1' });
    accept({ a: '2' }, { a: '1' });
    shown({ a: '2' });
    await pass(10_000);
    const visible = accept({ a: '3' }, { a: '2' });
    await pass(10_000);
    expect(visible({ a: 'lost' })).toEqual({ a: 'notYet' });
  });

  it('and got no answer, where there was nothing before, does not hide that a part was taken out', () => {
    const { accept, log, send, shown } = setUp();
    send({ a: 'lost' });
    accept({ a: null }, { a: '1' });
    shown({});
    expect(log.unseen('a')).toBeUndefined();
  });

  it('and got no answer is remembered in eight texts: older ones do not arrive any more', async () => {
    const { accept, pass, send } = setUp();
    for (let count = 0; count < 10; count++) send({ a: `${count}` });
    const visible = accept({ a: 'last' });
    await pass(10_000);
    expect([visible({ a: '1' }), visible({ a: '2' })]).toEqual([
      { a: 'superseded' },
      { a: 'notYet' },
    ]);
  });

  it('and got no answer is forgotten after a minute, part by part', async () => {
    const { log, pass, send } = setUp();
    for (let count = 0; count < 10; count++) {
      await pass(30_000);
      send({ [`n${count}`]: '1' });
    }
    // A record that is busy all day must not fill the memory.
    expect(Reflect.get(log, 'unanswered')).toHaveProperty('size', 2);
    expect(Reflect.get(log, 'latest')).toHaveProperty('size', 2);
  });

  it('is forgotten after a minute, and but for the latest hundred', async () => {
    const { accept, log, pass, send } = setUp();
    for (let count = 0; count < 120; count++) send({ a: `${count}` });
    const visibility = accept({ a: 'last' });
    expect([visibility({ a: '119' }), visibility({ a: '0' })]).toEqual([
      { a: 'notYet' },
      { a: 'unsure' },
    ]);
    await pass(60_000);
    accept({ b: '1' });
    expect(Reflect.get(log, 'unanswered')).toHaveProperty('size', 0);
  });
});

describe('What was accepted of a part and not seen yet', () => {
  it('is there until a read shows it', () => {
    const { accept, log, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    shown({ a: '1' });
    expect(log.unseen('a')).toMatchObject({ name: 'a', sent: { text: '2' } });
    expect(log.unseen('b')).toBeUndefined();
    shown({ a: '2' });
    expect(log.unseen('a')).toBeUndefined();
  });

  it('is there until a read shows it that was sent after it was accepted', async () => {
    const { accept, log, pass, shown } = setUp();
    await pass(10);
    accept({ a: '2' }, { a: '1' });
    shown({ a: '2' }, 9);
    expect(log.unseen('a')).toMatchObject({ sent: { text: '2' } });
    shown({ a: '2' }, 10);
    expect(log.unseen('a')).toBeUndefined();
  });

  it('is the latest, and can be judged by a read', () => {
    const { accept, log } = setUp();
    accept({ a: '2' }, { a: '1' });
    accept({ a: '3' }, { a: '2' });
    const unseen = log.unseen('a');
    if (!unseen) throw new Error('It has been seen.');
    const visibility = ['1', '2', 'theirs', '3'].map((a) => unseen.judge(a, 0));
    expect(visibility).toEqual(['notYet', 'notYet', 'unsure', 'there']);
  });

  it('stays where it was there before: a read that shows it need not show the write', () => {
    const { accept, log, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    accept({ a: '1' }, { a: '2' });
    shown({ a: '1' });
    expect(log.unseen('a')).toMatchObject({ sent: { text: '1' } });
  });

  it('is nothing any more where what somebody else wrote has stood for ten seconds', async () => {
    const { accept, log, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    shown({ a: 'theirs' });
    expect(log.unseen('a')).toBeDefined();
    await pass(10_000);
    shown({ a: 'theirs' });
    expect(log.unseen('a')).toBeUndefined();
  });

  it('is nothing any more after a minute', async () => {
    const { accept, log, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(60_000);
    shown({ a: '1' });
    expect(log.unseen('a')).toBeUndefined();
  });

  it('is nothing where it was only sent, or refused', () => {
    const { log, send } = setUp();
    log.noteRefused(send({ a: '2' }));
    send({ b: '2' });
    expect([log.unseen('a'), log.unseen('b')]).toEqual([undefined, undefined]);
  });
});

describe('All that was accepted and not seen yet', () => {
  it('is what no read has shown, of all parts', () => {
    const { accept, log, shown } = setUp();
    accept({ a: '2', b: '2', c: '2' });
    shown({ a: '2', b: 'theirs' });
    expect(log.allUnseen.map(({ name }) => name)).toEqual(['b', 'c']);
  });
});

describe('What was accepted of a part is unsettled', () => {
  it('where the latest read shows what was there before, or what somebody else wrote', () => {
    const { accept, log, shown } = setUp();
    accept({ a: '2', b: '2', c: '2' }, { a: '1' });
    shown({ a: '1', b: 'theirs', c: '2' });
    const unsettled = ['a', 'b', 'c', 'd'].map((name) => log.unsettled(name)?.name);
    expect(unsettled).toEqual(['a', 'b', undefined, undefined]);
  });
});

describe('What may stand in a part instead', () => {
  it('is what was accepted, where somebody else has written at about the same time', () => {
    const { accept, log, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    shown({ a: 'theirs' });
    expect([log.alternative('a'), log.alternative('b')]).toEqual(['2', undefined]);
  });
});

describe('A part is ours', () => {
  it('as long as it holds what was accepted last, seen or not', () => {
    const { accept, isOurs, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    accept({ a: '3' }, { a: '2' });
    for (const seen of ['1', '2', '3', '3']) {
      shown({ a: seen });
      expect(['1', '2', '3'].map((a) => isOurs('a', { a }))).toEqual([false, false, true]);
    }
  });

  it('where we have taken it out, and it is missing or empty', () => {
    const { accept, isOurs } = setUp();
    accept({ a: null }, { a: '1' });
    expect([isOurs('a', {}), isOurs('a', { a: '' }), isOurs('a', { a: '1' })]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('no more when a read has shown that somebody else has set it, even to the same again', () => {
    const { accept, isOurs, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    shown({ a: '2' });
    shown({ a: 'theirs' });
    shown({ a: '2' });
    expect(isOurs('a', { a: '2' })).toBe(false);
  });

  it('no more after a minute', async () => {
    const { accept, isOurs, pass, shown } = setUp();
    accept({ a: '2' }, { a: '1' });
    await pass(59_999);
    shown({ a: '1' });
    expect(isOurs('a', { a: '2' })).toBe(true);
    await pass(1);
    shown({ a: '1' });
    expect(isOurs('a', { a: '2' })).toBe(false);
  });

  it('not where it was only sent, nor where nothing is known of it', () => {
    const { isOurs, send } = setUp();
    send({ a: '2' });
    expect([isOurs('a', { a: '2' }), isOurs('b', {})]).toEqual([false, false]);
  });
});

describe('A log is useful', () => {
  it('for a minute after what was sent, or accepted, last', async () => {
    const { accepted, log, pass, send } = setUp();
    expect(log.usefulUntil).toBe(-Infinity);
    await pass(10);
    send({ a: '1' });
    expect(log.usefulUntil).toBe(60_010);
    await pass(10);
    const sent = send({ a: '2' });
    expect(log.usefulUntil).toBe(60_020);
    await pass(10);
    accepted(sent);
    expect(log.usefulUntil).toBe(60_030);
  });

  it('not for what was written under a version', () => {
    const { log } = setUp();
    log.note(intent({ a: '1' }, {}, 1));
    expect(log.usefulUntil).toBe(-Infinity);
  });

  it('to its own record, and to no other', () => {
    const clock = new VirtualClock();
    const logs = new Registry<IntentLog>(clock);
    const of = (record: string) =>
      using(
        logs.acquire(record, () => logOf(clock)),
        clock,
      );
    of('record').accept({ a: '2' }, { a: '1' });
    expect(of('record').shown({ a: '1' })).toEqual({ a: '2' });
    expect(of('another').shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('so that none is left of records that nobody reads any more, seen or not', async () => {
    const clock = new VirtualClock();
    const logs = new Registry<IntentLog>(clock);
    const use = (record: string, action: (log: ReturnType<typeof using>) => void) => {
      action(
        using(
          logs.acquire(record, () => logOf(clock)),
          clock,
        ),
      );
      logs.release(record);
    };
    const pass = (ms: number) => clock.run(clock.sleep(ms));
    const records = Array.from({ length: 100 }, (_, index) => `record ${index}`);
    for (const record of records) {
      use(record, ({ accept }) => {
        accept({ a: '2' }, { a: '1' });
      });
    }
    for (const record of records.slice(0, 50)) {
      use(record, ({ shown }) => {
        expect(shown({ a: '2' })).toEqual({ a: '2' });
      });
    }
    await pass(40_000);
    use('record 0', ({ accept }) => {
      accept({ b: '2' });
    });
    expect(logs.values.length).toBe(100);
    await pass(20_000);
    expect(logs.values.length).toBe(1);
    use('record 0', ({ shown }) => {
      expect(shown({ a: '2' })).toEqual({ a: '2', b: '2' });
    });
    await pass(40_000);
    expect([logs.values.length, clock.pending]).toEqual([0, 0]);
  });
});

describe('What nobody uses', () => {
  it('is kept for no more than 10,000 records, the latest ones', () => {
    const clock = new VirtualClock();
    const logs = new Registry<IntentLog>(clock);
    const use = (record: string) => {
      const log = logs.acquire(record, () => logOf(clock));
      using(log, clock).accept({ a: '2' });
      logs.release(record);
      return log;
    };
    const first = use('first');
    for (let count = 0; count < 9999; count++) use(`record ${count}`);
    expect(use('first')).toBe(first);
    use('one more');
    expect([logs.values.length, clock.pending]).toEqual([10_000, 10_000]);
    expect(use('first')).toBe(first);
    expect(logs.values.length).toBe(10_000);
  });
});

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
