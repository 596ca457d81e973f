import { describe, expect, it } from '@jest/globals';

import { type Change, type Snapshot, strategies } from '../../core';
import { Memory } from '../../core/memory';
import { Member } from '../../core/member';
import { isStillOpen, settle, type Unsettled } from '../../core/unsettled';
import { failureOf, increment, set } from './changes';
import { type Content, ModelRecord } from './model-record';
import { VirtualClock } from './virtual-clock';

function setUp() {
  const clock = new VirtualClock();
  const store = new ModelRecord(clock).store();
  const member = (change: Change<Content, unknown>) =>
    new Member(
      change,
      {
        maxAttempts: 3,
        totalTimeoutMs: 1000,
        requestTimeoutMs: 300,
        backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
      },
      clock,
      undefined,
    );
  return { clock, store, member };
}

const at = (version: number | null, state: Content = {}): Snapshot<Content> => ({ version, state });

function unsettledBy(
  reports: readonly (readonly [Member<Content, unknown>, unknown])[],
  more: Partial<Unsettled<Content, unknown>> = {},
): Unsettled<Content, unknown> {
  for (const [member] of reports) member.uncertain = { accepted: false };
  return {
    base: at(5),
    next: { a: 1, b: 2 },
    reports: new Map(reports),
    bystanders: new Map(),
    batchSize: 4,
    ...more,
  };
}

