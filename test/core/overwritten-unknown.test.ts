import { beforeEach, describe, expect, it } from '@jest/globals';

import { strategies, UpdateError } from '../../core';
import { update } from './alone';
import { changeOf } from './history/call-change';
import { ModelServer } from './history/model-server';
import type { Call } from './history/operation';
import { VirtualClock } from './virtual-clock';

describe('A write that is lost, applied and overwritten before it can be seen', () => {
  let clock: VirtualClock;
  let server: ModelServer;

  beforeEach(() => {
    clock = new VirtualClock();
    server = new ModelServer(clock, () => 0, {
      records: ['r'],
      content: { status: 'new' },
      // A read, the write whose reply is lost, a read, and writes that find no way in.
      faults: [
        undefined,
        { kind: 'replyLost' },
        undefined,
        { kind: 'throttled', retryAfterMs: 9000 },
      ],
      carriesCurrent: false,
    });
    clock.at(50, () => {
      const others = { kind: 'set', values: { status: 'theirs', owner: 'them' } } as const;
      server.befall('r', { kind: 'foreignWrite', call: others });
    });
  });

  async function reasonOf(call: Call, abortMs = Infinity): Promise<string> {
    const abort = new AbortController();
    if (abortMs < Infinity) {
      clock.at(abortMs, () => {
        abort.abort();
      });
    }
    const policy = {
      maxAttempts: 2,
      totalTimeoutMs: 5000,
      requestTimeoutMs: 100,
      backoff: strategies.fixed({ baseMs: 10, maxMs: 10 }),
    };
    try {
      const store = server.store('us', 'r');
      const surroundings = { clock, random: () => 0 };
      const task = update(store, changeOf(call), policy, surroundings, abort.signal);
      return (await clock.run(task)).outcome;
    } catch (error) {
      if (error instanceof UpdateError) return error.reason;
      throw error;
    }
  }

  const set: Call = { kind: 'set', values: { status: 'ours' } };

  it('is not reported as used up attempts', async () => {
    expect(await reasonOf(set)).toBe('indeterminate');
  });

  it('is not reported as cancelled, which says that surely nothing was applied', async () => {
    expect(await reasonOf(set, 130)).toBe('indeterminate');
  });

  it('is not reported as refused because of what came after it', async () => {
    const swap = { kind: 'setIfEquals', name: 'status', expected: 'new', value: 'ours' } as const;
    expect(await reasonOf(swap)).toBe('indeterminate');
  });

  it('is not reported as unchanged because of what came after it', async () => {
    server.befall('r', { kind: 'churn' });
    expect(await reasonOf({ kind: 'setIfMissing', name: 'owner', value: 'us' })).toBe(
      'indeterminate',
    );
  });
});
