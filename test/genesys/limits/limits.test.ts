import { getEventListeners } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { type Change, Lanes, type Permit, type Store, StoreError, strategies } from '../../../core';
import { GenesysError } from '../../../genesys/transport/genesys-error';
import { Limits } from '../../../genesys/limits/limits';
import { Spacing } from '../../../genesys/limits/spacing';
import { seededRandom, VirtualClock } from '../../core/virtual-clock';

const { signal: never } = new AbortController();

/** Sets a part, whatever it was. */
const ONE_CHANGE: Change<null, null> = {
  idempotent: true,
  apply: () => ({
    kind: 'write',
    delta: new Map([['state', { from: null, to: '1' }]]),
    note: null,
  }),
};

function setUp(requestsPerMinute: number) {
  const clock = new VirtualClock();
  const limits = new Limits(requestsPerMinute, clock);
  /** Sends one request that is answered at once, and tells when that was. */
  const send = async (requests = 1): Promise<number> => {
    spend(await limits.permit(requests, never));
    return clock.now();
  };
  return { clock, limits, send };
}

/** Uses all of a permit; every answer comes at once. */
function spend(permit: Permit): number {
  for (let used = 0; ; used++) {
    const answered = permit.use();
    if (!answered) return used;
    answered();
  }
}

function times<Result>(count: number, action: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, action));
}

describe('the budget', () => {
  it('lets a burst through at once, and no more than the budget in any 60 seconds', async () => {
    const { clock, send } = setUp(3);
    expect(await clock.run(times(7, send))).toEqual([0, 0, 0, 60_000, 60_000, 60_000, 120_000]);
  });

  it('of one request a minute gives a permit for one, and an update writes with the next', async () => {
    const { clock, limits } = setUp(1);
    const sent: [string, number][] = [];
    const request = (kind: string, permit: Permit | undefined) => {
      const answered = permit?.use();
      if (!answered) throw new Error(`${kind} without a permit`);
      sent.push([kind, clock.now()]);
      answered();
    };
    const store: Store<null> = {
      versioned: true,
      admission: limits,
      read: ({ permit }) => {
        request('read', permit);
        return Promise.resolve({ parts: new Map(), version: 1, raw: null });
      },
      write: (delta, _, { permit }) => {
        request('write', permit);
        const parts = new Map([...delta].map(([name, { to }]) => [name, to ?? '']));
        return Promise.resolve({ snapshot: { parts, version: 2, raw: null } });
      },
    };
    const lanes = new Lanes<null, null>({ clock, random: () => 0 });
    const { outcome, attempts } = await clock.run(
      lanes.update(() => Promise.resolve({ key: 'r', store }), ONE_CHANGE, {
        maxAttempts: 5,
        totalTimeoutMs: 180_000,
        requestTimeoutMs: 10_000,
        backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
      }),
    );
    expect({ outcome, attempts, sent }).toEqual({
      outcome: 'written',
      attempts: 1,
      sent: [
        ['read', 0],
        ['write', 60_000],
      ],
    });
  });

  it('frees a unit after 60 seconds, not a moment earlier', async () => {
    const { clock, send } = setUp(1);
    await clock.run(send());
    await clock.run(clock.sleep(59_999));
    expect(await clock.run(send())).toBe(60_000);
  });

  it('frees each unit by itself', async () => {
    const { clock, send } = setUp(2);
    const sent = async () => {
      await send();
      await clock.sleep(20_000);
      return [await send(), await send(), await send()];
    };
    expect(await clock.run(sent())).toEqual([20_000, 60_000, 80_000]);
  });

  it('counts a request from its sending until 60 seconds after its answer', async () => {
    const { clock, limits, send } = setUp(1);
    const task = async () => {
      const answered = (await limits.permit(1, never)).use();
      clock.at(90_000, () => answered?.());
      return await send();
    };
    expect(await clock.run(task())).toBe(150_000);
  });

  it('counts an answer once, whenever it is told of it again', async () => {
    const { clock, limits, send } = setUp(2);
    const task = async () => {
      const permit = await limits.permit(2, never);
      const answered = permit.use();
      permit.use();
      answered?.();
      clock.at(1000, () => answered?.());
      return [await send(), await send()];
    };
    // The second request is never answered and counts for good.
    expect(await clock.run(task())).toEqual([60_000, 120_000]);
  });

  it('counts units that were granted and not used', async () => {
    const { clock, limits, send } = setUp(3);
    const task = async () => {
      const permit = await limits.permit(3, never);
      clock.at(200_000, () => {
        permit.giveBack();
      });
      return await send();
    };
    expect(await clock.run(task())).toBe(200_000);
  });

  it('has units back at once that were not used, and only those, once', async () => {
    const { clock, limits, send } = setUp(3);
    const task = async () => {
      const permit = await limits.permit(3, never);
      permit.use()?.();
      permit.giveBack();
      permit.giveBack();
      expect(permit.use()).toBeUndefined();
      return await times(3, send);
    };
    expect(await clock.run(task())).toEqual([0, 0, 60_000]);
  });

  it('grants as many as were asked for', async () => {
    const { clock, limits } = setUp(10);
    expect(spend(await clock.run(limits.permit(4, never)))).toBe(4);
  });

  it('grants no more than itself', async () => {
    const { clock, limits } = setUp(1);
    expect(spend(await clock.run(limits.permit(2, never)))).toBe(1);
    expect(spend(await clock.run(limits.permit(2, never)))).toBe(1);
    expect(clock.now()).toBe(60_000);
  });

  it('may be raised while somebody waits', async () => {
    const { clock, limits, send } = setUp(1);
    clock.at(500, () => {
      limits.requestsPerMinute = 3;
      expect(limits.requestsPerMinute).toBe(3);
    });
    expect(await clock.run(times(4, send))).toEqual([0, 500, 500, 60_000]);
  });

  it('may be lowered, below what is already sent', async () => {
    const { clock, limits, send } = setUp(3);
    await clock.run(times(3, send));
    limits.requestsPerMinute = 1;
    expect(await clock.run(times(2, send))).toEqual([60_000, 120_000]);
  });
});

