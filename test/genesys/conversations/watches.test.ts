import { describe, expect, it } from '@jest/globals';

import { StoreError, UpdateError } from '../../../core';
import { AttributeWait, type Awaited, Ended } from '../../../genesys/conversations/attribute-wait';
import type { ConversationDocument } from '../../../genesys/conversations/conversation';
import type { WatchLimits } from '../../../genesys/conversations/watcher';
import { Watches } from '../../../genesys/conversations/watches';
import { VirtualClock } from '../../core/virtual-clock';

const ID = '22222222-2222-4222-8222-222222222222';
const CUSTOMER = '33333333-3333-4333-8333-333333333333';
const LIMITS: WatchLimits = { timeoutMs: 60_000, requestTimeoutMs: 10_000, maxAttempts: 30 };
const READ_MS = 20;

const customer = (attributes: object, more: object = {}) => ({
  id: CUSTOMER,
  purpose: 'customer',
  attributes,
  ...more,
});
const unavailable = () => new StoreError('503', { kind: 'transient' });

/** A conversation that is read in 20 ms, and changes at these times. */
function setUp(changes: readonly (readonly [number, ConversationDocument | StoreError])[]) {
  const clock = new VirtualClock();
  const watches = new Watches(clock);
  const reads: number[] = [];
  const aborted: number[] = [];
  const read = async ({ signal }: { signal: AbortSignal }) => {
    const sentAt = clock.now();
    reads.push(sentAt);
    await clock.sleep(READ_MS / 2, signal).catch((error: unknown) => {
      aborted.push(clock.now());
      throw error;
    });
    const now = changes.findLast(([at]) => at <= clock.now())?.[1];
    await clock.sleep(READ_MS / 2);
    if (now instanceof StoreError) throw now;
    return { conversation: now ?? { participants: [customer({})] }, sentAt };
  };
  const wait = (
    awaited: Awaited = { kind: 'exists' },
    limits: Partial<WatchLimits> = {},
    choice: { id: string } | { purpose: string } = { purpose: 'customer' },
    name = 'result',
  ) => {
    const judged = new AttributeWait(ID, choice, name, awaited);
    return watches.until(ID, read, (conversation) => judged.judge(conversation), {
      ...LIMITS,
      ...limits,
    });
  };
  const failure = async (waiting: Promise<unknown>) =>
    await waiting.then(
      () => undefined,
      (error: unknown) => error,
    );
  const later = async <Result>(ms: number, begin: () => Promise<Result>) => {
    await clock.sleep(ms);
    return await begin();
  };
  return { clock, reads, aborted, wait, failure, later };
}

const done = { participants: [customer({ result: 'sold' })] };

