import { describe, expect, it, jest } from '@jest/globals';

import { type Admission, type Permit, StoreError, strategies } from '../../../core';
import { failureOf } from '../changes';
import { VirtualClock } from '../virtual-clock';
import { conflict, type Options, POLICY, refuse, setUp, wanting } from './one-record';

describe('An error that asks for a long wait', () => {
  it.each([
    ['transient', 60_000],
    ['throttled', 3_600_000],
  ] as const)('(%s) closes the lane of a busy record for %i ms at most', async (kind, closedMs) => {
    const retryAfterMs = 365 * 86_400_000;
    const { clock, record, start, later } = setUp({
      reads: [{ kind: 'answer', failure: { kind, retryAfterMs } }],
    });
    // All the time somebody waits for the record.
    const updates = Array.from({ length: 200 }, (_, index) =>
      later(5 + index * 20_000, wanting({ [`a${index}`]: 1 })),
    );
    const [first, ...rest] = await clock.run(
      Promise.allSettled([start(wanting({ first: 1 })), ...updates]),
    );
    expect(first.status).toBe('rejected');
    expect(record.requests[1]?.at).toBe(10 + closedMs);
    const late = rest.filter((_, index) => index * 20_000 > closedMs);
    expect(late.length).toBeGreaterThan(0);
    expect(late.map(({ status }) => status)).toEqual(late.map(() => 'fulfilled'));
  });
});

