import { describe, expect, it } from '@jest/globals';

import { intent, setUp } from './log-of-one-record';

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
