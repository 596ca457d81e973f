import { describe, expect, it } from '@jest/globals';

import type { Counted, CountingSettings } from './counting-process';
import type { Call } from '../../simulator';
import { runProcesses } from './run-processes';
import { simulatorForEachTest } from './set-up';

const PROCESSES = 4;
const UPDATES = 250;
const TOTAL = PROCESSES * UPDATES;

async function countedBy(settings: readonly CountingSettings[]): Promise<readonly Counted[]> {
  const told = await runProcesses('counting-process.ts', settings, { timeoutMs: 150_000 });
  return (told as Counted[][]).flat();
}

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
      };
      const counted = await countedBy(Array.from({ length: PROCESSES }, () => settings));

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

describe(`${PROCESSES} processes that change one attribute ${UPDATES} times each where one reply in ten is lost`, () => {
  const simulator = simulatorForEachTest({ latencyMs: 5 });

  /** Lets every tenth write go without its reply. */
  function loseReplies(): () => void {
    let lost = 0;
    const timer = setInterval(() => {
      const { journal } = simulator.current;
      for (; lost * 10 < journal.writes().length; lost++) {
        simulator.current.fault({ on: 'write', kind: 'dropAfter' });
      }
    }, 2);
    return () => {
      clearInterval(timer);
    };
  }

  async function outcomes(call: Call, appends: boolean) {
    const { url, clientId, clientSecret } = simulator.current;
    const stop = loseReplies();
    const told = await countedBy(
      Array.from({ length: PROCESSES }, (_, number) => ({
        url,
        clientId,
        clientSecret,
        conversationId: call.conversationId,
        participantId: call.customer.id,
        updates: UPDATES,
        atATime: 5,
        ...(appends && { entries: `${number}.` }),
      })),
    );
    stop();
    const written = told.flatMap((one) => (typeof one === 'string' ? [] : one.count));
    const untold = told.filter((one) => typeof one === 'string');
    expect(untold.filter((one) => !one.startsWith('indeterminate'))).toEqual([]);
    expect(untold.length).toBeGreaterThan(0);
    expect(new Set(written).size).toBe(written.length);
    return { written: written.length, most: written.length + untold.length };
  }

  it('count no less than they are told, no more than they cannot know, and no number twice', async () => {
    const call = simulator.current.addCall({ attributes: { a: '1' } });
    const { written, most } = await outcomes(call, false);
    const value = Number(call.customer.attributes['counter']);
    expect(most).toBe(TOTAL);
    expect(value).toBeGreaterThanOrEqual(written);
    expect(value).toBeLessThanOrEqual(most);
    process.stdout.write(`counted: ${written} written, ${value} there, ${most} asked for\n`);
  }, 180_000);

  it('append no less than they are told, no more than they cannot know, and nothing twice', async () => {
    const call = simulator.current.addCall({ attributes: { a: '1' } });
    const { written, most } = await outcomes(call, true);
    const { log } = call.customer.attributes;
    const entries = typeof log === 'string' ? log.split(',') : [];
    expect(most).toBe(TOTAL);
    expect(new Set(entries).size).toBe(entries.length);
    expect(entries.length).toBeGreaterThanOrEqual(written);
    expect(entries.length).toBeLessThanOrEqual(most);
    process.stdout.write(
      `appended: ${written} written, ${entries.length} there, ${most} asked for\n`,
    );
  }, 180_000);
});
