import { describe, expect, it } from '@jest/globals';

import { byId, rows, run, simulatorForEachTest } from './set-up';

describe('Fifty executions at once, each with another attribute of one participant', () => {
  const simulator = simulatorForEachTest({ latencyMs: 30 });

  it('all get through, while the state of the call keeps changing', async () => {
    const call = simulator.current.addCall({ attributes: { lang: 'de' } });
    const stop = call.keepChanging(80);
    const names = Array.from({ length: 50 }, (_, index) => `attribute${index}`);
    const runs = await Promise.all(
      names.map(
        async (name) =>
          await run(simulator.current, {
            parameters: {
              conversationId: call.conversationId,
              participant: byId(call.customer.id),
              attributes: rows({ [name]: name }),
              retry: { maxAttempts: 60 },
            },
            onError: 'continueRegularOutput',
          }),
      ),
    );
    stop();
    expect(runs.map(({ items }) => items[0]?.json['outcome'])).toEqual(names.map(() => 'written'));
    expect(call.customer.attributes).toEqual({
      lang: 'de',
      ...Object.fromEntries(names.map((name) => [name, name])),
    });
    expect(call.connected).toBe(true);
    const { journal } = simulator.current;
    expect(journal.entries.filter(({ kind }) => kind === 'other')).toEqual([]);
    expect(new Set(journal.writes().map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set([
        `PUT /api/v2/conversations/${call.conversationId}/participants/${call.customer.id}`,
      ]),
    );
  }, 60_000);
});

describe('A lone writer', () => {
  const simulator = simulatorForEachTest({ latencyMs: 20 });

  it.each(Array.from({ length: 5 }, (_, index) => index + 1))(
    'gets through in under 4 s, though the state of the call changes every 25 ms (run %i)',
    async () => {
      const call = simulator.current.addCall();
      const stop = call.keepChanging(25);
      const before = performance.now();
      const { items } = await run(simulator.current, {
        parameters: {
          conversationId: call.conversationId,
          participant: byId(call.customer.id),
          attributes: rows({ priority: 'high' }),
        },
        onError: 'continueRegularOutput',
      });
      stop();
      expect(items[0]?.json).toMatchObject({ outcome: 'written' });
      expect(performance.now() - before).toBeLessThan(4000);
    },
  );
});
