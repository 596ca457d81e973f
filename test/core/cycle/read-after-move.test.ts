import { describe, expect, it } from '@jest/globals';

import { StoreError, strategies } from '../../../core';
import { readAfterMove } from '../../../core/cycle/read-after-move';
import { update } from '../alone';
import { ModelRecord } from '../model-record';
import { runs } from '../runs';
import { seededRandom, VirtualClock } from '../virtual-clock';

const NOTHING = new Map<string, string>();

/** Reads of a record that moves at the given times, with a round trip of 20 ms. */
function chase(moves: number[], signal?: AbortSignal, failing?: number) {
  const clock = new VirtualClock();
  let sent = 0;
  const read = async () => {
    const sentAt = clock.now();
    const index = sent++;
    await clock.sleep(10);
    const version = moves.filter((at) => at <= clock.now()).length;
    await clock.sleep(10);
    if (index === failing) throw new StoreError('503', { kind: 'transient' });
    return { snapshot: { parts: NOTHING, raw: null, version }, sentAt, answeredAt: clock.now() };
  };
  return { clock, result: readAfterMove(read, clock, 2, signal), sent: () => sent };
}

describe('Reading after a move', () => {
  it('gives the first snapshot that is newer than the one before', async () => {
    const { clock, result } = chase([5, 17, 40]);
    const { snapshot, sentAt, answeredAt } = await clock.run(result);
    expect(snapshot.version).toBe(2);
    expect(sentAt + 10 - 17).toBeGreaterThanOrEqual(0);
    expect(sentAt + 10 - 17).toBeLessThanOrEqual(2);
    expect(answeredAt).toBe(clock.now());
  });

  it('compares in the order of sending, though replies overtake each other', async () => {
    const clock = new VirtualClock();
    // The first read is slow: its old state arrives after newer ones, and is no base to compare with.
    const replies = [
      { version: 1, ms: 30 },
      { version: 2, ms: 10 },
      { version: 2, ms: 10 },
    ];
    let sent = 0;
    const read = async () => {
      const index = sent++;
      const { version, ms } = replies[index] ?? { version: 3, ms: 10 };
      const sentAt = clock.now();
      await clock.sleep(ms);
      return { snapshot: { parts: NOTHING, raw: index, version }, sentAt, answeredAt: clock.now() };
    };
    const { snapshot } = await clock.run(readAfterMove(read, clock, 2));
    expect(snapshot).toMatchObject({ raw: 1, version: 2 });
  });

  it('sends nothing more once it has found one', async () => {
    const { clock, result, sent } = chase([17]);
    await clock.run(result);
    const before = sent();
    // Found at 28 ms; one read every 2 ms until then.
    expect(before).toBeLessThanOrEqual(15);
    await clock.run(clock.sleep(1000));
    expect(sent()).toBe(before);
  });

  it('takes the last of a limited number of reads where the record stands still', async () => {
    const { clock, result, sent } = chase([]);
    expect((await clock.run(result)).sentAt).toBe(46);
    expect(sent()).toBe(24);
  });

  it('fails as the first read that fails', async () => {
    const { clock, result } = chase([], undefined, 3);
    await expect(clock.run(result)).rejects.toMatchObject({ failure: { kind: 'transient' } });
  });

  it.each([5, 47.5])('ends at once when it is aborted (after %d ms)', async (ms) => {
    const abort = new AbortController();
    const { clock, result, sent } = chase([], abort.signal);
    clock.at(ms, () => {
      abort.abort();
    });
    await expect(clock.run(result)).rejects.toMatchObject({
      message: 'Reading was given up.',
      failure: { kind: 'transient' },
    });
    expect(clock.now()).toBe(ms);
    const before = sent();
    await clock.run(clock.sleep(100));
    expect(sent()).toBe(before);
  });
});

describe('A writer whose record moves faster than it can read and write', () => {
  it.each([21.5, 25, 28])(
    'gets through with default settings, moves every %d ms',
    async (everyMs) => {
      for (let seed = 1; seed <= runs(200); seed++) {
        const clock = new VirtualClock();
        const random = seededRandom(seed);
        const record = new ModelRecord(clock, { roundTripMs: 20 });
        const churn = () => {
          record.commit({});
          clock.at(clock.now() + everyMs + random() - 0.5, churn);
        };
        clock.at(random() * everyMs, churn);
        const result = await clock.run(
          update(
            record.store(),
            {
              idempotent: true,
              apply: ({ state }) => ({ kind: 'write', next: { ...state, a: 1 }, report: null }),
            },
            {
              maxAttempts: 30,
              totalTimeoutMs: 30_000,
              requestTimeoutMs: 10_000,
              backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
            },
            { clock, random },
          ),
        );
        expect(result.outcome).toBe('written');
        expect(result.elapsedMs).toBeLessThan(4000);
      }
    },
  );
});
