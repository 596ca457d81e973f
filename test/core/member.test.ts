import { describe, expect, it } from '@jest/globals';
import { getEventListeners } from 'node:events';

import { type Change, type Clock, StoreError, strategies, UpdateError } from '../../core';
import { Member } from '../../core/member';
import { failureOf, set } from './changes';
import type { Content } from './model-record';
import { VirtualClock } from './virtual-clock';

const snapshot = { state: { a: 1 }, version: 2 };

function setUp(totalTimeoutMs = 1000, signal?: AbortSignal) {
  const clock = new VirtualClock();
  return { clock, member: memberOn(clock, totalTimeoutMs, signal) };
}

function memberOn(
  clock: Clock,
  totalTimeoutMs: number,
  signal?: AbortSignal,
  merge: Change<Content, Content>['merge'] = (earlier, later) => ({ ...earlier, ...later }),
) {
  return new Member<Content, Content>(
    { ...set({ a: 1 }), merge },
    {
      maxAttempts: 3,
      totalTimeoutMs,
      requestTimeoutMs: 300,
      backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
    },
    clock,
    signal,
  );
}

describe('A member of a lane', () => {
  it('is numbered in order of arrival', () => {
    const { clock, member } = setUp();
    expect(memberOn(clock, 1).arrival).toBeGreaterThan(member.arrival);
  });

  it('takes part from the beginning of an attempt to its end', async () => {
    const { clock, member } = setUp();
    expect([member.waits, member.gone, member.stillTakesPart()]).toEqual([false, true, false]);
    const attempt = member.takePart();
    expect([member.waits, member.gone, member.stillTakesPart()]).toEqual([true, false, true]);
    member.succeed('written', snapshot, { a: 1 }, 3);
    expect([member.waits, member.gone]).toEqual([false, true]);
    expect(await clock.run(attempt)).toMatchObject({ outcome: 'written', snapshot, batchSize: 3 });
  });

  it('ends in one way only', async () => {
    const { clock, member } = setUp();
    const attempt = member.takePart();
    member.succeed('unchanged', snapshot, {}, 1);
    member.end('deadline');
    member.fail(new StoreError('503', { kind: 'transient' }));
    member.crash(new Error());
    expect((await clock.run(attempt)).outcome).toBe('unchanged');
  });

  it('that should have ended long ago ends when it is asked, whatever its timer does', async () => {
    let now = 0;
    const clock: Clock = {
      now: () => now,
      sleep: () => Promise.reject(new Error('nobody sleeps')),
      turn: () => Promise.resolve(),
      later: () => () => undefined,
    };
    const member = memberOn(clock, 1000);
    const attempt = failureOf(member.takePart());
    now = 1000;
    member.beginWrite();
    expect(member.stillTakesPart()).toBe(true);
    member.endWrite();
    expect(member.stillTakesPart()).toBe(false);
    expect(await attempt).toMatchObject({ reason: 'deadline', message: 'No reply came in time.' });
  });

  it('says with what words the server answered last, where it did', async () => {
    const { clock, member } = setUp(50);
    member.lastFailure = new StoreError('503', { kind: 'transient', retryAfterMs: 20 });
    expect(member.askedToWaitMs()).toBe(20);
    const error = await clock.run(failureOf(member.takePart()));
    expect(error).toMatchObject({ reason: 'deadline', message: '503' });
  });
});

