import { describe, expect, it } from '@jest/globals';

import { Outcomes } from '../../../core/cycle/outcomes';
import { partsOf } from '../evidence/log-of-one-record';
import { idle, setUp as setUpCycle, snapshotOf, waitOf } from './cycle-context';

function setUp() {
  const world = setUpCycle({ versioned: false });
  return { ...world, outcomes: new Outcomes(world.context) };
}

const BEFORE = snapshotOf({ a: '0', keep: 'x' }, null);

describe('Whoever has nothing to write', () => {
  it('is done where nothing that it rests on waits to be seen', async () => {
    const { join, outcomes } = setUp();
    const update = join();
    outcomes.idle(idle(update, { unseen: ['a'] }), 3, BEFORE);
    expect(await update.result).toMatchObject({
      outcome: 'unchanged',
      snapshot: BEFORE,
      note: 'as wanted',
      batchSize: 3,
    });
  });

  it('waits for what others have written, as one of its cycle, where that is accepted only', () => {
    const { accept, join, outcomes } = setUp();
    const update = join();
    accept({ a: '1' });
    outcomes.idle(idle(update, { unseen: ['a'] }), 3, snapshotOf({ a: '1' }, null));
    const wait = waitOf(update);
    expect(wait).toMatchObject({ note: 'as wanted', batchSize: 3 });
    expect(wait.write).toBeUndefined();
  });
});

describe('A write without an answer that is found applied', () => {
  it('is told as it was sent, and as nothing else', async () => {
    const { join, outcomes, writing } = setUp();
    const update = join();
    const write = writing(BEFORE, [[update, { a: '1' }]]);
    const found = snapshotOf({ a: '1', keep: 'x' }, null);
    outcomes.found(update, write, 'done', found);
    const result = await update.result;
    expect(result).toMatchObject({
      outcome: 'written',
      snapshot: found,
      note: 'done',
      batchSize: 1,
      changed: new Map([['a', { from: '0', to: '1' }]]),
    });
    expect(result.altered).toBeUndefined();
  });

  it('has changed what a companion has undone in it', async () => {
    const { join, outcomes, writing } = setUp();
    const [update, companion] = [join(), join()];
    const write = writing(BEFORE, [
      [update, { a: '1' }],
      [companion, { a: '0', b: '1' }],
    ]);
    outcomes.found(update, write, 'done', snapshotOf({ a: '0', b: '1', keep: 'x' }, null));
    expect((await update.result).changed).toEqual(new Map([['a', { from: '0', to: '1' }]]));
  });

  it('waits to be seen where what shows it may be what this process has sent later', () => {
    const { accept, clock, join, outcomes, writing } = setUp();
    const update = join();
    const write = writing(BEFORE, [[update, { a: '1' }]]);
    accept({ a: '1' });
    outcomes.found(update, write, 'done', snapshotOf({ a: '1', keep: 'x' }, null));
    const { awaits, ...wait } = waitOf(update);
    expect(wait).toMatchObject({ note: 'done', batchSize: 1 });
    expect(wait.write).toBe(write);
    expect(awaits.kind === 'values' && awaits.judge(partsOf({ a: '1' }), clock.now())).toBe(
      'settled',
    );
  });
});

describe('A write that was accepted', () => {
  it('is what there will be, and a success', () => {
    const { commits, context, join, outcomes, writing } = setUp();
    context.contention.noteConflict();
    const write = writing(BEFORE, [[join(), { a: '1' }]]);
    outcomes.accepted(write, context.log.noteAccepted(write.sending));
    expect(commits).toEqual([[BEFORE.parts, partsOf({ a: '1', keep: 'x' })]]);
    expect(context.contention.hadConflict).toBe(false);
  });

  it('is nothing to those who do not ask for it', () => {
    const { context, join, outcomes, writing } = setUp();
    const [asking, other] = [join(), join()];
    const write = writing(BEFORE, [
      [asking, { a: '1' }],
      [other, { b: '1' }],
    ]);
    const acceptances = context.log.noteAccepted(write.sending);
    outcomes.accepted(write, acceptances, (update) => update === asking);
    expect([asking.phase.kind, other.phase.kind]).toEqual(['confirming', 'reading']);
  });

  it('matters only to those who rest on it, not to those whom a read has told all before', () => {
    const { context, join, outcomes, writing } = setUp();
    const [writer, told, resting] = [join(), join(), join()];
    const write = writing(
      BEFORE,
      [[writer, { a: '1' }]],
      [idle(told, { isProved: true, unseen: ['a'] }), idle(resting, { unseen: ['a'] })],
    );
    outcomes.accepted(write, context.log.noteAccepted(write.sending));
    expect([told.phase.kind, resting.phase.kind]).toEqual(['reading', 'confirming']);
    expect(waitOf(resting)).toMatchObject({ batchSize: 3 });
  });

  it('is waited for by what was sent of it, and not by what a companion has undone', () => {
    const { clock, context, join, outcomes, writing } = setUp();
    const [update, companion] = [join(), join()];
    const write = writing(BEFORE, [
      [update, { a: '1', b: '1' }],
      [companion, { a: '0' }],
    ]);
    outcomes.accepted(write, context.log.noteAccepted(write.sending));
    const { awaits } = waitOf(update);
    expect(awaits.kind === 'values' && awaits.judge(partsOf({ a: '0', b: '1' }), clock.now())).toBe(
      'settled',
    );
  });

  it('is waited for by all that may show yet, where companions have undone all of it', () => {
    const { accept, clock, join, outcomes, writing } = setUp();
    accept({ a: '0' });
    const [update, companion] = [join(), join()];
    const write = writing(BEFORE, [
      [update, { a: '1' }],
      [companion, { a: '0' }],
    ]);
    outcomes.accepted(write, new Map());
    const { awaits } = waitOf(update);
    const judge = (a: string) =>
      awaits.kind === 'values' && awaits.judge(partsOf({ a }), clock.now());
    expect([judge(''), judge('0')]).toEqual(['open', 'settled']);
  });
});