describe('the gate', () => {
  it('grants nothing while it is closed', async () => {
    const { clock, limits, send } = setUp(100);
    limits.close(2000);
    expect(await clock.run(send())).toBe(2000);
  });

  it('closes on those who already wait, and is never opened earlier by a shorter closure', async () => {
    const { clock, limits, send } = setUp(1);
    clock.at(59_000, () => {
      limits.close(5000);
      limits.close(10);
    });
    expect(await clock.run(times(2, send))).toEqual([0, 64_000]);
  });

  it('opens after an hour, whatever the server asked for', async () => {
    const { clock, limits, send } = setUp(1);
    limits.close(Number.MAX_SAFE_INTEGER);
    expect(await clock.run(send())).toBe(3_600_000);
  });

  it('tells how a request would fail, only while it is closed', async () => {
    const { clock, limits } = setUp(1);
    expect(limits.closed()).toBeUndefined();
    limits.close(2000);
    await clock.run(clock.sleep(500));
    const error = limits.closed();
    expect(error).toBeInstanceOf(StoreError);
    expect(error?.failure).toEqual({ kind: 'throttled', retryAfterMs: 1500 });
    expect(error?.message).toBe('Genesys Cloud has asked this client to wait (429).');
    expect(error?.cause).toBeInstanceOf(GenesysError);
    expect(error?.cause).toMatchObject({
      message: 'Genesys Cloud has asked this client to wait (429).',
      details: { kind: 'throttled', sent: false, retryAfterMs: 1500 },
    });
    await clock.run(clock.sleep(1500));
    expect(limits.closed()).toBeUndefined();
  });

  it('is closed only on the client that was asked to wait', async () => {
    const { limits } = setUp(1);
    limits.close(1000);
    expect(setUp(1).limits.closed()).toBeUndefined();
    expect(await new Limits(1).permit(1, never)).toBeDefined();
  });
});

