import { describe, expect, it, jest } from '@jest/globals';

import {
  type Admission,
  type Clock,
  Lanes,
  type Parts,
  type Permit,
  type Store,
  type UpdatePolicy,
} from '../../../core';
import { laidOver } from '../../../core/parts';
import { failureOf } from '../changes';
import { seededRandom, VirtualClock, withoutTimers } from '../virtual-clock';
import { POLICY, setUp, wanting } from './one-record';

describe('An update that comes while a cycle is under way', () => {
  it('has not waited when its own begins right after that', async () => {
    const { clock, later, start } = setUp();
    const updates = [start(wanting({ a: 1 })), later(10, wanting({ b: 1 }))];
    const results = await clock.run(Promise.all(updates));
    expect(results.map(({ waitedMs, elapsedMs }) => [waitedMs, elapsedMs])).toEqual([
      [0, 40],
      [0, 50],
    ]);
  });
});

describe('A bug in the loop of a record', () => {
  it('ends all of its updates with it, and none that comes later', async () => {
    const { clock, record, start } = setUp();
    await clock.run(start(wanting({ before: 1 })));
    await clock.run(clock.sleep(10));
    const bug = new RangeError('a bug');
    const turn = jest.spyOn(clock, 'turn').mockRejectedValueOnce(bug);
    const updates = [start(wanting({ a: 1 })), start(wanting({ b: 1 }))];
    expect(await clock.run(Promise.allSettled(updates))).toEqual([
      { status: 'rejected', reason: bug },
      { status: 'rejected', reason: bug },
    ]);
    turn.mockRestore();
    expect(await clock.run(start(wanting({ c: 1 })))).toMatchObject({ outcome: 'written' });
    expect(record.content).toEqual({ before: 1, c: 1 });
  });
});

describe('A bug of a store', () => {
  it('ends the update that meets it as it comes, and leaves no timer behind', async () => {
    const bug = new RangeError('a bug');
    const admission: Admission = {
      closed: () => {
        throw bug;
      },
      permit: async () => await Promise.reject(bug),
    };
    const { clock, lanes, start } = setUp({ admission });
    await expect(clock.run(start(wanting({ a: 1 })))).rejects.toBe(bug);
    expect([lanes.size, clock.pending]).toEqual([0, 0]);
  });
});

describe('A permit that is waited for', () => {
  /** Gives none before it is told to. */
  function setUpWaiting() {
    const asked: { signal: AbortSignal; give: () => void; refuse: () => void }[] = [];
    const permit: Permit = { waitedMs: 0, use: () => () => undefined, giveBack: () => undefined };
    const admission: Admission = {
      closed: () => undefined,
      permit: async (_, signal) =>
        await new Promise((resolve, reject) => {
          const refuse = () => {
            reject(new Error('There is none.'));
          };
          const give = () => {
            resolve(permit);
          };
          asked.push({ signal, give, refuse });
          signal.addEventListener('abort', refuse);
        }),
    };
    return { ...setUp({ admission }), asked };
  }

  it('is given up when the last one who wanted it has left, and not before', async () => {
    const { asked, clock, start } = setUpWaiting();
    const [first, second] = [new AbortController(), new AbortController()];
    const aborted: [number, boolean | undefined][] = [];
    for (const [at, leaves] of [
      [100, first],
      [200, second],
    ] as const) {
      clock.at(at, () => {
        leaves.abort();
      });
      clock.at(at + 1, () => aborted.push([at + 1, asked[0]?.signal.aborted]));
    }
    const updates = [first, second].map(({ signal }, index) =>
      failureOf(start(wanting({ [`a${index}`]: 1 }), {}, signal)),
    );
    const errors = await clock.run(Promise.all(updates));
    await clock.run(clock.sleep(10));
    expect(errors.map(({ reason }) => reason)).toEqual(['cancelled', 'cancelled']);
    expect(aborted).toEqual([
      [101, false],
      [201, true],
    ]);
  });

  it('is asked for once more where it could not be had, and nothing is sent without it', async () => {
    const { asked, clock, record, start } = setUpWaiting();
    const update = start(wanting({ a: 1 }));
    clock.at(100, () => asked[0]?.refuse());
    clock.at(200, () => asked[1]?.give());
    expect(await clock.run(update)).toMatchObject({ outcome: 'written', elapsedMs: 240 });
    expect(record.requests.map(({ at }) => at)).toEqual([200, 220]);
  });
});

describe('An update that was accepted and waits to be seen', () => {
  /** A record without versions: requests take 20 ms, and reads show what was accepted right away. */
  function setUpAccepting(clockOf: (clock: VirtualClock) => Clock = (clock) => clock) {
    const clock = new VirtualClock();
    const lanes = new Lanes<null, null>({ clock: clockOf(clock), random: seededRandom(1) });
    let parts: Parts = new Map();
    let reads = 0;
    const store: Store<null> = {
      versioned: false,
      read: async () => {
        reads++;
        await clock.sleep(20);
        return { parts, version: null, raw: null };
      },
      write: async (delta) => {
        await clock.sleep(20);
        parts = laidOver(parts, delta);
        return { accepted: true };
      },
    };
    const start = async (name: string, policy: Partial<UpdatePolicy> = {}) =>
      await lanes.update(
        async () => await Promise.resolve({ key: 'record', store }),
        {
          idempotent: true,
          apply: () => ({
            kind: 'write',
            delta: new Map([[name, { from: null, to: '1' }]]),
            note: null,
          }),
        },
        { ...POLICY, ...policy },
      );
    return { clock, start, reads: () => reads };
  }

  it('is shown what the next cycle reads', async () => {
    const { clock, reads, start } = setUpAccepting();
    const first = start('a');
    const second = clock.sleep(41).then(async () => await start('b'));
    expect((await clock.run(first)).elapsedMs).toBe(61);
    expect(reads()).toBe(2);
    await clock.run(second);
  });

  it('ends where its time was up before that, whatever its timer does', async () => {
    const { clock, start } = setUpAccepting(withoutTimers);
    const error = await clock.run(failureOf(start('a', { totalTimeoutMs: 30 })));
    expect(error).toMatchObject({ reason: 'deadline', accepted: true, story: { elapsedMs: 40 } });
  });
});
