import { Acceptance } from '../../../core/evidence/acceptance';
import { Lags } from '../../../core/evidence/lags';
import { Beginning } from '../../../core/update/beginning';
import { describe, expect, it } from '@jest/globals';

import type { Change, Delta, Parts, Verdict, View } from '../../../core';
import { type Accepted, type Planned, plan } from '../../../core/cycle/plan';
import type { Reading } from '../../../core/cycle/reading';
import { VirtualClock } from '../virtual-clock';

type Updating = Planned<null, string> & { readonly name: string };

const record = (values: Record<string, string> = {}): Parts => new Map(Object.entries(values));
const NOTHING: Delta = new Map();

/** What a read showed that was sent at 10 ms, unless told otherwise. */
function base(values: Record<string, string>, more: Partial<Reading<null>> = {}): Reading<null> {
  const parts = record(values);
  const snapshot = { parts, version: 5, raw: null };
  return { snapshot, shown: parts, source: 'read', sentAt: 10, answeredAt: 20, ...more };
}

function update(
  name: string,
  apply: (view: View<null>) => Verdict<string>,
  more: Partial<Updating> = {},
): Updating {
  const change: Change<null, string> = { idempotent: true, apply };
  const writes = { surelyWritten: NOTHING };
  return { name, change, calledAt: 0, beginning: new Beginning(), writes, ...more };
}

/** Sets one part, where it is not so yet. */
const setting = (part: string, text: string, more: Partial<Updating> = {}) =>
  update(
    `${part}=${text}`,
    ({ parts }) =>
      parts.get(part) === text
        ? { kind: 'unchanged', note: '', restsOn: [part] }
        : {
            kind: 'write',
            delta: new Map([[part, { from: parts.get(part) ?? null, to: text }]]),
            note: '',
          },
    more,
  );

const refusing = update('refusing', () => ({ kind: 'refused', reason: 'no' }));

/** Nothing was accepted. */
const NOTHING_ACCEPTED: Accepted = {
  isOurs: () => false,
  alternative: () => undefined,
  unsettled: () => undefined,
};

function planned(
  updates: readonly Updating[],
  from: Reading<null>,
  log: Accepted = NOTHING_ACCEPTED,
) {
  const { steps, crashed, write, needsRead } = plan<null, string, Updating>(updates, from, log);
  return {
    verdicts: steps.map(({ verdict }) => verdict.kind),
    proved: steps.map(({ isProved }) => isProved),
    unseen: steps.map(({ unseen }) => unseen),
    writes:
      write &&
      Object.fromEntries([...write.delta].map(([name, { from: was, to }]) => [name, [was, to]])),
    crashed,
    needsRead,
  };
}

/** Something was accepted of a part, and a read shows something else. */
function accepted(part: string) {
  const clock = new VirtualClock();
  const sent = { text: '2', before: '0', unanswered: [], at: 0 };
  const acceptance = new Acceptance(part, sent, undefined, clock, new Lags(clock).of('client'));
  acceptance.judge('1', 0);
  const unsettled = (name: string) => (name === part ? acceptance : undefined);
  return { acceptance, log: { ...NOTHING_ACCEPTED, unsettled } };
}

