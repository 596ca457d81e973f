import { describe, expect, it } from '@jest/globals';

import type { Receipt, Store } from '../../../core';
import { Outcomes } from '../../../core/cycle/outcomes';
import { failureOf } from '../changes';
import { idle, refusing, setUp as setUpCycle, snapshotOf } from './cycle-context';

function setUp(store: Partial<Store<null>> = {}) {
  const world = setUpCycle(store);
  return { ...world, outcomes: new Outcomes(world.context) };
}

const BEFORE = snapshotOf({ a: '0', b: '7' }, 5);
/** A reply that shows what was there before. */
const OLD: Receipt<null> = { snapshot: BEFORE };

describe('A write that was taken under version 5', () => {
  it.each<[string, Receipt<null>, number]>([
    ['has made version 6 where its reply shows nothing', {}, 6],
    ['has made version 6 where its reply shows what was before', OLD, 6],
    [
      'has made version 6 where its reply tells no version, and not all',
      { snapshot: snapshotOf({ a: '1' }, null) },
      6,
    ],
    ['has made that of its reply', { snapshot: snapshotOf({ a: '1', b: '7' }, 6) }, 6],
    [
      'has made one before that of its reply',
      { snapshot: snapshotOf({ a: '1', b: 'theirs' }, 8) },
      8,
    ],
    [
      'has made none where the server does not count',
      { snapshot: snapshotOf({ a: '1', b: '7' }, 5) },
      5,
    ],
  ])('%s', (_, receipt, newest) => {
    const { context, join, outcomes, writing } = setUp();
    outcomes.taken(writing(BEFORE, [[join(), { a: '1' }]]), receipt);
    expect(context.record.newestVersion).toBe(newest);
  });

  it('proves a refusal, though its reply proves nothing', async () => {
    const { join, outcomes, writing } = setUp();
    const [writer, resting, other] = [join(), join(), join()];
    const write = writing(
      BEFORE,
      [[writer, { a: '1' }]],
      [idle(resting, { unseen: ['a'] }), refusing(other)],
    );
    outcomes.taken(write, OLD);
    expect((await failureOf(other.result)).reason).toBe('refused');
    expect([writer.phase.kind, resting.phase.kind]).toEqual(['confirming', 'confirming']);
  });

  it('is nothing to those whom a read has told all before', () => {
    const { join, outcomes, writing } = setUp();
    const told = join();
    const write = writing(BEFORE, [[join(), { a: '1' }]], [idle(told, { isProved: true })]);
    outcomes.taken(write, {});
    expect(told.phase.kind).toBe('reading');
  });

  it('is proof enough for those who do not wait to see it, where it was accepted', async () => {
    const { join, outcomes, writing } = setUp();
    const hurried = { waitUntilVisible: false };
    const [writer, resting] = [join(hurried), join(hurried)];
    const write = writing(BEFORE, [[writer, { a: '1' }]], [idle(resting, { unseen: ['a'] })]);
    outcomes.taken(write, { accepted: true });
    expect([(await writer.result).outcome, (await resting.result).outcome]).toEqual([
      'accepted',
      'unchanged',
    ]);
  });

  it('is begun anew where some of it is undone, with those who have nothing to write', () => {
    const { join, outcomes, writing } = setUp({ leftUndone: () => true });
    const [writer, resting] = [join(), join()];
    const write = writing(
      BEFORE,
      [[writer, { a: '1', b: null }]],
      [idle(resting, { unseen: ['b'] })],
    );
    const merged = snapshotOf({ a: '1', b: '7' }, 6);
    expect(outcomes.taken(write, { snapshot: merged })).toBe(merged);
    expect([writer.phase.kind, resting.phase.kind]).toEqual(['reading', 'reading']);
  });
});
