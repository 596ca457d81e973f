import { describe, expect, it } from '@jest/globals';

import type { Acceptance } from '../../../core/evidence/acceptance';
import { AwaitedValues, type Standing } from '../../../core/evidence/awaited-values';
import { partsOf, setUp, type Values } from './log-of-one-record';

type Texts = Readonly<Record<string, string>>;

function setUpAwaited() {
  const { clock, log, pass, send } = setUp();
  /** Writes parts that were "old", and is answered at once. */
  const accept = (values: Values): readonly Acceptance[] => {
    const before = Object.fromEntries(Object.keys(values).map((name) => [name, 'old']));
    return [...log.noteAccepted(send(values, before)).values()];
  };
  const judge = (awaited: AwaitedValues, shown: Texts) =>
    awaited.judge(partsOf(shown), clock.now());
  return { accept, judge, pass, send };
}

describe('What an update has written', () => {
  it.each<[string, Texts, Standing]>([
    ['is open while nothing of it shows', { a: 'old', b: 'old' }, 'open'],
    ['is open while some of it does not show', { a: 'new', b: 'old' }, 'open'],
    ['is open while something else shows that may not stand', { a: 'new', b: 'theirs' }, 'open'],
    ['is settled when all of it shows', { a: 'new', b: 'new' }, 'settled'],
  ])('%s', (_, shown, expected) => {
    const { accept, judge } = setUpAwaited();
    expect(judge(new AwaitedValues(accept({ a: 'new', b: 'new' })), shown)).toBe(expected);
  });

  it('is settled when each part has shown once, whatever others have made of it since', () => {
    const { accept, judge } = setUpAwaited();
    const awaited = new AwaitedValues(accept({ a: 'new', b: 'new' }));
    expect(judge(awaited, { a: 'new', b: 'old' })).toBe('open');
    expect(judge(awaited, { a: 'theirs', b: 'new' })).toBe('settled');
    expect(awaited.superseded).toEqual(new Map());
  });

  it('is settled where what others wrote over it has stood for ten seconds, which it tells', async () => {
    const { accept, judge, pass } = setUpAwaited();
    const awaited = new AwaitedValues(accept({ a: 'new', b: 'new', c: 'new' }));
    await pass(10_000);
    expect(judge(awaited, { a: 'theirs', c: 'new' })).toBe('settled');
    expect(awaited.superseded).toEqual(
      new Map([
        ['a', 'theirs'],
        ['b', null],
      ]),
    );
  });

  it('is superseded no more where it shows after all', async () => {
    const { accept, judge, pass } = setUpAwaited();
    const awaited = new AwaitedValues(accept({ a: 'new' }));
    await pass(10_000);
    judge(awaited, { a: 'theirs' });
    expect(awaited.superseded.size).toBe(1);
    expect(judge(awaited, { a: 'new' })).toBe('settled');
    expect(awaited.superseded.size).toBe(0);
  });

  it('is told as it is stored, where the server has given it another form', () => {
    const { accept, judge } = setUpAwaited();
    const awaited = new AwaitedValues(accept({ a: ' new ', b: 'new' }));
    judge(awaited, { a: 'new', b: 'new' });
    expect(awaited.stored).toEqual(new Map([['a', 'new']]));
  });

  it('leaves what the latest read shows instead, where that does not show it', () => {
    const { accept, judge } = setUpAwaited();
    const awaited = new AwaitedValues(accept({ a: 'new', b: 'new', c: 'new' }));
    expect(awaited.stands).toBeUndefined();
    judge(awaited, { a: 'new', b: 'theirs' });
    expect(awaited.stands).toEqual(
      new Map([
        ['b', 'theirs'],
        ['c', null],
      ]),
    );
  });
});

describe('What an update rests on', () => {
  const rested = { a: 'new' };
  const theirs = { a: 'theirs' };

  it.each<[string, number, Texts, Texts, Standing]>([
    ['is open while a read shows what was there before', 0, rested, { a: 'old' }, 'open'],
    ['is settled when a read shows it', 0, rested, { a: 'new' }, 'settled'],
    ['is settled when a read shows what was sent after it', 0, rested, { a: 'later' }, 'settled'],
    ['has changed where a read shows something else', 0, rested, theirs, 'changed'],
    ['is open where it is what others wrote, and may not stand', 0, theirs, theirs, 'open'],
    ['is settled where what others wrote stands', 10_000, theirs, theirs, 'settled'],
    ['has changed where what others wrote is another text', 10_000, theirs, { a: '9' }, 'changed'],
    [
      'has changed where it is what others wrote, and ours shows instead',
      ...([0, theirs, { a: 'new' }, 'changed'] as const),
    ],
    [
      'has changed where it is what others wrote, and what was sent after ours shows instead',
      ...([0, theirs, { a: 'later' }, 'changed'] as const),
    ],
  ])('%s', async (_, afterMs, restsOn, shown, expected) => {
    const { accept, judge, pass, send } = setUpAwaited();
    const awaited = new AwaitedValues(accept({ a: 'new' }), partsOf(restsOn));
    send({ a: 'later' }, { a: 'new' });
    await pass(afterMs);
    expect(judge(awaited, shown)).toBe(expected);
  });

  it('is settled when a read shows it in the form that the server has given it', () => {
    const { accept, judge } = setUpAwaited();
    const awaited = new AwaitedValues(accept({ a: ' new ' }), partsOf({ a: ' new ' }));
    expect(judge(awaited, { a: 'new' })).toBe('settled');
  });

  it('is open while some of it is', () => {
    const { accept, judge } = setUpAwaited();
    const awaited = new AwaitedValues(
      accept({ a: 'new', b: 'new' }),
      partsOf({ a: 'new', b: 'new' }),
    );
    expect(judge(awaited, { a: 'old', b: 'new' })).toBe('open');
    expect(judge(awaited, { a: 'new', b: 'new' })).toBe('settled');
  });
});

describe('What is waited for', () => {
  /** Two texts, of which the second was accepted a second later; a read shows what others wrote. */
  const setUpTwo = async () => {
    const { accept, judge, pass } = setUpAwaited();
    const first = accept({ a: 'new' });
    await pass(1000);
    const acceptances = [...first, ...accept({ b: 'new' })];
    const awaited = new AwaitedValues(acceptances);
    judge(awaited, { a: 'theirs', b: 'theirs' });
    return { acceptances, awaited, judge };
  };

  it('is remembered until nobody waits for it any more, and for a minute from then on', async () => {
    const { acceptances, awaited } = await setUpTwo();
    const until = () => acceptances.map(({ usefulUntil }) => usefulUntil);
    awaited.join();
    expect(until()).toEqual([Infinity, Infinity]);
    awaited.leave();
    expect(until()).toEqual([61_000, 61_000]);
  });

  it('is looked for first when all of it is likely to show', async () => {
    const { awaited } = await setUpTwo();
    expect(awaited.firstLookAt).toBe(1250);
  });

  it('is decided part by part, by the next read after each has stood long enough', async () => {
    const { awaited } = await setUpTwo();
    expect([9999, 10_000, 11_000].map((at) => awaited.decidedAfter(at))).toEqual([
      10_000,
      11_000,
      Infinity,
    ]);
  });

  it('is not decided by time where all of it shows', async () => {
    const { awaited, judge } = await setUpTwo();
    judge(awaited, { a: 'new', b: 'new' });
    expect(awaited.decidedAfter(0)).toBe(Infinity);
  });
});