describe('the minute after a closure', () => {
  it('spaces those that waited, evenly at the rate of the budget', async () => {
    const { clock, limits, send } = setUp(300);
    limits.close(1000);
    const sent = await clock.run(times(50, send));
    expect(sent).toEqual(Array.from({ length: 50 }, (_, index) => 1000 + index * 200));
  });

  it('spaces larger permits further', async () => {
    const { clock, limits, send } = setUp(6);
    limits.close(1000);
    const task = Promise.all([send(2), send(1), send(1)]);
    expect(await clock.run(task)).toEqual([1000, 21_000, 31_000]);
  });

  it('ends, and bursts are fine again', async () => {
    const { clock, limits, send } = setUp(20);
    limits.close(1000);
    const burst = async (at: number) => {
      await clock.sleep(at);
      return await times(2, send);
    };
    const bursts = Promise.all([burst(60_999), burst(61_000)]);
    // Of the first burst the second is spaced, but not beyond the minute.
    expect(await clock.run(bursts)).toEqual([
      [60_999, 61_000],
      [61_000, 61_000],
    ]);
  });

  it('begins at once, whatever was granted before the closure', async () => {
    const { clock, limits, send } = setUp(10);
    await clock.run(send(5));
    limits.close(1000);
    expect(await clock.run(times(2, send))).toEqual([1000, 7000]);
  });

  it('begins anew when the gate closes again', async () => {
    const { clock, limits, send } = setUp(60);
    limits.close(1000);
    clock.at(2500, () => {
      limits.close(1000);
    });
    expect(await clock.run(times(4, send))).toEqual([1000, 2000, 3500, 4500]);
  });

  it('goes by the budget of the moment', async () => {
    const { clock, limits, send } = setUp(1);
    limits.close(1000);
    clock.at(3000, () => {
      limits.requestsPerMinute = 60;
    });
    expect(await clock.run(times(3, send))).toEqual([1000, 3000, 4000]);
  });
});

