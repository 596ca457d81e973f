import { describe, expect, it } from '@jest/globals';

import type { Sending } from '../../../core/evidence/intent-log';
import { partsOf, setUp, type Values } from './log-of-one-record';

type Texts = Readonly<Record<string, string>>;

interface Asking {
  /** The parts whose content may prove a write; all of them by default. */
  readonly provable?: readonly string[];
  /** The parts of those who still ask; nobody does by default. */
  readonly asked?: readonly string[];
}

function setUpShown() {
  const { log, ...use } = setUp();
  return {
    ...use,
    log,
    /** The parts that a read proves to have been accepted, in order; `undefined` where it proves nothing. */
    proved: (sending: Sending, shown: Texts, { provable, asked = [] }: Asking = {}) => {
      const names = new Set(provable ?? sending.keys());
      const accepted = log.noteShown(sending, partsOf(shown), names, new Set(asked));
      return accepted && [...accepted.keys()].sort();
    },
  };
}

interface Case extends Asking {
  readonly before?: Texts;
  readonly sent: Values;
  readonly shown: Texts;
}

const LONG = 'x'.repeat(150);
const three = { a: '1', b: '1', c: '1' };

describe('A write without an answer, after which a read', () => {
  it.each<[string, Case, readonly string[] | undefined]>([
    [
      'shows all of it, was accepted',
      { before: { a: '1' }, sent: { a: '2', b: '2' }, shown: { a: '2', b: '2' } },
      ['a', 'b'],
    ],
    [
      'shows some of it, and what others wrote in place of the rest, was accepted as a whole',
      { before: { a: '1' }, sent: { a: '2', b: '2' }, shown: { a: '2', b: 'theirs' } },
      ['a', 'b'],
    ],
    [
      'shows some of it, was accepted as far as that goes, and for those who ask',
      {
        before: three,
        sent: { a: '2', b: '2', c: '2' },
        shown: { a: '2', b: 'theirs', c: 'theirs' },
        asked: ['b'],
      },
      ['a', 'b'],
    ],
    [
      'shows it without the space around it, was accepted',
      { before: { a: '1' }, sent: { a: ' 2 ' }, shown: { a: '2' } },
      ['a'],
    ],
    [
      'shows some of it cut off, may be another one: a text that grows looks the same',
      { before: { a: '1' }, sent: { a: `${LONG}, and more` }, shown: { a: LONG } },
      undefined,
    ],
    [
      'shows some of it as it was before, may come yet',
      { before: { a: '1', b: '1' }, sent: { a: '2', b: '2' }, shown: { a: '2', b: '1' } },
      undefined,
    ],
    [
      'shows only what others have written, may not have been applied',
      { before: { a: '1' }, sent: { a: '2' }, shown: { a: 'theirs' } },
      undefined,
    ],
    [
      'shows some of it that others may have set as well, may not have been applied',
      {
        before: { a: '1', b: '1' },
        sent: { a: '2', b: '2' },
        shown: { a: '2', b: 'theirs' },
        provable: ['b'],
      },
      undefined,
    ],
    [
      'shows a gap where it was to leave one, may not have been applied: whoever removes leaves the same',
      { before: { a: '1' }, sent: { a: null }, shown: {} },
      undefined,
    ],
  ])('%s', (_, { before, sent, shown, ...asking }, expected) => {
    const { proved, send } = setUpShown();
    expect(proved(send(sent, before), shown, asking)).toEqual(expected);
  });

  it('shows it, is laid over what is older, like any other that was accepted', () => {
    const { proved, send, shown } = setUpShown();
    const sending = send({ a: '2' }, { a: '1' });
    expect(shown({ a: '1' })).toEqual({ a: '1' });
    proved(sending, { a: '2' });
    expect(shown({ a: '1' })).toEqual({ a: '2' });
  });

  it('shows it, was accepted, whatever else was sent before', async () => {
    const { accept, pass, proved, send } = setUpShown();
    accept({ a: 'other' });
    await pass(10);
    expect(proved(send({ a: '2' }, { a: 'other' }), { a: '2' })).toEqual(['a']);
  });

  it('shows what was there before one that was sent earlier, may not have been applied', () => {
    const { proved, send } = setUpShown();
    send({ a: '3' }, { a: '2' });
    expect(proved(send({ a: '2' }, { a: '1' }), { a: '2' })).toBeUndefined();
  });
});

describe('Of several writes of the same, none of which has an answer,', () => {
  it.each(['first', 'second'] as const)('the %s may be the one that shows', async (which) => {
    const { pass, proved, send } = setUpShown();
    const first = send({ a: '2' }, { a: '1' });
    await pass(10);
    const second = send({ a: '2' }, { a: '1' });
    expect(proved({ first, second }[which], { a: '2' })).toEqual(['a']);
  });

  it('none is known to be the one that shows, once it is forgotten that they have no answer', async () => {
    const { pass, proved, send } = setUpShown();
    const first = send({ a: '2' }, { a: '1' });
    send({ a: '2' }, { a: '1' });
    await pass(60_000);
    send({ b: '1' });
    expect(proved(first, { a: '2' })).toBeUndefined();
  });
});

describe('What was also sent in a write that was accepted', () => {
  it('before, does not prove one without an answer', async () => {
    const { accept, pass, proved, send } = setUpShown();
    accept({ a: '2' }, { a: '1' });
    await pass(10);
    expect(proved(send({ a: '2' }, { a: '1' }), { a: '2' })).toBeUndefined();
  });

  it('after it, does not prove one without an answer', async () => {
    const { accept, pass, proved, send } = setUpShown();
    const lost = send({ a: '2' }, { a: '1' });
    await pass(10);
    accept({ a: '2' }, { a: '1' });
    expect(proved(lost, { a: '2' })).toBeUndefined();
  });
});

describe('Where several parts were sent twice, and only one of them with the same text both times,', () => {
  const sendBoth = async () => {
    const { pass, proved, send } = setUpShown();
    send({ a: '2', b: '3' }, { a: '1', b: '1' });
    await pass(10);
    const second = send({ a: '2', b: '4' }, { a: '1', b: '1' });
    return (asking?: Asking) => proved(second, { a: '2', b: 'theirs' }, asking);
  };

  it('that text does not tell which of the writes was applied', async () => {
    expect((await sendBoth())()).toBeUndefined();
  });

  it('that text will do for whoever asks for that part only', async () => {
    expect((await sendBoth())({ asked: ['a'] })).toEqual(['a']);
  });
});