describe('Waiting for an attribute', () => {
  it('reads less and less often, and tells what that has taken', async () => {
    const { clock, reads, wait } = setUp([[3000, done]]);
    expect(await clock.run(wait())).toMatchObject({
      result: { value: 'sold', participant: { id: CUSTOMER } },
      reads: 5,
      waitedMs: 3850,
    });
    expect(reads).toEqual([0, 270, 790, 1810, 3830]);
    expect(clock.pending).toBe(0);
  });

  it('reads every five seconds at least', async () => {
    const { clock, reads, wait } = setUp([[30_000, done]]);
    await clock.run(wait());
    const gaps = reads.slice(1).map((at, index) => at - (reads[index] ?? 0) - READ_MS);
    expect(gaps.slice(0, 7)).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  });

  it('is over at once where it is there already, also in a conversation that has ended', async () => {
    const over = { ...done, endTime: '2026-11-26T10:00:00.000Z' };
    for (const conversation of [done, over]) {
      const { clock, reads, wait } = setUp([[0, conversation]]);
      expect(await clock.run(wait())).toMatchObject({ reads: 1, waitedMs: READ_MS });
      expect(reads).toHaveLength(1);
    }
  });

  it.each<[string, Awaited, object, boolean]>([
    ['exists: a value', { kind: 'exists' }, { result: 'x' }, true],
    ['exists: an empty value', { kind: 'exists' }, { result: '' }, false],
    ['exists: a number of another system', { kind: 'exists' }, { result: 0 }, true],
    ['equals: the value', { kind: 'equals', value: 'x' }, { result: 'x' }, true],
    ['equals: a wrapped value', { kind: 'equals', value: 'x' }, { result: { value: 'x' } }, true],
    ['equals: another', { kind: 'equals', value: 'x' }, { result: 'X' }, false],
    ['equals nothing: missing', { kind: 'equals', value: '' }, {}, true],
    ['equals: a number is no text', { kind: 'equals', value: '3' }, { result: 3 }, false],
    ['differs: another', { kind: 'differs', value: 'x' }, { result: 'y' }, true],
    ['differs: missing', { kind: 'differs', value: 'x' }, {}, true],
    ['differs: the same', { kind: 'differs', value: 'x' }, { result: 'x' }, false],
  ])('%s', async (_, awaited, attributes, isThere) => {
    const { clock, wait } = setUp([[0, { participants: [customer(attributes)] }]]);
    const outcome = wait(awaited, { timeoutMs: 100 }).then(
      () => true,
      () => false,
    );
    expect(await clock.run(outcome)).toBe(isThere);
  });

  it('costs what one wait costs, however many wait', async () => {
    const one = setUp([[3000, done]]);
    await one.clock.run(one.wait());
    const many = setUp([[3000, done]]);
    const waits = Array.from({ length: 50 }, () => many.wait());
    const results = await many.clock.run(Promise.all(waits));
    expect(many.reads).toEqual(one.reads);
    expect(results.every(({ reads }) => reads === one.reads.length)).toBe(true);
  });

  it('is told only of reads that were sent after it began, four a second at most', async () => {
    const { clock, later, reads, wait } = setUp([[1500, done]]);
    const waits = Array.from({ length: 100 }, (_, index) => later(index * 10 + 5, wait));
    const results = await clock.run(Promise.all(waits));
    expect(results.every(({ waitedMs }) => waitedMs >= READ_MS)).toBe(true);
    const gaps = reads.slice(1).map((at, index) => at - (reads[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(250);
  });

  it('ends at its timeout, and reads no more', async () => {
    const { clock, failure, reads, wait } = setUp([]);
    const error = await clock.run(failure(wait({ kind: 'exists' }, { timeoutMs: 2000 })));
    expect(error).toMatchObject({ reason: 'deadline', story: { attempts: 4, elapsedMs: 2000 } });
    expect(reads).toEqual([0, 270, 790, 1810]);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['between two reads', 300, 2],
    ['during a read', 275, 2],
    ['before the first', 0, 0],
  ])('is cancelled %s, and asks no more', async (_, at, count) => {
    const { aborted, clock, failure, reads, wait } = setUp([]);
    const abort = new AbortController();
    if (at === 0) abort.abort();
    else {
      clock.at(at, () => {
        abort.abort();
      });
    }
    const waiting = failure(wait({ kind: 'exists' }, { signal: abort.signal }));
    expect(await clock.run(waiting)).toMatchObject({ reason: 'cancelled' });
    await clock.run(clock.sleep(10_000));
    expect(reads).toHaveLength(count);
    expect(aborted).toEqual(at === 275 ? [275] : []);
    expect(clock.pending).toBe(0);
  });

  it('goes on for the others when one is cancelled', async () => {
    const { clock, failure, wait } = setUp([[3000, done]]);
    const abort = new AbortController();
    clock.at(275, () => {
      abort.abort();
    });
    const cancelled = failure(wait({ kind: 'exists' }, { signal: abort.signal }));
    const other = wait();
    expect(await clock.run(cancelled)).toMatchObject({ reason: 'cancelled' });
    expect(await clock.run(other)).toMatchObject({ reads: 5 });
  });

  it.each([
    ['conversation', { participants: [customer({})], endTime: '2026-11-26T10:00:00.000Z' }],
    [
      'participant',
      {
        participants: [
          customer({}, { endTime: '2026-11-26T10:00:00.000Z' }),
          { id: '44444444-4444-4444-8444-444444444444', purpose: 'customer' },
        ],
      },
    ],
  ])(
    'ends with the %s that it waits on, also where another has the same purpose',
    async (what, over) => {
      const { clock, failure, wait } = setUp([[500, over]]);
      const error = await clock.run(failure(wait()));
      expect(error).toBeInstanceOf(Ended);
      expect(error).toMatchObject({ what });
    },
  );

  it('says so where there is no such participant', async () => {
    const { clock, failure, reads, wait } = setUp([]);
    const error = await clock.run(failure(wait(undefined, {}, { purpose: 'agent' })));
    expect(error).toBeInstanceOf(UpdateError);
    expect(error).toMatchObject({ reason: 'permanent' });
    expect((error as UpdateError).message).toContain('has the purpose "agent"');
    expect(reads).toHaveLength(1);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'takes a name such as %s for data like any other',
    async (name) => {
      const { clock, failure, wait } = setUp([]);
      const waits = wait(undefined, { timeoutMs: 500 }, undefined, name);
      expect(await clock.run(failure(waits))).toMatchObject({ reason: 'deadline' });
    },
  );

  it('goes on where one read after another leaves out whom it has found', async () => {
    const nobody = { participants: [customer({}, { id: 'another', purpose: 'ivr' })] };
    const { clock, wait } = setUp([
      [200, nobody],
      [700, done],
    ]);
    expect(await clock.run(wait())).toMatchObject({ result: { value: 'sold' } });
  });

  describe('when reads fail', () => {
    it('goes on after a lost connection, and after the conversation was not there for a moment', async () => {
      const lost = new StoreError('reset', { kind: 'transient' });
      const missing = new StoreError('404', { kind: 'permanent', isAbsent: true });
      const { clock, wait } = setUp([
        [200, lost],
        [700, missing],
        [1500, done],
      ]);
      expect(await clock.run(wait())).toMatchObject({ result: { value: 'sold' }, reads: 2 });
    });

    it('waits as long as it is asked to', async () => {
      const busy = new StoreError('429', { kind: 'throttled', retryAfterMs: 7000 });
      const { clock, reads, wait } = setUp([
        [200, busy],
        [300, done],
      ]);
      await clock.run(wait());
      expect(reads).toEqual([0, 270, 290 + 7000]);
    });

    it('ends at once where it is asked to wait longer than it has time', async () => {
      const busy = new StoreError('429', { kind: 'throttled', retryAfterMs: 7000 });
      const { clock, failure, reads, wait } = setUp([[0, busy]]);
      const error = await clock.run(failure(wait(undefined, { timeoutMs: 5000 })));
      expect(error).toMatchObject({ reason: 'throttled', lastFailure: busy });
      expect(reads).toHaveLength(1);
    });

    it('ends at once where it is not there at all, or not allowed', async () => {
      for (const failure of [{ isAbsent: true } as const, {}]) {
        const {
          clock,
          failure: failing,
          wait,
        } = setUp([[0, new StoreError('no', { kind: 'permanent', ...failure })]]);
        expect(await clock.run(failing(wait()))).toMatchObject({ reason: 'permanent' });
      }
    });

    it('ends after as many failures in a row as it may have', async () => {
      const { clock, failure, reads, wait } = setUp([[200, unavailable()]]);
      const error = await clock.run(failure(wait(undefined, { maxAttempts: 3 })));
      expect(error).toMatchObject({ reason: 'attempts' });
      expect((error as UpdateError).failures).toHaveLength(3);
      expect(reads).toHaveLength(4);
    });

    it('ends with a bug', async () => {
      const { clock, failure } = setUp([]);
      const watches = new Watches(clock);
      const bug = new TypeError('a bug');
      const reading = () => Promise.reject(bug);
      expect(await clock.run(failure(watches.until(ID, reading, () => true, LIMITS)))).toBe(bug);
    });
  });
});