describe('Permission to send requests', () => {
  /** Gives permits when the test says so. */
  class Desk implements Admission {
    readonly asked: { readonly at: number; readonly requests: number }[] = [];
    readonly afterConflict: boolean[] = [];
    readonly givenBack: number[] = [];
    closedForMs = 0;
    private readonly waiting: (() => void)[] = [];

    constructor(
      private readonly clock: () => VirtualClock,
      private readonly open: boolean,
    ) {}

    closed(): StoreError<never> | undefined {
      if (this.closedForMs === 0) return undefined;
      return new StoreError('429', { kind: 'throttled', retryAfterMs: this.closedForMs });
    }

    async permit(requests: number, signal: AbortSignal, afterConflict: boolean): Promise<Permit> {
      this.asked.push({ at: this.clock().now(), requests });
      this.afterConflict.push(afterConflict);
      const askedAt = this.clock().now();
      if (!this.open) {
        await new Promise<void>((resolve, reject) => {
          this.waiting.push(resolve);
          signal.addEventListener('abort', () => {
            reject(new Error('aborted'));
          });
        });
      }
      let left = requests;
      return {
        waitedMs: this.clock().now() - askedAt,
        use: () => (left-- > 0 ? () => undefined : undefined),
        giveBack: () => {
          this.givenBack.push(left);
          left = 0;
        },
      };
    }

    letIn(): void {
      this.waiting.shift()?.();
    }
  }

  function setUpDesk(open: boolean, options: Options = {}) {
    const desk: Desk = new Desk(() => world.clock, open);
    const world = setUp({ ...options, admission: desk });
    const store = world.record.store();
    world.store.read = async (limits) => {
      limits.permit?.use();
      return await store.read(limits);
    };
    world.store.write = async (next, base, limits) => {
      limits.permit?.use();
      return await store.write(next, base, limits);
    };
    return { ...world, desk };
  }

  it('for read and write is got before the read, and what is not used goes back', async () => {
    const { clock, desk, start } = setUpDesk(true, { content: { a: 1 } });
    await clock.run(start(wanting({ b: 1 })));
    expect(desk.asked).toEqual([{ at: 0, requests: 2 }]);
    expect(desk.givenBack).toEqual([0]);
    await clock.run(start(wanting({ c: 1 })));
    await clock.run(failureOf(start(refuse)));
    expect(desk.givenBack).toEqual([0, 1, 1]);
  });

  it.each([
    ['for the write alone where a read is at hand', 0, [1], ['write']],
    ['for both where that is too old by the time that it comes', 300, [1, 1], ['read', 'write']],
  ] as const)('is asked for %s', async (_, waitMs, permits, requests) => {
    const { clock, desk, lanes, record, store } = setUpDesk(waitMs === 0);
    const find = async () => {
      const sentAt = clock.now();
      await clock.sleep(20);
      const snapshot = { state: record.content, version: record.version };
      return { key: 'record', store, seen: { snapshot, sentAt, answeredAt: clock.now() } };
    };
    if (waitMs > 0) {
      clock.at(20 + waitMs, () => {
        desk.letIn();
      });
      clock.at(1000, () => {
        desk.letIn();
      });
    }
    await clock.run(lanes.update(find, wanting({ a: 1 }), POLICY));
    expect(desk.asked.map((asked) => asked.requests)).toEqual(permits);
    expect(record.requests.map(({ kind }) => kind)).toEqual(requests);
  });

  it('is asked for as what goes again after a conflict, until a write succeeds', async () => {
    const { clock, desk, start } = setUpDesk(true, { writes: [conflict, conflict] });
    await clock.run(start(wanting({ a: 1 })));
    await clock.run(start(wanting({ b: 1 })));
    expect(desk.afterConflict).toEqual([false, true, true, false]);
  });

  it('is waited for with the batch still open, and that counts as waiting', async () => {
    const { clock, desk, record, start, later } = setUpDesk(false);
    clock.at(500, () => {
      desk.letIn();
    });
    const results = await clock.run(
      Promise.all([start(wanting({ a: 1 })), later(400, wanting({ b: 1 }))]),
    );
    expect(record.requests.map(({ at }) => at)).toEqual([500, 520]);
    expect(results.map(({ batchSize, waitedMs }) => [batchSize, waitedMs])).toEqual([
      [2, 500],
      [2, 100],
    ]);
  });

  it('that is to be had at once is no wait, however slow the process is', async () => {
    const { clock, desk, start } = setUpDesk(true);
    const permit = desk.permit.bind(desk);
    desk.permit = async (...wanted) => {
      await clock.sleep(7);
      return { ...(await permit(...wanted)), waitedMs: 0 };
    };
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(result).toMatchObject({ waitedMs: 0, elapsedMs: 47 });
  });

  it('to be had at once leaves the wait before it as long as it was', async () => {
    const { clock, start } = setUpDesk(true, { writes: [conflict] });
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(result).toMatchObject({ attempts: 2, waitedMs: 100 });
  });

  it('counts towards the deadline of each, and nobody is left in the queue', async () => {
    const { clock, desk, record, lanes, start } = setUpDesk(false);
    clock.at(500, () => {
      desk.letIn();
    });
    const [late, other] = await clock.run(
      Promise.all([
        failureOf(start(wanting({ a: 1 }), { totalTimeoutMs: 200 })),
        start(wanting({ b: 1 })),
      ]),
    );
    expect(late).toMatchObject({
      reason: 'deadline',
      story: { attempts: 0, waitedMs: 200, elapsedMs: 200 },
    });
    expect(other.batchSize).toBe(1);
    expect(record.content).toEqual({ b: 1 });
    await clock.run(failureOf(start(wanting({ c: 1 }), { totalTimeoutMs: 200 })));
    await clock.run(clock.sleep(1000));
    expect([lanes.size, clock.pending, record.requests.length]).toEqual([0, 0, 2]);
  });

  it('is got by whoever comes in the moment in which all others leave', async () => {
    const { clock, desk, record, start } = setUpDesk(false);
    const abort = new AbortController();
    const leaving = failureOf(start(wanting({ a: 1 }), {}, abort.signal));
    const coming = clock.sleep(100).then(async () => {
      abort.abort();
      return await start(wanting({ b: 1 }));
    });
    clock.at(500, () => {
      desk.letIn();
      desk.letIn();
    });
    expect((await clock.run(leaving)).reason).toBe('cancelled');
    await clock.run(coming);
    expect(record.requests.map(({ at }) => at)).toEqual([500, 520]);
  });

  it('that the server holds back for less time than there is, is waited for', async () => {
    const { clock, desk, start } = setUpDesk(true);
    desk.closedForMs = 100;
    expect((await clock.run(start(wanting({ a: 1 })))).outcome).toBe('written');
  });

  it('is not asked for where nobody is left who wants it', async () => {
    const { clock, desk, start } = setUpDesk(true, { writes: [conflict] });
    const abort = new AbortController();
    clock.at(60, () => {
      abort.abort();
    });
    const error = await clock.run(failureOf(start(wanting({ a: 1 }), {}, abort.signal)));
    expect([error.reason, desk.asked.length]).toEqual(['cancelled', 1]);
  });

  it('is of no use to whose time was up before it came, whatever the timers do', async () => {
    const { clock, desk, record, start } = setUpDesk(false);
    clock.at(500, () => {
      desk.letIn();
    });
    const brokenTimers = jest.spyOn(clock, 'later').mockReturnValue(() => undefined);
    const task = failureOf(start(wanting({ a: 1 }), { totalTimeoutMs: 200 }));
    brokenTimers.mockRestore();
    expect((await clock.run(task)).reason).toBe('deadline');
    expect(record.requests).toEqual([]);
  });

  it('that the server holds back is what is reported when the time is up', async () => {
    const { clock, desk, start } = setUpDesk(false);
    clock.at(100, () => {
      desk.closedForMs = 5000;
    });
    const error = await failureOf(clock.run(start(wanting({ a: 1 }), { totalTimeoutMs: 200 })));
    expect(error).toMatchObject({
      reason: 'throttled',
      lastFailure: { failure: { retryAfterMs: 5000 } },
      story: { elapsedMs: 200 },
    });
  });

  it('for the write is not used up by reads that chase a moving record', async () => {
    const { clock, desk, record, start } = setUpDesk(true);
    const used: boolean[] = [];
    const permit = desk.permit.bind(desk);
    desk.permit = async (...wanted) => {
      const given = await permit(...wanted);
      return {
        ...given,
        use: () => {
          const answered = given.use();
          used.push(answered !== undefined);
          return answered;
        },
      };
    };
    const churn = () => {
      record.commit({});
      clock.at(clock.now() + 20.6, churn);
    };
    clock.at(15, churn);
    await clock.run(
      start(wanting({ a: 1 }), { backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }) }),
    );
    expect(record.reads).toBeGreaterThan(15);
    expect(used.every(Boolean)).toBe(true);
  });

  it('that cannot be had in time fails the update at once, with the time to wait', async () => {
    const { clock, desk, record, start } = setUpDesk(false);
    desk.closedForMs = 5000;
    const error = await failureOf(clock.run(start(wanting({ a: 1 }), { totalTimeoutMs: 5000 })));
    expect(error).toMatchObject({
      reason: 'throttled',
      lastFailure: { failure: { retryAfterMs: 5000 } },
      story: { attempts: 0, elapsedMs: 0 },
    });
    expect(record.requests).toEqual([]);
  });

  it('for one request at a time writes all the same, and only for those who are still there', async () => {
    const asked: number[] = [];
    const minute = 60_000;
    let nextAt = 0;
    const admission: Admission = {
      closed: () => undefined,
      permit: async (requests, signal) => {
        asked.push(requests);
        const waitMs = Math.max(0, nextAt - world.clock.now());
        nextAt = Math.max(nextAt, world.clock.now()) + minute;
        await world.clock.sleep(waitMs, signal);
        let left = 1;
        return {
          waitedMs: waitMs,
          ...(requests > 1 && { requests: 1 }),
          use: () => (left-- > 0 ? () => undefined : undefined),
          giveBack: () => {
            left = 0;
          },
        };
      },
    };
    const world = setUp({ admission });
    const { clock, record, start } = world;
    const abort = new AbortController();
    clock.at(30_000, () => {
      abort.abort();
    });
    const patient = { totalTimeoutMs: 300_000 };
    const [stays, leaves] = await clock.run(
      Promise.all([
        start(wanting({ a: 1 }), patient),
        failureOf(start(wanting({ b: 1 }), patient, abort.signal)),
      ]),
    );
    expect(leaves.reason).toBe('cancelled');
    expect(stays).toMatchObject({ outcome: 'written', attempts: 1 });
    expect(stays.waitedMs).toBeGreaterThan(59_000);
    expect(asked).toEqual([2, 1]);
    expect(record.content).toEqual({ a: 1 });
  });
});
