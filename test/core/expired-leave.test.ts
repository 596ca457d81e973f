import { describe, expect, it } from '@jest/globals';

import { failureOf } from './changes';
import type { Fault } from './model-record';
import { kinds, setUp, wanting } from './lane/one-record';

const expired: Fault = { kind: 'answer', failure: { kind: 'expired' }, message: '401' };

describe('A write that was not applied because the leave to write has expired', () => {
  it('is planned anew at once on a fresh read, which gets a new one', async () => {
    const { clock, record, start } = setUp({ writes: [expired] });
    const result = await clock.run(start(wanting({ a: 1 }), { maxAttempts: 1 }));
    expect(kinds(record)).toEqual(['read', 'write', 'read', 'write']);
    expect(result).toMatchObject({ outcome: 'written', attempts: 1, conflicts: 0, waitedMs: 0 });
  });

  it('is not sent again for whoever has left meanwhile, and was told so at once', async () => {
    const { clock, record, store, start } = setUp({ writes: [expired] });
    const read = store.read.bind(store);
    let reads = 0;
    // Getting the new one takes long.
    store.read = async (limits) => {
      if (reads++ > 0) await clock.sleep(900, limits.signal);
      return await read(limits);
    };
    const during = new AbortController();
    const after = new AbortController();
    clock.at(30, () => {
      during.abort();
    });
    clock.at(500, () => {
      after.abort();
    });
    const endedAt: number[] = [];
    const leave = async (name: string, signal: AbortSignal) => {
      const error = await failureOf(start(wanting({ [name]: 1 }), {}, signal));
      endedAt.push(clock.now());
      return error.reason;
    };
    const [result, ...reasons] = await clock.run(
      Promise.all([start(wanting({ a: 1 })), leave('b', during.signal), leave('c', after.signal)]),
    );
    expect(result.outcome).toBe('written');
    expect(reasons).toEqual(['cancelled', 'cancelled']);
    expect(endedAt).toEqual([40, 500]);
    expect(record.content).toEqual({ a: 1 });
  });

  it('ends the update when the new leave is refused, too', async () => {
    const { clock, record, start } = setUp({ writes: [expired, expired] });
    const error = await clock.run(failureOf(start(wanting({ a: 1 }))));
    expect(error).toMatchObject({ reason: 'permanent', message: '401' });
    expect(record.writes).toBe(2);
  });
});

describe('An update that is cancelled during its write', () => {
  it('ends when that is answered, whatever its companions go on with', async () => {
    const { clock, record, store, start } = setUp({ content: { b: 7 } });
    const write = store.write.bind(store);
    let isFirst = true;
    // A server that merges keeps what is left out, and is slow with the second write.
    store.write = async (next, base, limits) => {
      if (!isFirst) await clock.sleep(800);
      const kept = isFirst ? { b: 7 } : {};
      isFirst = false;
      return await write({ ...next, ...kept }, base, limits);
    };
    store.leftUndone = ({ state }) => state['b'] === 7;
    const removing = {
      idempotent: true,
      apply: ({ state: { b, ...rest } }: { readonly state: Readonly<Record<string, number>> }) =>
        b === 7
          ? ({ kind: 'write', next: rest, report: null } as const)
          : ({ kind: 'unchanged', report: null } as const),
    };
    const abort = new AbortController();
    clock.at(30, () => {
      abort.abort();
    });
    const [removed, cancelled] = await clock.run(
      Promise.all([
        start(removing),
        start(wanting({ a: 1 }), {}, abort.signal).finally(() => {
          expect(clock.now()).toBe(40);
        }),
      ]),
    );
    expect([removed.outcome, cancelled.outcome]).toEqual(['written', 'written']);
    expect(record.content).toEqual({ a: 1 });
  });
});
