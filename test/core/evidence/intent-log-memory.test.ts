import { describe, expect, it } from '@jest/globals';

import type { IntentLog } from '../../../core/evidence/intent-log';
import { Registry } from '../../../core/registry';
import { VirtualClock } from '../virtual-clock';
import { intent, logOf, setUp, using } from './log-of-one-record';

describe('A log is useful', () => {
  it('for a minute after what was sent, or accepted, last', async () => {
    const { accepted, log, pass, send } = setUp();
    expect(log.usefulUntil).toBe(-Infinity);
    await pass(10);
    send({ a: '1' });
    expect(log.usefulUntil).toBe(60_010);
    await pass(10);
    const sent = send({ a: '2' });
    expect(log.usefulUntil).toBe(60_020);
    await pass(10);
    accepted(sent);
    expect(log.usefulUntil).toBe(60_030);
  });

  it('not for what was written under a version', () => {
    const { log } = setUp();
    log.note(intent({ a: '1' }, {}, 1));
    expect(log.usefulUntil).toBe(-Infinity);
  });

  it('to its own record, and to no other', () => {
    const clock = new VirtualClock();
    const logs = new Registry<IntentLog>(clock);
    const of = (record: string) =>
      using(
        logs.acquire(record, () => logOf(clock)),
        clock,
      );
    of('record').accept({ a: '2' }, { a: '1' });
    expect(of('record').shown({ a: '1' })).toEqual({ a: '2' });
    expect(of('another').shown({ a: '1' })).toEqual({ a: '1' });
  });

  it('so that none is left of records that nobody reads any more, seen or not', async () => {
    const clock = new VirtualClock();
    const logs = new Registry<IntentLog>(clock);
    const use = (record: string, action: (log: ReturnType<typeof using>) => void) => {
      action(
        using(
          logs.acquire(record, () => logOf(clock)),
          clock,
        ),
      );
      logs.release(record);
    };
    const pass = (ms: number) => clock.run(clock.sleep(ms));
    const records = Array.from({ length: 100 }, (_, index) => `record ${index}`);
    for (const record of records) {
      use(record, ({ accept }) => {
        accept({ a: '2' }, { a: '1' });
      });
    }
    for (const record of records.slice(0, 50)) {
      use(record, ({ shown }) => {
        expect(shown({ a: '2' })).toEqual({ a: '2' });
      });
    }
    await pass(40_000);
    use('record 0', ({ accept }) => {
      accept({ b: '2' });
    });
    expect(logs.values.length).toBe(100);
    await pass(20_000);
    expect(logs.values.length).toBe(1);
    use('record 0', ({ shown }) => {
      expect(shown({ a: '2' })).toEqual({ a: '2', b: '2' });
    });
    await pass(40_000);
    expect([logs.values.length, clock.pending]).toEqual([0, 0]);
  });
});

describe('What nobody uses', () => {
  it('is kept for no more than 10,000 records, the latest ones', () => {
    const clock = new VirtualClock();
    const logs = new Registry<IntentLog>(clock);
    const use = (record: string) => {
      const log = logs.acquire(record, () => logOf(clock));
      using(log, clock).accept({ a: '2' });
      logs.release(record);
      return log;
    };
    const first = use('first');
    for (let count = 0; count < 9999; count++) use(`record ${count}`);
    expect(use('first')).toBe(first);
    use('one more');
    expect([logs.values.length, clock.pending]).toEqual([10_000, 10_000]);
    expect(use('first')).toBe(first);
    expect(logs.values.length).toBe(10_000);
  });
});
