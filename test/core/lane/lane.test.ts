import { describe, expect, it, jest } from '@jest/globals';

import type { Admission, Permit } from '../../../core';
import { failureOf } from '../changes';
import { setUp, wanting } from './one-record';

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
