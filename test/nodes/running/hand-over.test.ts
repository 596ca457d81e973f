import { describe, expect, it } from '@jest/globals';

import { strategies } from '../../../core';
import { gather } from '../../../genesys/conversations/gather';
import { allEnded, handOver } from '../../../nodes/GenesysCloud/running/hand-over';
import { inParallel } from '../../../nodes/GenesysCloud/running/in-parallel';
import { Slots } from '../../../nodes/GenesysCloud/running/slots';
import type { ParticipantRequest as Request } from '../../../nodes/GenesysCloud/running/item-request';
import { failureOf } from '../../genesys/transport/errors';
import { Shared } from '../../../genesys/shared';
import { clientOf } from '../../genesys/client-of';

const shared = new Shared();
const { slices } = shared;

const client = clientOf({ url: 'http://127.0.0.1:1' }, shared);

const hold = ({ conversationId, participant }: Request) =>
  gather(client, conversationId, participant);

const { signal } = new AbortController();

/** An item for the participant of that number. */
function request(itemIndex: number, participant: number): Request {
  return {
    itemIndex,
    conversationId: 'conversation',
    participant: { id: `participant-${participant}` },
    writeMethod: 'auto',
    linksContact: false,
    onlyIfConnected: false,
    patienceMs: 0,
    policy: {
      maxAttempts: 1,
      totalTimeoutMs: 1000,
      requestTimeoutMs: 1000,
      backoff: strategies.fixed({ baseMs: 0, maxMs: 0 }),
    },
  };
}

/** So many items for each of so many participants, one participant after the other. */
function recordsOf(participants: number, items: number): Request[][] {
  return Array.from({ length: participants }, (_, participant) =>
    Array.from({ length: items }, (__, item) => request(participant * items + item, participant)),
  );
}

/** Updates that end when the test says so; `log` tells what has begun. */
function setUp() {
  const log: number[] = [];
  const ends = new Map<number, PromiseWithResolvers<undefined>>();
  const update = async ({ itemIndex }: Request) => {
    log.push(itemIndex);
    const end = Promise.withResolvers<undefined>();
    ends.set(itemIndex, end);
    await end.promise;
  };
  const run = async (records: readonly Request[][], limit: number) => {
    await inParallel(handOver(hold, slices, records, update), new Slots(limit), allEnded);
  };
  return {
    log,
    update,
    run,
    end: (item: number) => ends.get(item)?.resolve(undefined),
    fail: (item: number, error: Error) => ends.get(item)?.reject(error),
  };
}

/** All that can happen without anything from outside. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('Records that are handed over', () => {
  it('are begun in order, each with all of its items, as many at a time as allowed', async () => {
    const { log, run, end } = setUp();
    const done = run(recordsOf(3, 2), 2);
    await settled();
    expect(log).toEqual([0, 1, 2, 3]);
    end(2);
    await settled();
    expect(log).toEqual([0, 1, 2, 3]);
    end(3);
    await settled();
    expect(log).toEqual([0, 1, 2, 3, 4, 5]);
    for (const item of [0, 1, 4, 5]) end(item);
    await done;
  });

  it('are not begun any more after an error, which is thrown when those have ended that were', async () => {
    const { log, run, end, fail } = setUp();
    const outcome = { failure: undefined as unknown };
    const done = failureOf(run(recordsOf(4, 2), 2)).then((failure) => {
      outcome.failure = failure;
    });
    await settled();
    const [first, second] = [new Error('of the first item'), new Error('of the second item')];
    fail(1, second);
    await settled();
    fail(0, first);
    await settled();
    expect(outcome.failure).toBeUndefined();
    end(2);
    end(3);
    await done;
    expect(outcome.failure).toBe(first);
    expect(log).toEqual([0, 1, 2, 3]);
  });

  it('are not begun after an error either where they were asked for before', async () => {
    const { log, update, fail } = setUp();
    const records = handOver(hold, slices, recordsOf(2, 2), update);
    await records.next();
    fail(0, new Error('no luck'));
    await settled();
    expect(await records.next()).toEqual({ done: true, value: undefined });
    expect(log).toEqual([0, 1]);
  });

  it('are sent nothing for until all of their items have begun', async () => {
    const log: string[] = [];
    const update = async ({ itemIndex }: Request) => {
      if (itemIndex === 0) {
        const permit = client.limits.about('participant-0').permit(1, signal);
        void permit.then(() => log.push('permit'));
      }
      // Longer than a slice.
      const until = performance.now() + 15;
      while (performance.now() < until);
      log.push(`item ${itemIndex}`);
      await Promise.resolve();
    };
    await inParallel(handOver(hold, slices, recordsOf(1, 4), update), new Slots(1), allEnded);
    await settled();
    expect(log).toEqual(['item 0', 'item 1', 'item 2', 'item 3', 'permit']);
  });
});