describe('A member that is cancelled', () => {
  it('ends at once, tells its lane, and leaves no listener behind', async () => {
    const abort = new AbortController();
    const { clock, member } = setUp(1000, abort.signal);
    let left = 0;
    member.onLeave = () => {
      expect(member.waits).toBe(false);
      left++;
    };
    const attempt = failureOf(member.takePart());
    abort.abort();
    const error = await clock.run(attempt);
    expect(error).toMatchObject({ reason: 'cancelled', message: 'The execution was cancelled.' });
    expect(left).toBe(1);
    member.dispose();
    expect([getEventListeners(abort.signal, 'abort').length, clock.pending]).toEqual([0, 0]);
  });

  it('needs no lane to be told', async () => {
    const abort = new AbortController();
    const { clock, member } = setUp(1000, abort.signal);
    const attempt = failureOf(member.takePart());
    abort.abort();
    expect((await clock.run(attempt)).reason).toBe('cancelled');
  });

  it('while the server holds it back is cancelled, and not throttled', async () => {
    const abort = new AbortController();
    const { clock, member } = setUp(1000, abort.signal);
    member.heldBackBy = () => new StoreError('429', { kind: 'throttled', retryAfterMs: 5000 });
    const attempt = failureOf(member.takePart());
    abort.abort();
    expect((await clock.run(attempt)).reason).toBe('cancelled');
  });

  it('during its write waits for the outcome, and is gone for anything else', async () => {
    const abort = new AbortController();
    const { clock, member } = setUp(1000, abort.signal);
    let left = 0;
    member.onLeave = () => left++;
    const attempt = member.takePart();
    member.beginWrite();
    abort.abort();
    expect([member.waits, member.gone, left]).toEqual([true, true, 1]);
    member.succeed('written', snapshot, { a: 1 }, 1);
    expect((await clock.run(attempt)).outcome).toBe('written');
  });

  it('between two attempts is asked for by whoever begins the next one', () => {
    const abort = new AbortController();
    const { member } = setUp(1000, abort.signal);
    let left = 0;
    member.onLeave = () => left++;
    abort.abort();
    expect(left).toBe(0);
    expect(() => {
      member.stopIfOver();
    }).toThrow(UpdateError);
  });

  it('after it has been written and overwritten is not reported as cancelled', () => {
    const { member } = setUp();
    expect(member.failed('cancelled').reason).toBe('cancelled');
    member.noteWritten({ a: 1 });
    expect(member.failed('cancelled')).toMatchObject({ reason: 'indeterminate', written: true });
    expect(member.failed('attempts')).toMatchObject({ reason: 'attempts', written: true });
  });
});

describe('A member whose time is up', () => {
  it('during its write lets the store have the word first', async () => {
    const { clock, member } = setUp(50);
    const attempt = failureOf(member.takePart());
    member.beginWrite();
    clock.at(50, () => {
      member.lastFailure = new StoreError('no reply', { kind: 'ambiguous' });
    });
    expect(await clock.run(attempt)).toMatchObject({
      reason: 'indeterminate',
      message: 'no reply',
      story: { elapsedMs: 50 },
    });
  });

  it('during its write does not end the next attempt', async () => {
    const { clock, member } = setUp(50);
    const first = failureOfAttempt(member.takePart());
    member.beginWrite();
    let second: Promise<unknown> | undefined;
    clock.at(50, () => {
      member.fail(new StoreError('409', { kind: 'conflict', namesVersion: true }));
      second = member.takePart();
    });
    await clock.run(first);
    await clock.run(clock.sleep(10));
    expect(member.waits).toBe(true);
    member.succeed('written', snapshot, { a: 1 }, 1);
    await second;
  });
});

describe('What a member has written already', () => {
  it('is merged into what it reports in the end', async () => {
    const { clock, member } = setUp();
    member.noteWritten({ a: 1 });
    expect(member.written).toEqual({ a: 1 });
    member.noteWritten({ b: 2 });
    expect(member.written).toEqual({ a: 1, b: 2 });
    const attempt = member.takePart();
    member.succeed('written', snapshot, { c: 3 }, 1);
    expect((await clock.run(attempt)).report).toEqual({ a: 1, b: 2, c: 3 });
  });
});

describe('A bug in merging what a member has written', () => {
  const broken = (clock: Clock) =>
    memberOn(clock, 1000, undefined, () => {
      throw new RangeError('a bug');
    });

  it('is none where there is nothing to merge', async () => {
    const clock = new VirtualClock();
    const member = broken(clock);
    const attempt = member.takePart();
    member.succeed('written', snapshot, { a: 1 }, 1);
    expect((await clock.run(attempt)).report).toEqual({ a: 1 });
  });

  it('ends it', async () => {
    const clock = new VirtualClock();
    const member = broken(clock);
    const attempt = failureOfAttempt(member.takePart());
    member.noteWritten({ a: 1 });
    expect(member.waits).toBe(true);
    member.noteWritten({ b: 2 });
    expect(await clock.run(attempt)).toEqual(new RangeError('a bug'));
  });
});

async function failureOfAttempt(attempt: Promise<unknown>): Promise<unknown> {
  return await attempt.catch((error: unknown) => error);
}
