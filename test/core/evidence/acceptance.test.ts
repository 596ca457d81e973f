import { describe, expect, it } from '@jest/globals';

import type { Acceptance, Visibility } from '../../../core/evidence/acceptance';
import { sent, setUp } from './acceptances';

/** A read that was sent so many ms after the text was accepted, what it showed, and what that tells. */
type Read = readonly [at: number, found: string, expected: Visibility];

describe('What reads show of "new", which was accepted in place of "old"', () => {
  it.each<[string, ...Read[]]>([
    ['nothing while they show the old one', [0, 'old', 'notYet'], [9000, 'old', 'notYet']],
    ['that it is there as soon as they show it', [250, 'new', 'there'], [600, 'new', 'there']],
    ['nothing where they show another one', [250, 'theirs', 'unsure'], [9999, 'theirs', 'unsure']],
    ['that another one stands that does so ten seconds after', [10_000, 'theirs', 'superseded']],
    ['that an empty one stands that does so then', [250, '', 'unsure'], [10_000, '', 'superseded']],
    [
      'that it is there after another one that came before it',
      ...([
        [250, 'theirs', 'unsure'],
        [500, 'new', 'there'],
      ] as const),
    ],
    [
      'nothing with another one until that has stood for twice as long as the old one was shown',
      ...([
        [9000, 'old', 'notYet'],
        [10_000, 'theirs', 'unsure'],
        [17_999, 'theirs', 'unsure'],
        [18_000, 'theirs', 'superseded'],
      ] as const),
    ],
    [
      'nothing with the old one, however long',
      [10_000, 'old', 'notYet'],
      [50_000, 'old', 'notYet'],
    ],
    [
      'nothing with the old one after it: that comes from where it is not seen yet',
      ...([
        [250, 'new', 'there'],
        [500, 'old', 'notYet'],
        [9999, 'old', 'notYet'],
        [10_000, 'old', 'superseded'],
      ] as const),
    ],
    [
      'nothing with another one after it that was there before it',
      ...([
        [250, 'theirs', 'unsure'],
        [500, 'new', 'there'],
        [750, 'theirs', 'notYet'],
        [1000, 'later', 'superseded'],
      ] as const),
    ],
  ])('is %s', async (_, ...reads) => {
    const { accept, until } = setUp();
    const acceptance = accept(sent('new', 'old'));
    for (const [at, found, expected] of reads) {
      await until(at);
      expect([at, found, acceptance.judge(found, at)]).toEqual([at, found, expected]);
    }
  });

  it('is nothing where they were sent before it was accepted', async () => {
    const { accept, until } = setUp();
    await until(10);
    const acceptance = accept(sent('new', 'old'));
    expect(acceptance.judge('new', 9)).toBe('notYet');
    expect(acceptance.isSeen).toBe(false);
  });
});

describe('What reads show of "old", which was accepted in place of "mine", which no read has shown', () => {
  it.each<[string, ...Read[]]>([
    ['nothing: it may have been there before', [250, 'old', 'notYet'], [9999, 'old', 'notYet']],
    ['that it is there, ten seconds after', [9999, 'old', 'notYet'], [10_000, 'old', 'there']],
    [
      'that it is there once they have shown what came between',
      ...([
        [250, 'old', 'notYet'],
        [500, 'mine', 'notYet'],
        [750, 'old', 'there'],
      ] as const),
    ],
  ])('is %s', async (_, ...reads) => {
    const { accept, until } = setUp();
    const earlier = accept(sent('mine', 'old'));
    const acceptance = accept(sent('old', 'mine'), earlier);
    for (const [at, found, expected] of reads) {
      await until(at);
      expect([at, found, acceptance.judge(found, at)]).toEqual([at, found, expected]);
    }
  });

  it('is that it is there, where a read had shown "mine" before', () => {
    const { accept } = setUp();
    const earlier = accept(sent('mine', 'old'));
    earlier.judge('mine', 0);
    expect(accept(sent('old', 'mine'), earlier).judge('old', 0)).toBe('there');
  });
});

describe('What may come from where a write is not seen yet', () => {
  it('is what there was before an earlier one, also where a read has shown that one', async () => {
    const { accept, until } = setUp();
    const first = accept(sent('first', null));
    first.judge('first', 0);
    const second = accept(sent('second', 'first'), first);
    await until(300);
    expect(second.judge(null, 300)).toBe('notYet');
    expect(second.judge('theirs', 300)).toBe('unsure');
  });

  it('is no longer that when the bound of the earlier one is over', async () => {
    const { accept, until } = setUp();
    const first = accept(sent('first', null));
    first.judge('first', 0);
    await until(10_000);
    const second = accept(sent('second', 'first'), first);
    expect(second.judge(null, 10_000)).toBe('unsure');
  });
});

