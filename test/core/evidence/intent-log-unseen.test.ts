import { describe, expect, it } from '@jest/globals';

import { setUp } from './log-of-one-record';

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