describe('The plan of a cycle', () => {
  it('writes what all updates change, each from what the one before it leaves', () => {
    const updates = [setting('a', '1'), setting('a', '2'), setting('b', '1')];
    expect(planned(updates, base({ a: '0' }))).toMatchObject({
      verdicts: ['write', 'write', 'write'],
      writes: { a: ['0', '2'], b: [null, '1'] },
      needsRead: false,
    });
  });

  it('writes nothing where nobody has anything to write', () => {
    expect(planned([setting('a', '1'), refusing], base({ a: '1' }))).toMatchObject({
      verdicts: ['unchanged', 'refused'],
      writes: undefined,
      proved: [true, true],
      needsRead: false,
    });
  });

  it('sends a write even where two updates undo each other, so that both have written', () => {
    expect(planned([setting('a', '1'), setting('a', '0')], base({ a: '0' })).writes).toEqual({});
  });

  it.each([
    ['proves "nothing to do" under a version', 5, false],
    ['proves nothing without one, since it is not sent', null, true],
  ])('a write in which two updates undo each other %s', (_, version, needsRead) => {
    const { snapshot, ...reading } = base({ a: '0', b: '1' }, { source: 'receipt' });
    const updates = [setting('a', '1'), setting('a', '0'), setting('b', '1')];
    const from = { ...reading, snapshot: { ...snapshot, version } };
    expect(planned(updates, from).needsRead).toBe(needsRead);
    expect(planned([...updates, setting('c', '1')], from).needsRead).toBe(false);
  });

  it('proves "nothing to do" by the write where it rests on what a companion writes', () => {
    const updates = [setting('a', '1'), setting('a', '1')];
    expect(planned(updates, base({}))).toMatchObject({
      verdicts: ['write', 'unchanged'],
      proved: [true, false],
      unseen: [[], ['a']],
    });
  });

  it.each<[string, Partial<Reading<null>>, Partial<Updating>]>([
    ['was read before the update was asked for', {}, { calledAt: 11 }],
    ['came with the receipt of a write', { source: 'receipt' }, {}],
    ['came with a conflict', { source: 'conflict' }, {}],
  ])('needs a read where "nothing to do" rests on a snapshot that %s', (_, reading, more) => {
    const idle = setting('a', '1', more);
    expect(planned([idle], base({ a: '1' }, reading))).toMatchObject({
      proved: [false],
      needsRead: true,
    });
    // One of several is enough.
    expect(planned([idle, setting('a', '1')], base({ a: '1' }, reading)).needsRead).toBe(true);
    // A write under the same version proves it as well.
    expect(planned([idle, setting('b', '1')], base({ a: '1' }, reading)).needsRead).toBe(false);
  });

  it('names what an update rests on that the server has accepted but not shown', () => {
    const idle = setting('a', '1');
    const reading = base({ a: '1', b: '1' }, { shown: record({ b: '1' }) });
    expect(planned([idle, setting('b', '1')], reading).unseen).toEqual([['a'], []]);
  });

  describe('where a read cannot be relied on', () => {
    const alternative = (part: string) => (part === 'a' ? '0' : undefined);
    /** Writes what it finds there, too, where something else may be there. */
    const renewing = (part: string, text: string) =>
      update(`${part}=${text} in any case`, (view) => ({
        kind: 'write',
        delta: new Map([
          [part, { from: view.alternative(part) ?? view.parts.get(part) ?? null, to: text }],
        ]),
        note: '',
      }));

    it('writes what shows already, from what may be there instead', () => {
      const log = { ...NOTHING_ACCEPTED, alternative };
      expect(planned([renewing('a', '1')], base({ a: '1' }), log).writes).toEqual({
        a: ['0', '1'],
      });
    });

    it('writes once more what a verdict has in its delta without changing it', () => {
      expect(planned([renewing('a', '1')], base({ a: '1' })).writes).toEqual({ a: ['1', '1'] });
    });

    it('relies on what a companion writes, and leaves that as it is', () => {
      const log = { ...NOTHING_ACCEPTED, alternative };
      const updates = [renewing('a', '1'), setting('a', '2')];
      expect(planned(updates, base({ a: '1' }), log).writes).toEqual({ a: ['1', '2'] });
      const companion = [setting('a', '2'), renewing('a', '2')];
      expect(planned(companion, base({ a: '1' }), log).writes).toEqual({ a: ['1', '2'] });
    });

    it('names that as what "nothing to do" rests on', () => {
      const { log, acceptance } = accepted('a');
      expect(acceptance.isUnsettled).toBe(true);
      expect(planned([setting('a', '1')], base({ a: '1' }), log).unseen).toEqual([['a']]);
    });
  });

  it('leaves out an update whose change throws, and nobody else', () => {
    const bug = new RangeError('a bug');
    const broken = update('broken', () => {
      throw bug;
    });
    const result = planned([setting('a', '1'), broken, setting('b', '1')], base({}));
    expect(result.crashed).toEqual([{ update: broken, error: bug }]);
    expect(result.writes).toEqual({ a: [null, '1'], b: [null, '1'] });
  });

  it('shows each update the record as read, as it first was to it, and with its companions’ changes', () => {
    const views: View<null>[] = [];
    const written: Delta = new Map([['c', { from: null, to: '1' }]]);
    const watching = update(
      'watching',
      (view) => {
        views.push(view);
        return { kind: 'refused', reason: 'no' };
      },
      {
        beginning: { first: record({ a: 'first' }), theirs: record({ a: 'theirs' }) },
        writes: { surelyWritten: written },
      },
    );
    planned([setting('a', '1'), watching], base({ a: 'read' }));
    const [view] = views;
    expect(view?.parts.get('a')).toBe('1');
    expect(view?.read.get('a')).toBe('read');
    expect(view?.first.get('a')).toBe('first');
    expect(view?.theirs.get('a')).toBe('theirs');
    expect(view?.written).toBe(written);
  });

  it('shows each update what is ours, what may be there instead, and what no read shows yet', () => {
    const views: View<null>[] = [];
    const watching = update('watching', (view) => {
      views.push(view);
      return { kind: 'refused', reason: 'no' };
    });
    const log: Accepted = {
      ...NOTHING_ACCEPTED,
      isOurs: (name, parts) => parts.get(name) === '1',
      alternative: () => 'other',
    };
    const reading = base({ a: '0', b: '0', c: '1' }, { shown: record({ a: '0', b: '0' }) });
    planned([setting('a', '1'), watching], reading, log);
    const told = views.flatMap(({ alternative, isOurs, isUnseen }) =>
      ['a', 'b', 'c'].map((name) => [isOurs(name), alternative(name), isUnseen(name)]),
    );
    expect(told).toEqual([
      // A companion is about to write it.
      [true, undefined, false],
      [false, 'other', false],
      [true, 'other', true],
    ]);
  });

  it('takes what is read for what an update met first where it has met nothing before', () => {
    const firsts: Parts[] = [];
    const watching = update('watching', ({ first }) => {
      firsts.push(first);
      return { kind: 'refused', reason: 'no' };
    });
    planned([watching], base({ a: 'read' }));
    expect(firsts).toEqual([record({ a: 'read' })]);
  });
});