describe('What reads show of a text where there was nothing before', () => {
  it('tells nothing while there is nothing, and that somebody else has removed it where it is empty', () => {
    const { accept } = setUp();
    const acceptance = accept(sent('new', null));
    expect([null, '', null].map((found) => acceptance.judge(found, 0))).toEqual([
      'notYet',
      'unsure',
      'notYet',
    ]);
  });

  it('tells nothing where it was empty and is missing', () => {
    expect(setUp().accept(sent('new', '')).judge(null, 0)).toBe('notYet');
  });

  it.each([null, ''])('tells once they have shown it that it was removed again (%j)', (removed) => {
    const { accept } = setUp();
    const acceptance = accept(sent('', 'mine'), accept(sent('mine', null)));
    expect(acceptance.judge(null, 0)).toBe('notYet');
    expect(acceptance.judge('mine', 0)).toBe('notYet');
    expect(acceptance.judge(removed, 0)).toBe('there');
    expect(acceptance.stored).toBeUndefined();
  });

  it('tells at once that it was removed again where they had shown it before', () => {
    const { accept } = setUp();
    const earlier = accept(sent('mine', null));
    earlier.judge('mine', 0);
    expect(accept(sent('', 'mine'), earlier).judge(null, 0)).toBe('there');
  });
});

describe('What reads show of a text that was sent, taken back and sent again before any of it was seen', () => {
  /** Sent one after the other in place of what was there first; gives the last one. */
  function afterAll(first: string | null, ...texts: readonly string[]) {
    const { accept } = setUp();
    let before = first;
    let latest: Acceptance | undefined;
    for (const text of texts) {
      latest = accept(sent(text, before), latest);
      before = text;
    }
    return latest;
  }

  it.each<[string, string | null, readonly string[], ...(readonly [string | null, Visibility])[]]>([
    [
      'may be the first one, where what it was taken back to was there before',
      'old',
      ['new', 'old', 'new'],
      ['old', 'notYet'],
      ['new', 'notYet'],
    ],
    [
      'may be the first one, where there was nothing first and is nothing now',
      null,
      ['new', '', 'new'],
      [null, 'notYet'],
      ['new', 'notYet'],
    ],
    [
      'is that it is there once they have shown that it was empty in between',
      null,
      ['new', '', 'new'],
      ['', 'notYet'],
      ['new', 'there'],
    ],
    [
      'is that it is there once they have shown something else that came in between',
      'old',
      ['new', 'other', 'new'],
      ['other', 'notYet'],
      ['new', 'there'],
    ],
    [
      'may be an earlier one, where the text in between was sent twice, too',
      null,
      ['1', '2', '1', '2'],
      ['1', 'notYet'],
      ['2', 'notYet'],
    ],
    [
      'may be what was there first, where the same was sent twice running',
      '',
      ['1', '', ''],
      ['', 'notYet'],
    ],
  ])('%s', (_, first, texts, ...reads) => {
    const acceptance = afterAll(first, ...texts);
    const found = reads.map(([text]) => [text, acceptance?.judge(text, 0)]);
    expect(found).toEqual(reads);
  });
});

describe('A text that was sent once more', () => {
  it('is there as soon as reads show it', () => {
    const { accept } = setUp();
    const earlier = accept(sent('new', 'old'));
    expect(accept(sent('new', 'old'), earlier).judge('new', 0)).toBe('there');
  });
});

describe('A text that is written again and again, and never shown', () => {
  it('keeps in mind what shows, and the latest ones, and no more than that', () => {
    const { accept } = setUp();
    let acceptance = accept(sent('0', 'old'));
    for (let count = 1; count <= 500; count++) {
      acceptance = accept(sent(`${count}`, `${count - 1}`), acceptance);
    }
    expect(['old', '499', '450'].map((found) => acceptance.judge(found, 0))).toEqual([
      'notYet',
      'notYet',
      'notYet',
    ]);
    expect(Reflect.get(acceptance, 'older')).toHaveProperty('size', 64);
    expect(Reflect.get(acceptance, 'before')).toHaveLength(64);
  });
});

describe('What may stand in place of what was read', () => {
  it.each<[string, Read, string | undefined]>([
    [
      'is nothing while the old one shows, as is to be expected',
      [9999, 'old', 'notYet'],
      undefined,
    ],
    ['is the old one where that shows for too long', [10_000, 'old', 'notYet'], 'old'],
    ['is ours where another one shows', [250, 'theirs', 'unsure'], 'new'],
    ['is nothing where ours shows', [250, 'new', 'there'], undefined],
    ['is nothing where another one stands', [10_000, 'theirs', 'superseded'], undefined],
  ])('%s', async (_, [at, found, expected], alternative) => {
    const { accept, until } = setUp();
    const acceptance = accept(sent('new', 'old'));
    expect([acceptance.alternative, acceptance.isUnsettled]).toEqual([undefined, false]);
    await until(at);
    expect(acceptance.judge(found, at)).toBe(expected);
    expect(acceptance.alternative).toBe(alternative);
    expect(acceptance.isUnsettled).toBe(expected === 'notYet' || expected === 'unsure');
  });

  it('is an empty text where there was nothing, and goes on being nothing for too long', async () => {
    const { accept, until } = setUp();
    const acceptance = accept(sent('new', null));
    await until(10_000);
    acceptance.judge(null, 10_000);
    expect(acceptance.alternative).toBe('');
  });

  it('is the old one where that shows after ours', () => {
    const { accept } = setUp();
    const acceptance = accept(sent('new', 'old'));
    acceptance.judge('new', 0);
    acceptance.judge('old', 0);
    expect(acceptance.alternative).toBe('old');
  });
});

