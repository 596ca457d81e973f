import { describe, expect, it } from '@jest/globals';

import { provable, settle, settleAsLost, type SharedWrite } from '../../../core/cycle/shared-write';
import type { Step } from '../../../core/cycle/plan';
import { apply, difference } from '../../../core/parts';
import { failureOf } from '../changes';
import { VirtualClock } from '../virtual-clock';
import { endOf, partsOf, refusing, setting, type Texts, updating } from './updating';

type Writer = Parameters<typeof updating>[2] & { readonly sets: Texts };

/** Writes made from version 5, or from none, of which nobody knows what became. */
function setUp(version: number | null, before: Texts = {}) {
  const clock = new VirtualClock();
  const base = { parts: partsOf(before), version, raw: null };
  const writer = ({ sets, ...more }: Writer) => updating(clock, setting(sets), more);
  const idle = (apply = setting({})) => updating(clock, apply);
  /** What they want done, each after the one before it. */
  const write = (updates: readonly ReturnType<typeof updating>[]) => {
    const after = new Map(base.parts);
    const steps = updates.map((update): Step<typeof update, string> => {
      const view = { parts: after } as unknown as Parameters<typeof update.change.apply>[0];
      const verdict = update.change.apply(view);
      if (verdict.kind === 'write') apply(after, verdict.delta);
      return { update, verdict, isProved: true, unseen: [] };
    });
    const own = steps.flatMap(({ update, verdict }) =>
      verdict.kind === 'write'
        ? [[update, { delta: verdict.delta, change: update.change }] as const]
        : [],
    );
    const delta = difference(base.parts, after);
    const shared: SharedWrite<null, string> = {
      ...{ base, delta, after, steps },
      own: new Map(own),
      sending: new Map(),
    };
    for (const [update] of own) update.noteFate(shared, 'open');
    return shared;
  };
  const settled = (shared: SharedWrite<null, string>, seen: Texts, at: number | null = version) => {
    const applied: [unknown, string][] = [];
    const snapshot = { parts: partsOf(seen), version: at, raw: null };
    const { isOpen, shown } = settle(shared, snapshot, (update, note) => {
      applied.push([update, note]);
    });
    return { applied, isOpen, shown: [...shown.keys()] };
  };
  return { clock, writer, idle, write, settled };
}

describe('The parts that may prove a write', () => {
  it.each<[string, readonly Omit<Writer, 'sets'>[], readonly string[]]>([
    ['are those of a change that may run twice', [{}], ['a']],
    ['are not those of one that must not run twice', [{ idempotent: false }], []],
    ['are not those of a claim', [{ conditional: true }], []],
    ['are not those that a claim of a companion has set last', [{}, { conditional: true }], []],
    ['are those that were set anew after a claim', [{ conditional: true }, {}], ['a']],
  ])('%s', (_, writers, names) => {
    const { write, writer } = setUp(null);
    const updates = writers.map((more, index) => writer({ ...more, sets: { a: `${index}` } }));
    expect([...provable(write(updates))]).toEqual(names);
  });
});

describe('A write that was applied', () => {
  it('is told of each who wrote it, with what that has to say, and is over', () => {
    const { settled, write, writer } = setUp(5);
    const [one, two] = [writer({ sets: { a: '1' } }), writer({ sets: { b: '2' } })];
    expect(settled(write([one, two]), { a: '1', b: '2' }, 6)).toEqual({
      applied: [
        [one, 'set'],
        [two, 'set'],
      ],
      isOpen: false,
      shown: ['a', 'b'],
    });
  });

  it('is not told of who has ended, nor of who knows what became of it', () => {
    const { settled, write, writer } = setUp(5);
    const [gone, knowing] = [writer({ sets: { a: '1' } }), writer({ sets: { b: '2' } })];
    const shared = write([gone, knowing]);
    gone.end('cancelled');
    knowing.noteFate(shared, 'unknowable');
    expect(settled(shared, { a: '1', b: '2' }, 6).applied).toEqual([]);
  });

  it('ends who had nothing to write, and nobody else', async () => {
    const { idle, settled, write, writer } = setUp(5);
    const [unchanged, refused, last] = [idle(), idle(refusing), writer({ sets: { a: '1' } })];
    settled(write([unchanged, refused, last]), { a: '1' }, 6);
    expect(await unchanged.result).toMatchObject({
      outcome: 'unchanged',
      note: 'there',
      batchSize: 3,
      snapshot: { version: 6 },
    });
    expect([refused.phase.kind, last.phase.kind]).toEqual(['reading', 'reading']);
  });

  it('does not end who had nothing to write and does not know what became of an earlier write', () => {
    const { idle, settled, write, writer } = setUp(5);
    const unsure = idle();
    unsure.noteFate(write([writer({ sets: { b: '1' } })]), 'open');
    settled(write([unsure, writer({ sets: { a: '1' } })]), { a: '1' }, 6);
    expect(unsure.phase.kind).toBe('reading');
  });
});