describe('A write of unknown outcome', () => {
  it.each([
    [5, 5, true],
    [5, 4, true],
    [5, 6, false],
    [null, 5, false],
    [null, 0, false],
    [null, null, false],
    [5, null, false],
  ])('under version %j is still open at version %j: %j', (version, seen, open) => {
    expect(isStillOpen(unsettledBy([], { base: at(version) }), at(seen))).toBe(open);
  });

  it('is over for all where the record holds what was written', async () => {
    const { clock, store, member } = setUp();
    const [one, replaced] = [member(set({ b: 2 })), member(set({ a: 7 }))];
    const attempts = [one.takePart(), replaced.takePart()];
    const unsettled = unsettledBy([
      [one, { b: 2 }],
      [replaced, { a: 7 }],
    ]);
    settle(unsettled, at(9, { a: 1, b: 2 }), store);
    const results = await clock.run(Promise.all(attempts));
    expect(results).toMatchObject([
      { outcome: 'written', report: { b: 2 }, batchSize: 4, snapshot: { version: 9 } },
      { outcome: 'written', report: { a: 7 }, batchSize: 4 },
    ]);
  });

  it('is over for all where each finds all of its own', async () => {
    const { clock, store, member } = setUp();
    const [one, other] = [member(set({ a: 1 })), member(set({ b: 2 }))];
    const attempts = [one.takePart(), other.takePart()];
    const unsettled = unsettledBy([
      [one, { a: 1 }],
      [other, { b: 2 }],
    ]);
    settle(unsettled, at(9, { a: 1, b: 2, foreign: 3 }), store);
    expect([one.waits, other.waits]).toEqual([false, false]);
    expect(await clock.run(Promise.all(attempts))).toHaveLength(2);
  });

  it('is over for nobody where one of them does not find all of its own', () => {
    const { store, member } = setUp();
    const [one, other] = [member(set({ a: 1 })), member(set({ b: 2 }))];
    void one.takePart();
    void other.takePart();
    const unsettled = unsettledBy([
      [one, { a: 1 }],
      [other, { b: 2 }],
    ]);
    settle(unsettled, at(9, { a: 1, b: 8 }), store);
    expect([one.waits, other.waits]).toEqual([true, true]);
    // It was written as a whole, or not at all; but only the first can know.
    expect([one.written, other.written]).toEqual([{ a: 1 }, undefined]);
    expect([one.isUncertain, other.isUncertain]).toEqual([false, true]);
    // The write is over: a later one that is not applied does not make it known.
    expect([other.uncertain, other.perhapsOverwritten]).toEqual([undefined, true]);
    expect(one.provenWritten).toEqual({ a: 1 });
  });

  it('is taken for written by who finds all of its own, even where it was somebody else', () => {
    const { store, member } = setUp();
    const [one, other] = [member(set({ a: 1 })), member(set({ b: 2 }))];
    void one.takePart();
    void other.takePart();
    const unsettled = unsettledBy([
      [one, { a: 1 }],
      [other, { b: 2 }],
    ]);
    expect(settle(unsettled, at(6, { a: 1 }), store)).toBe(false);
    expect([one.provenWritten, other.provenWritten]).toEqual([{ a: 1 }, undefined]);
    expect([one.isUncertain, other.isUncertain]).toEqual([false, false]);
  });

  it('without a version is looked for as long as that matters to anybody', () => {
    const { store, member } = setUp();
    const [gone, here] = [member(set({ a: 1 })), member(set({ b: 2 }))];
    void here.takePart();
    const memory = new Memory<Content, unknown>();
    const reports = [[gone, { a: 1 }] as const, [here, { b: 2 }] as const];
    memory.unsettled = [
      unsettledBy(reports, { base: at(null) }),
      unsettledBy([[gone, { a: 1 }]], { base: at(null) }),
    ];
    memory.settleUnknown(at(null), store);
    expect(memory.unsettled.map(({ reports }) => [...reports.keys()])).toEqual([[gone, here]]);
  });

  it('is not proved to who cannot see its part where somebody else, at the next version, set the rest', () => {
    const { store, member } = setUp();
    const [replaced, last] = [member(set({ a: 1 })), member(set({ a: 7 }))];
    void replaced.takePart();
    void last.takePart();
    const reports = [[replaced, { a: 1 }] as const, [last, { a: 7 }] as const];
    const unsettled = unsettledBy(reports, { next: { a: 7 } });
    expect(settle(unsettled, at(6, { a: 7, foreign: 3 }), store)).toBe(false);
    expect([replaced.waits, replaced.written, replaced.isUncertain]).toEqual([
      true,
      undefined,
      false,
    ]);
    expect(settle(unsettled, at(7, { a: 7, foreign: 3 }), store)).toBe(true);
    expect(replaced.waits).toBe(false);
  });

  it('is not proved by what others made of a record that it was to leave as it was', () => {
    const { store, member } = setUp();
    const [one, undoing] = [member(set({ a: 1 })), member(set({ a: 0 }))];
    void one.takePart();
    void undoing.takePart();
    const reports = [[one, { a: 1 }] as const, [undoing, { a: 0 }] as const];
    const unsettled = unsettledBy(reports, { base: at(5, { a: 0 }), next: { a: 0 } });
    expect(settle(unsettled, at(7, { a: 5 }), store)).toBe(false);
    expect([one.waits, undoing.waits]).toEqual([true, true]);
  });

  it('is not proved by what was so before', () => {
    const { store, member } = setUp();
    const [replaced, idle] = [member(set({ a: 1 })), member(set({ b: 2 }))];
    void replaced.takePart();
    void idle.takePart();
    const reports = [[replaced, { a: 1 }] as const, [idle, { b: 2 }] as const];
    const unsettled = unsettledBy(reports, { base: at(5, { b: 2 }), next: { a: 7, b: 2 } });
    expect(settle(unsettled, at(9, { b: 2, foreign: 3 }), store)).toBe(false);
    expect([replaced.waits, replaced.written, idle.waits]).toEqual([true, undefined, true]);
  });

  it('surely was not applied where the version moved once, and to something else', () => {
    const { store, member } = setUp();
    const one = member(set({ a: 1 }));
    void one.takePart();
    settle(unsettledBy([[one, { a: 1 }]]), at(6, { a: 8 }), store);
    expect([one.waits, one.written, one.isUncertain]).toEqual([true, undefined, false]);
  });

  it('without a version may still arrive, whatever a read shows of it', () => {
    const { store, member } = setUp();
    const one = member({ ...set({ a: 1 }), shown: () => 'part' });
    void one.takePart();
    settle(unsettledBy([[one, { a: 1 }]], { base: at(null) }), at(null, { a: 8 }), store);
    expect([one.written, one.uncertain]).toEqual([undefined, { accepted: false }]);
  });

  it('without a version is over for who finds all of its own, whatever became of lane-mates', () => {
    const { store, member } = setUp();
    const [one, other] = [member(set({ a: 1 })), member(set({ b: 2 }))];
    void one.takePart();
    void other.takePart();
    const unsettled = unsettledBy(
      [
        [one, { a: 1 }],
        [other, { b: 2 }],
      ],
      { base: at(null) },
    );
    settle(unsettled, at(null, { a: 1, b: 8 }), store);
    expect([one.written, one.uncertain]).toEqual([{ a: 1 }, undefined]);
    expect([other.written, other.uncertain]).toEqual([undefined, { accepted: false }]);
  });

  it.each([
    [6, undefined, true],
    [7, { a: 1, b: 1 }, false],
  ])(
    'is not proved by a part of it, which others may have set (version %i)',
    (seen, written, perhapsOverwritten) => {
      const { store, member } = setUp();
      const one = member({ ...set({ a: 1, b: 1 }), shown: () => 'part' });
      void one.takePart();
      settle(unsettledBy([[one, { a: 1, b: 1 }]]), at(seen, { a: 1, b: 8 }), store);
      expect([one.waits, one.written, one.provenWritten]).toEqual([true, written, undefined]);
      expect([one.uncertain, one.perhapsOverwritten]).toEqual([undefined, perhapsOverwritten]);
      expect(one.failed('refused')).toMatchObject({ reason: 'indeterminate', written: false });
    },
  );

  it('leaves open what became of a change that must not run twice', async () => {
    const { clock, store, member } = setUp();
    const [count, set1] = [member(increment), member(set({ a: 1 }))];
    const failure = failureOf(count.takePart());
    const attempt = set1.takePart();
    const reports = [[count, 1] as const, [set1, { a: 1 }] as const];
    const unsettled = unsettledBy(reports, { next: { a: 1, count: 1 } });
    settle(unsettled, at(9, { a: 1, count: 1, foreign: 3 }), store);
    expect(await clock.run(failure)).toMatchObject({
      reason: 'indeterminate',
      message: 'The record moved on after a write of unknown outcome.',
    });
    expect((await clock.run(attempt)).outcome).toBe('written');
  });

  it('where it was applied is over, too, for who had nothing to write in it', async () => {
    const { clock, store, member } = setUp();
    const idle = member(set({ c: 1 }));
    const done = member(set({ d: 1 }));
    const unsure = member(set({ e: 1 }));
    done.noteWritten({ d: 1 });
    unsure.uncertain = { accepted: false };
    const attempts = [idle.takePart(), done.takePart()];
    void unsure.takePart();
    const bystanders = new Map([idle, done, unsure].map((one) => [one, {}]));
    const writer = member(set({ a: 1, b: 2 }));
    const unsettled = unsettledBy([[writer, { a: 1, b: 2 }]], { bystanders });
    settle(unsettled, at(6, { a: 1, b: 2 }), store);
    const results = await clock.run(Promise.all(attempts));
    expect(results.map(({ outcome }) => outcome)).toEqual(['unchanged', 'written']);
    expect(unsure.waits).toBe(true);
  });

  it('that was not applied is nothing to who has left either', () => {
    const { store, member } = setUp();
    const gone = member(set({ a: 1 }));
    settle(unsettledBy([[gone, { a: 1 }]]), at(9, { a: 1, b: 8 }), store);
    expect([gone.written, gone.uncertain]).toEqual([undefined, { accepted: false }]);
  });

  it('is nothing to who has left', () => {
    const { store, member } = setUp();
    const gone = member(set({ a: 1 }));
    const here = member(set({ b: 2 }));
    void here.takePart();
    const unsettled = unsettledBy([
      [gone, { a: 1 }],
      [here, { b: 2 }],
    ]);
    settle(unsettled, at(9, { a: 1, b: 2 }), store);
    expect([here.waits, gone.written]).toEqual([false, undefined]);
  });
});