describe('the queue', () => {
  it('is first come, first served, even where a smaller request would fit', async () => {
    const { clock, limits, send } = setUp(3);
    await clock.run(send(2));
    const order: string[] = [];
    const ask = async (name: string, requests: number) => {
      spend(await limits.permit(requests, never));
      order.push(name);
    };
    await clock.run(Promise.all([ask('large', 2), ask('small', 1), ask('last', 1)]));
    expect(order).toEqual(['large', 'small', 'last']);
  });

  it('lets the urgent go before all others, among themselves in their order', async () => {
    const { clock, limits, send } = setUp(1);
    const order: string[] = [];
    const ask = async (name: string, permit: Promise<Permit>) => {
      spend(await permit);
      order.push(`${name} at ${clock.now()}`);
    };
    await clock.run(send());
    limits.close(1000);
    await clock.run(
      Promise.all([
        ask('first', limits.permit(1, never)),
        ask('urgent', limits.urgentPermit(1, never)),
        ask('next urgent', limits.urgentPermit(1, never)),
      ]),
    );
    expect(order).toEqual(['urgent at 60000', 'next urgent at 120000', 'first at 180000']);
  });

  it('holds the urgent back behind the gate and its spacing', async () => {
    const { clock, limits } = setUp(60);
    limits.close(1000);
    const ask = async () => {
      spend(await limits.urgentPermit(1, never));
      return clock.now();
    };
    expect(await clock.run(times(3, ask))).toEqual([1000, 2000, 3000]);
  });

  it('refuses whoever has given up already', async () => {
    const { clock, limits, send } = setUp(1);
    const reason = new Error('given up');
    await expect(limits.permit(1, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(limits.urgentPermit(1, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await clock.run(send())).toBe(0);
  });

  it('is left at once by whoever gives up, who holds up nobody', async () => {
    const { clock, limits, send } = setUp(3);
    await clock.run(send(2));
    const abort = new AbortController();
    const reason = new Error('given up');
    const gaveUp = expect(limits.permit(3, abort.signal)).rejects.toBe(reason);
    const behind = send();
    clock.at(100, () => {
      abort.abort(reason);
    });
    expect(await clock.run(behind)).toBe(100);
    await gaveUp;
  });

  it('is left by all that share a signal before anybody else moves up', async () => {
    const { clock, limits, send } = setUp(3);
    await clock.run(send(2));
    const abort = new AbortController();
    const gaveUp = [3, 1].map((requests) =>
      expect(limits.permit(requests, abort.signal)).rejects.toThrow('aborted'),
    );
    const behind = send();
    clock.at(100, () => {
      abort.abort();
    });
    expect(await clock.run(behind)).toBe(100);
    await Promise.all(gaveUp);
  });

  it('does not take a permit back when the signal aborts afterwards', async () => {
    const { limits } = setUp(1);
    const abort = new AbortController();
    const permit = limits.permit(1, abort.signal);
    abort.abort();
    expect((await permit).use()).toBeDefined();
  });
});

describe('a permit tells how long it was waited for', () => {
  it('and where the budget or the spacing held it back, that is all of that time', async () => {
    const { clock, limits } = setUp(4);
    const waits = async () => {
      const record = limits.about('record');
      const waited: number[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const permit = await record.permit(2, never);
        waited.push(permit.waitedMs);
        spend(permit);
      }
      return waited;
    };
    expect(await clock.run(waits())).toEqual([0, 0, 60_000]);
  });

  it('and at once is at once, however slow the process is', async () => {
    let asked = 0;
    const slow = Object.assign(new VirtualClock(), { now: () => asked++ });
    const limits = new Limits(4, slow);
    const permit = await slow.run(limits.about('record').permit(2, never));
    expect([permit.waitedMs, asked > 1]).toEqual([0, true]);
  });
});

describe('what is sent again and again about one thing', () => {
  const send = async (limits: Limits, key: string, requests = 2) => {
    spend(await limits.about(key).permit(requests, never));
  };

  const sendAgain = async (limits: Limits, key: string, turns: number) => {
    for (let turn = 0; turn < turns; turn++) await send(limits, key);
  };

  it('goes at once as long as half of the budget is free, and then at a fifth of its rate', async () => {
    const { clock, limits } = setUp(300);
    const sent = async () => {
      await sendAgain(limits, 'record', 76);
      const times = [clock.now()];
      for (let turn = 0; turn < 4; turn++) {
        await send(limits, 'record');
        times.push(clock.now());
      }
      return times;
    };
    expect(await clock.run(sent())).toEqual([0, 2000, 4000, 6000, 8000]);
  });

  it('is not held back where that thing has not had its share, however short the budget', async () => {
    const { clock, limits } = setUp(300);
    const sent = async () => {
      await sendAgain(limits, 'busy', 90);
      const since = clock.now();
      await sendAgain(limits, 'calm', 29);
      return clock.now() - since;
    };
    expect(await clock.run(sent())).toBe(0);
  });

  it('keeps to its rate, whoever sends it', async () => {
    const { clock, limits } = setUp(300);
    const end = new AbortController();
    let requests = 0;
    const keepSending = async (count: number) => {
      while (!end.signal.aborted) {
        await send(limits, 'record', count);
        requests += count;
      }
    };
    const sent = async () => {
      await sendAgain(limits, 'record', 76);
      const all = [keepSending(2), keepSending(1), keepSending(2)];
      await clock.sleep(30_000);
      end.abort();
      await Promise.all(all);
    };
    await clock.run(sent());
    // A fifth of 300 a minute, for half a minute and a bit more.
    expect(requests).toBeGreaterThan(25);
    expect(requests).toBeLessThanOrEqual(36);
  });

  it('never has to wait for more than 10 seconds for its turn', async () => {
    const { clock, limits } = setUp(10);
    const sent = async () => {
      await sendAgain(limits, 'record', 3);
      const since = clock.now();
      await send(limits, 'record');
      return clock.now() - since;
    };
    expect(await clock.run(sent())).toBe(10_000);
  });

  it.each([60, 100, 300])(
    'leaves something of %i a minute: with look-ups and cycles all the time, another gets in at once',
    async (budget) => {
      const { clock, limits } = setUp(budget);
      const end = new AbortController();
      const keepSending = async (key: string, requests: number) => {
        while (!end.signal.aborted) {
          await send(limits, key, requests);
          await clock.sleep(40);
        }
      };
      const busy = [keepSending('record', 2), keepSending('look-up', 1)];
      const other = async () => {
        const waits: number[] = [];
        for (let turn = 0; turn < 20; turn++) {
          await clock.sleep(20_000);
          const askedAt = clock.now();
          await send(limits, `other ${turn}`);
          waits.push(clock.now() - askedAt);
        }
        end.abort();
        await Promise.all(busy);
        return Math.max(...waits);
      };
      expect(await clock.run(other())).toBe(0);
    },
  );

  it('is tried again soon after a conflict, so that ten in a row leave time enough', async () => {
    const { clock, limits, send: sendAnything } = setUp(100);
    await clock.run(sendAnything(52));
    const lanes = new Lanes<null, null>({ clock, random: () => 0.5 });
    let version = 1;
    const snapshot = (state: string) => ({
      parts: new Map([['state', state]]),
      version,
      raw: null,
    });
    const store: Store<null> = {
      versioned: true,
      admission: limits.about('record'),
      read: async ({ permit }) => {
        permit?.use()?.();
        await clock.sleep(100);
        return snapshot('0');
      },
      // The record's own life moves the version, ten times right after it was read.
      write: async (_, base, { permit }) => {
        permit?.use()?.();
        if (version <= 10) version++;
        await clock.sleep(100);
        if (version === base.version) {
          version++;
          return { snapshot: snapshot('1') };
        }
        throw new StoreError('409', { kind: 'conflict', namesVersion: true });
      },
    };
    const update = lanes.update(() => Promise.resolve({ key: 'record', store }), ONE_CHANGE, {
      maxAttempts: 30,
      totalTimeoutMs: 30_000,
      requestTimeoutMs: 10_000,
      backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
    });
    expect(await clock.run(update)).toMatchObject({ outcome: 'written', conflicts: 10 });
  });

  it.each([1, 2, 3])(
    'does not keep time with somebody who writes every second (seed %d)',
    async (seed) => {
      const clock = new VirtualClock();
      const random = seededRandom(seed);
      const limits = new Limits(100, clock, 1, random);
      await clock.run(sendAgain(limits, 'record', 10));
      spend(await clock.run(limits.permit(32, never)));
      const lanes = new Lanes<null, null>({ clock, random });
      // It moves between the read and the write of whoever begins with a second.
      const version = () => Math.floor((clock.now() + 850) / 1000);
      const store: Store<null> = {
        versioned: true,
        admission: limits.about('record'),
        read: async ({ permit }) => {
          permit?.use()?.();
          await clock.sleep(100);
          return { parts: new Map(), version: version(), raw: null };
        },
        write: async (_, base, { permit }) => {
          permit?.use()?.();
          await clock.sleep(100);
          if (version() === base.version) return {};
          throw new StoreError('409', { kind: 'conflict', namesVersion: true });
        },
      };
      const backoff = strategies.adaptive({ baseMs: 100, maxMs: 5000 });
      const update = lanes.update(() => Promise.resolve({ key: 'record', store }), ONE_CHANGE, {
        maxAttempts: 30,
        totalTimeoutMs: 30_000,
        requestTimeoutMs: 10_000,
        backoff,
      });
      const { conflicts } = await clock.run(update);
      expect(conflicts).toBeGreaterThan(0);
      expect(conflicts).toBeLessThan(5);
    },
  );

  it('waits until its signal aborts, and no longer', async () => {
    const { clock, limits } = setUp(4);
    const abort = new AbortController();
    const sent = async () => {
      for (let turn = 0; turn < 3; turn++) await send(limits, 'record', 1);
      clock.at(clock.now() + 100, () => {
        abort.abort();
      });
      await limits.about('record').permit(1, abort.signal);
    };
    const startedAt = clock.now();
    await expect(clock.run(sent())).rejects.toThrow('aborted');
    expect(clock.now() - startedAt).toBe(100);
  });
});

describe('the spacing', () => {
  it('forgets what it has not heard of for a minute', async () => {
    const clock = new VirtualClock();
    const spacing = new Spacing(clock, () => 0.5);
    const turn = {
      requests: 1,
      signal: never,
      afterConflict: false,
      shortBudget: () => undefined,
    };
    const sent = async () => {
      await spacing.turn('one', turn);
      await clock.sleep(30_000);
      await spacing.turn('other', turn);
      const sizes = [spacing.size];
      await clock.sleep(30_001);
      sizes.push(spacing.size);
      await clock.sleep(30_000);
      return [...sizes, spacing.size];
    };
    expect(await clock.run(sent())).toEqual([2, 1, 0]);
    expect(clock.pending).toBe(0);
  });

  it('forgets it, too, where a timer goes off a fraction of a millisecond early', async () => {
    const clock = new VirtualClock();
    const set = clock.later.bind(clock);
    clock.later = (ms, action) => set(ms - 0.7, action);
    const spacing = new Spacing(clock, () => 0.5);
    const shortBudget = () => undefined;
    await spacing.turn('one', { requests: 1, signal: never, afterConflict: false, shortBudget });
    expect(spacing.size).toBe(1);
    await clock.run(clock.sleep(70_000));
    expect(spacing.size).toBe(0);
  });
});

describe('when nobody waits', () => {
  it('no timer and no listener is left', async () => {
    const { clock, limits, send } = setUp(1);
    const { signal } = new AbortController();
    spend(await clock.run(limits.permit(1, signal)));
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
    await clock.run(send());
    limits.close(100_000);
    limits.requestsPerMinute = 2;
    expect(clock.pending).toBe(0);

    const waiting = limits.permit(1, signal);
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([1, 1]);
    spend(await clock.run(waiting));
    expect([clock.pending, getEventListeners(signal, 'abort').length]).toEqual([0, 0]);
  });

  it('there is no timer, nor where only an answer can make room', async () => {
    const { clock, limits, send } = setUp(1);
    const answered = (await limits.permit(1, never)).use();
    const waiting = send();
    expect(clock.pending).toBe(0);
    answered?.();
    expect(clock.pending).toBe(1);
    expect(await clock.run(waiting)).toBe(60_000);
  });

  it('no timer and no listener is left of those that gave up', async () => {
    const { clock, limits } = setUp(1);
    limits.close(1000);
    const abort = new AbortController();
    const waiting = times(3, () => limits.permit(1, abort.signal));
    expect(clock.pending).toBe(1);
    abort.abort();
    await expect(waiting).rejects.toBe(abort.signal.reason);
    expect(clock.pending).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });
});

describe('those who wait with one signal', () => {
  it('share one listener, however many they are', async () => {
    const { clock, limits } = setUp(1000);
    limits.close(1000);
    const { signal } = new AbortController();
    const waiting = [
      times(500, () => limits.permit(1, signal)),
      times(500, () => limits.urgentPermit(1, signal)),
    ];
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await clock.run(Promise.all(waiting));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('what is held', () => {
  const ask = async (limits: Limits, key: string) => await limits.about(key).permit(2, never);

  it('gets a permit once it is let go, and not before; all else gets one', async () => {
    const { clock, limits } = setUp(100);
    const letGo = limits.hold('held');
    clock.at(100, letGo);
    const at = async (key: string) => {
      const { waitedMs } = await ask(limits, key);
      return [key, clock.now(), waitedMs];
    };
    // It is no wait for the server.
    expect(await clock.run(Promise.all([at('held'), at('other')]))).toEqual([
      ['held', 100, 0],
      ['other', 0, 0],
    ]);
  });

  it('waits for all who hold it, but for nobody who came later', async () => {
    const { clock, limits } = setUp(100);
    const [one, other] = [limits.hold('held'), limits.hold('held')];
    const waiting = ask(limits, 'held').then(() => clock.now());
    clock.at(100, one);
    clock.at(150, () => limits.hold('held'));
    clock.at(200, other);
    expect(await clock.run(waiting)).toBe(200);
  });

  it('waits no longer than until its signal aborts, and leaves no listener', async () => {
    const { clock, limits } = setUp(100);
    limits.hold('held');
    const abort = new AbortController();
    const reason = new Error('given up');
    clock.at(50, () => {
      abort.abort(reason);
    });
    const waiting = expect(limits.about('held').permit(1, abort.signal)).rejects.toBe(reason);
    await clock.run(waiting);
    expect(clock.now()).toBe(50);
    const { signal } = new AbortController();
    const letGo = limits.hold('other');
    clock.at(60, letGo);
    await clock.run(limits.about('other').permit(1, signal));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('what the server tells of its count', () => {
  const unknown = { count: undefined, allowed: undefined, resetMs: undefined };

  it('lowers the budget until a later reply says otherwise', async () => {
    const { clock, limits, send } = setUp(3);
    limits.heed({ ...unknown, allowed: 1 });
    limits.heed(unknown);
    clock.at(1000, () => {
      limits.heed({ ...unknown, allowed: 2 });
    });
    expect(await clock.run(times(3, send))).toEqual([0, 1000, 60_000]);
    expect(limits.requestsPerMinute).toBe(3);
  });

  it('never raises the budget above the configured one', async () => {
    const { clock, limits, send } = setUp(1);
    limits.heed({ ...unknown, allowed: 1000 });
    expect(await clock.run(times(2, send))).toEqual([0, 60_000]);
  });

  it('leaves one request to find out where it allows none', async () => {
    const { clock, limits, send } = setUp(5);
    limits.heed({ ...unknown, allowed: 0 });
    expect(await clock.run(times(2, send))).toEqual([0, 60_000]);
  });

  it('closes the gate before a 429 when the count is full', async () => {
    const { clock, limits, send } = setUp(100);
    limits.heed({ count: 99, allowed: 100, resetMs: 5000 });
    limits.heed({ count: 100, allowed: 100, resetMs: undefined });
    limits.heed({ count: 100, allowed: undefined, resetMs: 5000 });
    limits.heed({ count: undefined, allowed: 100, resetMs: 5000 });
    expect(limits.closed()).toBeUndefined();
    limits.heed({ count: 100, allowed: 100, resetMs: 5000 });
    expect(limits.closed()?.failure).toEqual({ kind: 'throttled', retryAfterMs: 5000 });
    expect(await clock.run(times(2, send))).toEqual([5000, 5600]);
  });
});

it('100,000 permits are cheap, and so are 100,000 that wait', async () => {
  // By the processor's time, whatever else runs on the machine, and after a first run for the compiler.
  const costs: number[] = [];
  for (const permits of [25_000, 25_000, 100_000]) costs.push(await costOf(permits));
  const [, few = NaN, many = NaN] = costs;
  // Four times as much would be linear, sixteen times quadratic.
  expect(many / few).toBeLessThan(10);
}, 120_000);

/** In ms of the processor: so many permits one after another, and as many that wait at once. */
async function costOf(permits: number): Promise<number> {
  const { clock, limits, send } = setUp(permits / 2);
  const before = process.cpuUsage();
  for (let minute = 0; minute < 2; minute++) {
    for (let index = 0; index < permits / 2; index++) await send();
    await clock.run(clock.sleep(60_000));
  }
  const waiting = times(permits, async () => {
    spend(await limits.permit(1, new AbortController().signal));
  });
  await clock.run(waiting);
  const { system, user } = process.cpuUsage(before);
  return (system + user) / 1000;
}
