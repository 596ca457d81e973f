import { describe, expect, it } from '@jest/globals';

import { strategies } from '../../../core';
import { failureOf, increment } from '../changes';
import { Lanes } from '../flat';
import { type Content, ModelRecord } from '../model-record';
import { runs } from '../runs';
import { seededRandom, VirtualClock } from '../virtual-clock';
import { POLICY, conflict, hundred, refuse, setUp, wanting } from './one-record';

describe('A process that goes on without a pause', () => {
  it('lets others in, who come now and then', async () => {
    const attempts: number[] = [];
    for (const seed of hundred.slice(0, runs(20))) {
      const clock = new VirtualClock();
      const record = new ModelRecord(clock);
      const process = (id: number) => {
        const lanes = new Lanes<Content, number>({ clock, random: seededRandom(seed * 10 + id) });
        return async () =>
          await lanes.update(
            () => Promise.resolve({ key: 'record', store: record.store() }),
            increment,
            { ...POLICY, backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }) },
          );
      };
      const pauseMs = seededRandom(seed);
      let others = 3;
      const nowAndThen = async (count: () => Promise<{ attempts: number }>) => {
        for (let update = 0; update < 10; update++) {
          attempts.push((await count()).attempts);
          await clock.sleep(500 * pauseMs());
        }
        others--;
      };
      const withoutPause = async (count: () => Promise<unknown>) => {
        while (others > 0) {
          await count();
          await clock.sleep(1);
        }
      };
      await clock.run(
        Promise.all([withoutPause(process(0)), ...[1, 2, 3].map((id) => nowAndThen(process(id)))]),
      );
    }
    expect(Math.max(...attempts)).toBeLessThanOrEqual(15);
  });
});

describe('A last attempt', () => {
  it('is not made on a receipt, which may be out of date', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    record.commit({ foreign: 1 });
    const result = await clock.run(later(200, wanting({ b: 1 }), { maxAttempts: 1 }));
    expect(result).toMatchObject({ outcome: 'written', attempts: 1 });
    expect(record.content).toEqual({ a: 1, b: 1, foreign: 1 });
  });

  it('is not lost to what a companion writes on a receipt', async () => {
    const { clock, record, start, later } = setUp();
    await clock.run(start(wanting({ a: 1 })));
    record.commit({ foreign: 1 });
    const [last] = await clock.run(
      Promise.all([later(50, wanting({ a: 1 }), { maxAttempts: 1 }), later(50, wanting({ b: 1 }))]),
    );
    expect(last).toMatchObject({ outcome: 'unchanged', attempts: 1 });
  });
});

describe('Lanes', () => {
  it('of different keys share nothing', async () => {
    const { clock, record, lanes } = setUp();
    const stores = [record.store(), record.store()];
    const used = [0, 0];
    await clock.run(
      Promise.all(
        stores.map((store, client) =>
          lanes.update(
            () =>
              Promise.resolve({
                key: `client ${client}`,
                store: {
                  ...store,
                  read: async (limits) => {
                    used[client] = (used[client] ?? 0) + 1;
                    return await store.read(limits);
                  },
                },
              }),
            wanting({ [`a${client}`]: 1 }),
            POLICY,
          ),
        ),
      ),
    );
    expect(used).toEqual([1, 2]);
    expect(record.content).toEqual({ a0: 1, a1: 1 });
  });

  it('are one for a record as long as anybody is in it, whoever has left', async () => {
    const { clock, lanes, start, later } = setUp({ freshMs: 0, writes: [conflict] });
    const [, first, third] = await clock.run(
      Promise.all([
        failureOf(start(refuse)),
        start(wanting({ a: 1 })),
        later(100, wanting({ b: 1 })),
      ]),
    );
    expect([first.batchSize, third.batchSize]).toEqual([2, 2]);
    expect(lanes.size).toBe(0);
  });

  it('leave nothing behind when they are idle and what they know is out of date', async () => {
    const { clock, lanes, start } = setUp({ freshMs: 250 });
    await clock.run(start(wanting({ a: 1 })));
    expect(lanes.size).toBe(1);
    await clock.run(clock.sleep(249));
    expect(lanes.size).toBe(1);
    await clock.run(start(wanting({ b: 1 })));
    await clock.run(clock.sleep(249));
    expect(lanes.size).toBe(1);
    await clock.run(clock.sleep(2));
    expect([lanes.size, clock.pending]).toEqual([0, 0]);
  });

  it('leave nothing behind after failures either', async () => {
    const { clock, lanes, start } = setUp({ writes: [conflict] });
    await clock.run(failureOf(start(wanting({ a: 1 }), { maxAttempts: 1 })));
    await clock.run(failureOf(start(refuse)));
    expect([lanes.size, clock.pending]).toEqual([0, 0]);
  });
});
