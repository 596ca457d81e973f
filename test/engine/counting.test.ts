import { describe, expect, it } from '@jest/globals';

import type { Counted, CountingSettings } from './counting-process';
import { runProcess } from './run-process';
import { simulatorForEachTest } from './set-up';

const PROCESSES = 4;
const UPDATES = 250;
const TOTAL = PROCESSES * UPDATES;

describe(`${PROCESSES} processes that count one attribute up ${UPDATES} times each`, () => {
  const simulator = simulatorForEachTest({ latencyMs: 10 });

  it.each([UPDATES, 10, 1])(
    'lose and repeat nothing, and none gives up, with %i at a time',
    async (atATime) => {
      const { conversationId, customer } = simulator.current.addCall({ attributes: { a: '1' } });
      const { url, clientId, clientSecret, journal } = simulator.current;
      const settings: CountingSettings = {
        url,
        clientId,
        clientSecret,
        conversationId,
        participantId: customer.id,
        updates: UPDATES,
        atATime,
        startAt: Date.now() + 10_000,
      };
      const counted = (
        await Promise.all(
          Array.from({ length: PROCESSES }, async () => {
            return (await runProcess('counting-process.ts', settings, 150_000)) as Counted[];
          }),
        )
      ).flat();

      expect(counted.filter((one) => typeof one === 'string')).toEqual([]);
      const updates = counted.filter((one) => typeof one !== 'string');
      expect(updates.map(({ count }) => count).sort((one, other) => one - other)).toEqual(
        Array.from({ length: TOTAL }, (_, index) => index + 1),
      );
      expect(customer.attributes).toEqual({ a: '1', counter: String(TOTAL) });
      const versions = customer.commits.map(({ version }) => version);
      expect(versions).toEqual(versions.map((_version, index) => index + 2));
      const counts = customer.commits.map(({ attributes }) => Number(attributes['counter']));
      expect(counts).toEqual([...new Set(counts)].sort((one, other) => one - other));

      const writes = journal.writes();
      const conflicts = writes.filter(({ status }) => status === 409).length;
      const requests = journal.reads().length + writes.length;
      process.stdout.write(
        `${PROCESSES} processes x ${UPDATES} increments, ${atATime} at a time: ` +
          `${requests / TOTAL} requests an update, ${conflicts} conflicts, 0 gave up, ` +
          `${Math.max(...updates.map(({ attempts }) => attempts))} attempts at most\n`,
      );
    },
    180_000,
  );
});