describe('A write that was not applied as a whole', () => {
  it('has everybody apply it anew, those included who had nothing to write', () => {
    const { idle, settled, write, writer } = setUp(5);
    const [unchanged, seen, absent] = [
      idle(),
      writer({ sets: { a: '1' } }),
      writer({ sets: { b: '2' } }),
    ];
    const shared = write([unchanged, seen, absent]);
    expect(settled(shared, { a: '1' }, 8)).toEqual({ applied: [], isOpen: false, shown: ['a'] });
    expect([unchanged, seen, absent].map(({ phase }) => phase.kind)).toEqual(
      Array(3).fill('reading'),
    );
    expect([...seen.writes.written.keys()]).toEqual(['a']);
    expect(absent.writes.soFar).toEqual([{ fate: 'unknowable', accepted: false }]);
  });

  it('leaves as written only what is there', () => {
    const { settled, write, writer } = setUp(5);
    const update = writer({ sets: { a: '1', b: '2' } });
    settled(write([update]), { a: '1' }, 8);
    expect([...update.writes.written.keys()]).toEqual(['a']);
  });

  it.each<[string, Omit<Writer, 'sets'>, number, string]>([
    ['ends a claim of which nobody can tell', { conditional: true }, 8, 'indeterminate'],
    [
      'ends what must not run twice and of which nobody can tell',
      { idempotent: false },
      8,
      'indeterminate',
    ],
    ['has a claim try again that surely was not applied', { conditional: true }, 6, 'reading'],
    ['has a change that may run twice try again', {}, 8, 'reading'],
  ])('%s', async (_, more, version, end) => {
    const { settled, write, writer } = setUp(5, { a: '0' });
    const update = writer({ ...more, sets: { a: '1' } });
    settled(write([update]), { a: '9' }, version);
    expect(await endOf(update)).toBe(end);
  });

  it('says what stands in the parts of who ends because nobody can tell', async () => {
    const { clock, settled, write, writer } = setUp(5, { a: '0', b: '0' });
    const update = writer({ conditional: true, sets: { a: '1', b: '1' } });
    settled(write([update]), { a: '9', other: 'x' }, 8);
    const error = await clock.run(failureOf(update.result));
    expect(error.message).toBe('The record moved on after a write of unknown outcome.');
    expect(error.stands).toEqual(
      new Map([
        ['a', '9'],
        ['b', null],
      ]),
    );
  });
});

describe('A write that may still be applied', () => {
  it.each<[string, number | null, boolean, boolean]>([
    ['is open under a version', 5, false, true],
    ['is open under a version also where all have left, since others may meet it', 5, true, true],
    ['is open without a version', null, false, true],
    ['is nothing to anybody without a version, where all have left', null, true, false],
  ])('%s', (_, version, hasLeft, isOpen) => {
    const { settled, write, writer } = setUp(version);
    const update = writer({ sets: { a: '1' } });
    const shared = write([update]);
    if (hasLeft) update.end('cancelled');
    expect(settled(shared, {})).toEqual({ applied: [], isOpen, shown: [] });
  });

  it('stays what it was to who wrote it, and does not end who had nothing to write', () => {
    const { idle, settled, write, writer } = setUp(5);
    const [unchanged, update] = [idle(), writer({ sets: { a: '1' } })];
    const shared = write([unchanged, update]);
    update.noteFate(shared, 'open', { accepted: true });
    settled(shared, {});
    expect(update.writes.soFar).toEqual([{ fate: 'open', accepted: true }]);
    expect(unchanged.phase.kind).toBe('reading');
  });
});

describe('A write whose version another has taken', () => {
  it('is known to be lost by all who wrote it, and over', () => {
    const { write, writer } = setUp(5);
    const updates = [writer({ sets: { a: '1' } }), writer({ sets: { b: '2' } })];
    expect(settleAsLost(write(updates))).toBe(false);
    expect(updates.map(({ writes }) => writes.soFar)).toEqual([[], []]);
  });
});