describe('The next read that decides', () => {
  it.each<[string, Read, number]>([
    ['cannot be told while the old one shows', [250, 'old', 'notYet'], Infinity],
    ['comes ten seconds after where another one shows', [250, 'theirs', 'unsure'], 10_000],
    ['is not needed where ours shows', [250, 'new', 'there'], Infinity],
  ])('%s', async (_, [at, found], decidedAt) => {
    const { accept, until } = setUp();
    const acceptance = accept(sent('new', 'old'));
    expect(acceptance.decidedAt).toBe(Infinity);
    await until(at);
    acceptance.judge(found, at);
    expect(acceptance.decidedAt).toBe(decidedAt);
  });

  it('comes ten seconds after where ours shows, and may have been there before', () => {
    const { accept } = setUp();
    const acceptance = accept(sent('old', 'mine'), accept(sent('mine', 'old')));
    acceptance.judge('old', 0);
    expect(acceptance.decidedAt).toBe(10_000);
  });
});

describe('How long reads lag', () => {
  it('makes what shows in place of a later write wait for twice as long, for an hour', async () => {
    const { accept, until } = setUp();
    const slow = accept(sent('new', 'old'));
    await until(11_000);
    slow.judge('old', 11_000);
    await until(12_000);
    slow.judge('new', 12_000);
    const next = accept(sent('newer', 'new'));
    expect(next.boundAt).toBe(12_000 + 24_000);
    await until(12_000 + 3_600_000);
    expect(accept(sent('newest', 'newer')).boundAt).toBe(12_000 + 3_600_000 + 10_000);
  });

  it('is not how long nobody looked', async () => {
    const { accept, lags, until } = setUp();
    const acceptance = accept(sent('new', 'old'));
    await until(50_000);
    acceptance.judge('new', 50_000);
    expect(lags.boundMs()).toBe(10_000);
  });

  it('is told by no text that may have been there all the time', async () => {
    const { accept, lags, until } = setUp();
    const earlier = accept(sent('mine', 'old'));
    earlier.judge('mine', 0);
    const again = accept(sent('mine', 'mine'), earlier);
    await until(9000);
    expect(again.judge('old', 9000)).toBe('notYet');
    await until(18_000);
    expect(again.judge('mine', 18_000)).toBe('there');
    expect(lags.boundMs()).toBe(10_000);
  });
});

describe('A text that the server stores in another form', () => {
  const long = 'x'.repeat(200);

  it.each([
    ['without the space around it', ' new ', 'new'],
    ['cut off', long, long.slice(0, 128)],
    ['composed', 'e\u0301', '\u00e9'],
    ['decomposed', '\u00e9', 'e\u0301'],
    ['in compatible characters', '\ufb01', 'fi'],
  ])('%s is there, and ours', (_, text, stored) => {
    const { accept } = setUp();
    const acceptance = accept(sent(text, 'old'));
    expect(acceptance.judge(stored, 0)).toBe('there');
    expect([acceptance.stored, acceptance.isShownBy(stored)]).toEqual([stored, true]);
  });

  it.each([
    ['is cut off too soon', long, long.slice(0, 127)],
    ['is empty', '  ', ''],
    ['is something else', 'new', 'NEW'],
  ])("is somebody else's where it %s", (_, text, stored) => {
    const { accept } = setUp();
    const acceptance = accept(sent(text, 'old'));
    expect(acceptance.judge(stored, 0)).toBe('unsure');
    expect(acceptance.stored).toBeUndefined();
  });

  it('that was there before tells nothing until ten seconds are over', async () => {
    const { accept, until } = setUp();
    const acceptance = accept(sent('new ', 'new'));
    expect(acceptance.judge('new', 0)).toBe('notYet');
    await until(10_000);
    expect(acceptance.judge('new', 10_000)).toBe('there');
    expect(acceptance.stored).toBe('new');
  });

  it('is no form of it any more where it shows as it was sent', () => {
    const { accept } = setUp();
    const acceptance = accept(sent('new ', 'old'));
    acceptance.judge('new', 0);
    acceptance.judge('new ', 0);
    expect(acceptance.stored).toBeUndefined();
  });
});
