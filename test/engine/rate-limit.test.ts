import { describe, expect, it } from '@jest/globals';

import { byPurpose, rows, run, simulatorForEachTest } from './set-up';
import { updateMany } from './update-many';

describe('One 429 with Retry-After 2 under 50 waiting updates', () => {
  const simulator = simulatorForEachTest({ latencyMs: 20 });

  it('stops all of them for two seconds, and lets them go on one after the other', async () => {
    simulator.current.fault({ on: 'read', kind: 'reply', status: 429, retryAfter: '2' });
    const outputs = await updateMany(simulator.current, 50, { requestsPerMinute: 3000 });
    expect(outputs.map(({ outcome }) => outcome)).toEqual(outputs.map(() => 'written'));
    const entries = simulator.current.journal.entries.filter(({ kind }) => kind !== 'token');
    const refused = entries.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    const answeredAt = (refused[0]?.at ?? 0) + 20;
    const after = entries.filter(({ at }) => at > answeredAt + 30).map(({ at }) => at);
    expect(after[0]).toBeGreaterThanOrEqual(answeredAt + 1990);
    // 3,000 a minute are 5 in 100 ms; twice as many leaves room for a busy machine.
    for (const at of after) {
      expect(after.filter((other) => other >= at && other < at + 100).length).toBeLessThan(10);
    }
  }, 30_000);
});

describe('A 429 that asks for more time than there is', () => {
  const simulator = simulatorForEachTest();

  it('ends all updates at once, and says when to come back', async () => {
    simulator.current.fault({ on: 'read', kind: 'reply', status: 429, retryAfter: '1800' });
    const [first] = await updateMany(simulator.current, 1, {});
    const [second] = await updateMany(simulator.current, 1, {});
    for (const output of [first, second]) {
      expect(output).toMatchObject({
        error: expect.stringContaining('to send nothing for another 30 min'),
        details: { code: 'throttled' },
      });
    }
    expect(simulator.current.journal.reads()).toHaveLength(1);
  });
});

describe('A server that allows fewer requests than wanted', () => {
  const simulator = simulatorForEachTest({ latencyMs: 10, requestsPerMinute: 40 });

  it('never has to refuse one, because its headers are heeded', async () => {
    const outputs = await updateMany(simulator.current, 10, { requestsPerMinute: 100_000 });
    expect(outputs.map(({ outcome }) => outcome)).toEqual(outputs.map(() => 'written'));
    const more = await updateMany(
      simulator.current,
      30,
      { requestsPerMinute: 100_000 },
      { totalTimeout: 1000 },
    );
    expect(more.filter(({ outcome }) => outcome === 'written')).toHaveLength(10);
    const { entries } = simulator.current.journal;
    expect(entries.filter(({ status }) => status === 429)).toEqual([]);
  }, 30_000);
});

describe('The budget of the credential', () => {
  const simulator = simulatorForEachTest({ latencyMs: 10 });

  it('is kept, and an update that waits for it until its time is up says so', async () => {
    const outputs = await updateMany(
      simulator.current,
      20,
      { requestsPerMinute: 30 },
      { totalTimeout: 1000 },
    );
    const { journal } = simulator.current;
    expect(journal.reads().length + journal.writes().length).toBe(30);
    expect(outputs.filter(({ outcome }) => outcome === 'written')).toHaveLength(15);
    const [failed] = outputs.filter(({ outcome }) => outcome !== 'written');
    expect(failed).toMatchObject({
      error: expect.stringContaining('"Requests per Minute" in the credential'),
      details: { code: 'deadline', attempts: 0 },
    });
  }, 30_000);

  it('says so where the participant is looked up by its purpose, too', async () => {
    const call = simulator.current.addCall();
    const outputs = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const { items } = await run(simulator.current, {
          credential: { requestsPerMinute: 1 },
          parameters: {
            conversationId: call.conversationId,
            participant: byPurpose(name === 'a' ? 'customer' : 'agent'),
            attributes: rows({ priority: 'high' }),
            retry: { totalTimeout: 500 },
            options: { writeMethod: 'versioned' },
          },
          onError: 'continueRegularOutput',
        });
        return items[0]?.json;
      }),
    );
    for (const output of outputs) {
      expect(output).toMatchObject({
        error: expect.stringContaining('"Requests per Minute" in the credential'),
        details: { code: 'deadline' },
      });
    }
  });

  it('is never spent by halves: what has no leave to write does not read', async () => {
    const outputs = await updateMany(
      simulator.current,
      4,
      { requestsPerMinute: 3 },
      { totalTimeout: 500 },
    );
    expect(outputs.filter(({ outcome }) => outcome === 'written')).toHaveLength(1);
    const { journal } = simulator.current;
    expect([journal.reads().length, journal.writes().length]).toEqual([1, 1]);
  });

  it.each([0, 'many', 1.5, 1_000_001])(
    'that is wrong (%j) is refused before any request',
    async (requestsPerMinute) => {
      const [output] = await updateMany(simulator.current, 1, { requestsPerMinute });
      expect(output).toMatchObject({
        error: expect.stringContaining('"Requests per Minute"'),
        details: { code: 'invalid' },
      });
      expect(simulator.current.journal.entries).toEqual([]);
    },
  );

  it('may be missing in a credential that was saved before there was one', async () => {
    const [output] = await updateMany(simulator.current, 1, { requestsPerMinute: undefined });
    expect(output).toMatchObject({ outcome: 'written' });
  });
});
