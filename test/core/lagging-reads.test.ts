import { describe, expect, it } from '@jest/globals';

import { strategies } from '../../core';
import { failureOf, set } from './changes';
import type { Content, Fault } from './model-record';
import { conflict, kinds, POLICY, refuse, setUp, wanting } from './lane/one-record';

/** A read that shows the record as it was at a version. */
const behind = (version: number, state: Content = {}): Fault => ({
  kind: 'stale',
  snapshot: { state, version },
});
const absent: Fault = { kind: 'answer', failure: { kind: 'permanent', isAbsent: true } };
const unnamed: Fault = {
  kind: 'answer',
  failure: { kind: 'conflict', namesVersion: false },
  message: 'the participant is locked',
};
const named: Fault = { kind: 'answer', failure: { kind: 'conflict', namesVersion: true } };

describe('A read that is older than what this process has seen', () => {
  it('proves nothing: the value of before is written again, and not taken for what is there', async () => {
    const { clock, record, start, later } = setUp({
      content: { a: 1 },
      reads: [undefined, behind(1, { a: 1 }), behind(1, { a: 1 })],
    });
    await clock.run(start(wanting({ a: 2 })));
    const result = await clock.run(later(10_000, wanting({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', attempts: 1, conflicts: 0 });
    expect(record.content).toEqual({ a: 1 });
  });

  it('is read again after 250 ms, then later and later, and that is waiting and no attempt', async () => {
    const { clock, record, start, later } = setUp({
      reads: [undefined, ...Array.from({ length: 8 }, () => behind(1))],
    });
    await clock.run(start(wanting({ a: 1 })));
    const from = clock.now() + 1000;
    const result = await clock.run(later(1000, wanting({ a: 2 }), { maxAttempts: 1 }));
    const times = record.requests.slice(2).map(({ at }) => Math.round(at - from));
    expect(times).toEqual([0, 250, 625, 1188, 2031, 3297, 5195, 7195, 9195, 9215]);
    expect(result).toMatchObject({ attempts: 1, waitedMs: 9035.3125 });
  });

  it('is known to be that until a minute after the last update has ended, however long that took', async () => {
    const unavailable: Fault = { kind: 'answer', failure: { kind: 'transient' } };
    const { clock, lanes, record, start, store, later } = setUp({
      content: { a: 1 },
      reads: [
        ...Array.from({ length: 12 }, () => unavailable),
        undefined,
        undefined,
        behind(1, { a: 1 }),
      ],
    });
    const backoff = strategies.fixed({ baseMs: 4000, maxMs: 4000 });
    record.commit({ a: 2 });
    const read = await clock.run(start(wanting({ a: 2 }), { backoff, totalTimeoutMs: 60_000 }));
    expect(read.outcome).toBe('unchanged');
    expect(read.elapsedMs).toBeGreaterThan(48_000);
    await clock.run(clock.sleep(25_000));
    // What is not used any more is forgotten whenever another record is.
    const another = async () => await Promise.resolve({ key: 'another', store });
    await clock.run(lanes.update(another, refuse, POLICY).catch(() => undefined));
    const result = await clock.run(later(25_000, wanting({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 0 });
    expect(record.content).toEqual({ a: 1 });
  });

  it('ends an update with its time, having written nothing', async () => {
    const { clock, record, start, later } = setUp({
      reads: [undefined, ...Array.from({ length: 40 }, () => behind(1))],
    });
    await clock.run(start(wanting({ a: 1 })));
    const error = await clock.run(failureOf(later(1000, wanting({ a: 2 }))));
    expect(error.reason).toBe('deadline');
    expect(record.writes).toBe(1);
  });

  it('lets an update go at once that is cancelled meanwhile, and sends nothing more', async () => {
    const { clock, record, start, later } = setUp({
      reads: [undefined, ...Array.from({ length: 40 }, () => behind(1))],
    });
    await clock.run(start(wanting({ a: 1 })));
    const abort = new AbortController();
    const at = clock.now() + 1100;
    clock.at(at, () => {
      abort.abort();
    });
    const error = await clock.run(failureOf(later(1000, wanting({ a: 2 }), {}, abort.signal)));
    expect(error.reason).toBe('cancelled');
    expect(clock.now()).toBe(at);
    await clock.run(clock.sleep(60_000));
    expect(record.requests).toHaveLength(3);
  });

  it('is believed again when nothing newer was seen for a minute', async () => {
    const { clock, record, start, later } = setUp({ reads: [undefined, behind(1, { a: 7 })] });
    await clock.run(start(wanting({ a: 1 })));
    await clock.run(later(61_000, wanting({ a: 7 })));
    expect(kinds(record)).toEqual(['read', 'write', 'read']);
  });
});

describe('Reads that still show the version on which a write met a conflict', () => {
  it('are behind where the conflict names the version: after two seconds comes one more try', async () => {
    const stale = Array.from({ length: 10 }, () => behind(1));
    const { clock, record, start } = setUp({ reads: stale, writes: [conflict] });
    const result = await clock.run(start(set({ a: 1 })));
    expect(kinds(record)).toEqual([
      ...['read', 'write'],
      ...['read', 'read', 'read', 'read', 'read', 'write'],
      ...['read', 'read', 'read', 'read', 'read', 'write'],
    ]);
    expect(result).toMatchObject({ outcome: 'written', attempts: 3, conflicts: 2 });
  });

  it('prove nothing where it does not: after two seconds comes one more try, then the words of the server', async () => {
    const { clock, record, start } = setUp({ writes: [unnamed, unnamed, unnamed] });
    const error = await failureOf(clock.run(start(set({ a: 1 }))));
    expect(error).toMatchObject({
      reason: 'permanent',
      message: 'the participant is locked',
      story: { attempts: 2, conflicts: 2 },
    });
    expect(record.requests.filter(({ kind }) => kind === 'write').map(({ at }) => at)).toEqual([
      20, 2191.25,
    ]);
  });

  it('do not end an update whose one more try is let through', async () => {
    const { clock, start } = setUp({ writes: [unnamed] });
    const result = await clock.run(start(set({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 1 });
  });

  it('do not end it however often the server says that it is about the version', async () => {
    const { clock, start } = setUp({ writes: [named, named, named] });
    const result = await clock.run(start(set({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 3 });
  });

  it.each<[string, Fault[], boolean]>([
    [
      'the version moves in between',
      Array.from({ length: 3 }, (_, count) => ({ kind: 'overtaken' as const, by: { count } })),
      true,
    ],
    ['there is no version to compare', [unnamed, unnamed, unnamed], false],
  ])('are none where %s', async (_, writes, versioned) => {
    const { clock, record, start } = setUp({ writes, versioned });
    const result = await clock.run(start(set({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 3 });
    // One for each try.
    expect(record.reads).toBe(4);
  });
});

describe('A conflict on a record without versions', () => {
  it('that comes five times in the same words ends the update with these', async () => {
    const writes = Array.from({ length: 9 }, () => unnamed);
    const { clock, record, start } = setUp({ writes, versioned: false });
    const error = await failureOf(clock.run(start(set({ a: 1 }))));
    expect(error).toMatchObject({ reason: 'permanent', message: 'the participant is locked' });
    expect(record.writes).toBe(5);
  });

  it('that goes on for five seconds ends it, too', async () => {
    const writes = Array.from({ length: 9 }, () => unnamed);
    const { clock, record, start } = setUp({ writes, versioned: false });
    const backoff = strategies.fixed({ baseMs: 2000, maxMs: 2000 });
    await failureOf(clock.run(start(set({ a: 1 }), { backoff })));
    expect(record.writes).toBe(4);
  });

  it('of another time does not count', async () => {
    const { clock, start, later } = setUp({ writes: [unnamed, unnamed], versioned: false });
    await failureOf(clock.run(start(set({ a: 1 }), { maxAttempts: 1 })));
    const result = await clock.run(later(20_000, set({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 1 });
  });

  it('is counted anew when its words change, or a write gets through', async () => {
    const four = (message: string) =>
      Array.from({ length: 4 }, (): Fault => ({ ...unnamed, message }));
    const { clock, start } = setUp({
      writes: [...four('locked'), ...four('busy'), undefined, ...four('busy')],
      versioned: false,
    });
    const results = await clock.run(
      start(set({ a: 1 })).then(async (first) => [first, await start(set({ a: 2 }))]),
    );
    expect(results.map(({ conflicts }) => conflicts)).toEqual([8, 4]);
  });
});

describe('A record that is missing in a read', () => {
  it('within ten seconds after a write of ours was taken is read again', async () => {
    const { clock, start, later } = setUp({ reads: [undefined, absent, absent] });
    await clock.run(start(wanting({ a: 1 })));
    const result = await clock.run(later(5000, wanting({ a: 2 })));
    expect(result).toMatchObject({ outcome: 'written', attempts: 1 });
  });

  it('within ten seconds after a write of ours got no answer is read again', async () => {
    const { clock, record, start } = setUp({
      reads: [undefined, absent, absent],
      writes: [{ kind: 'lost', appliedAfterMs: 0 }],
    });
    const result = await clock.run(start(wanting({ a: 1 })));
    expect(result).toMatchObject({ outcome: 'written' });
    expect(record.writes).toBe(1);
  });

  it('for longer than that is not there', async () => {
    const { clock, start, later } = setUp({
      reads: [undefined, ...Array.from({ length: 20 }, () => absent)],
    });
    await clock.run(start(wanting({ a: 1 })));
    const from = clock.now();
    const error = await clock.run(failureOf(later(9000, wanting({ a: 2 }))));
    expect(error).toMatchObject({ reason: 'permanent', story: { attempts: 1 } });
    expect(clock.now() - from).toBeGreaterThan(10_000);
    expect(clock.now() - from).toBeLessThan(12_000);
  });

  it('without such a write is not there', async () => {
    const { clock, record, start } = setUp({ reads: [absent] });
    expect(await clock.run(failureOf(start(wanting({ a: 1 }))))).toMatchObject({
      reason: 'permanent',
    });
    expect(record.reads).toBe(1);
  });

  it('is no reason to give a write up that says the same right after another one', async () => {
    const { clock, start, later } = setUp({ writes: [undefined, absent] });
    await clock.run(start(wanting({ a: 1 })));
    const result = await clock.run(later(1000, wanting({ a: 2 })));
    expect(result).toMatchObject({ outcome: 'written', attempts: 2 });
  });
});
