import { describe, expect, it } from '@jest/globals';

import { strategies, StoreError, type UpdatePolicy } from '../../../core';
import { update } from '../alone';
import { failureOf, increment, set } from '../changes';
import { type Change, coreSnapshot } from '../flat';
import { type Content, type Fault, ModelRecord } from '../model-record';
import { seededRandom, VirtualClock } from '../virtual-clock';

const version: Fault = { kind: 'churn' };
const unavailable: Fault = { kind: 'answer', failure: { kind: 'transient' }, message: '503' };
const unclear: Fault = { kind: 'answer', failure: { kind: 'ambiguous' }, message: '503' };

function setUp(options: ConstructorParameters<typeof ModelRecord>[1] = {}) {
  const clock = new VirtualClock();
  const record = new ModelRecord(clock, options);
  const start = <Report>(
    change: Change<Content, Report>,
    policy: Partial<UpdatePolicy> = {},
    signal?: AbortSignal,
  ) =>
    update(
      record.store(),
      change,
      {
        maxAttempts: 30,
        totalTimeoutMs: 30_000,
        requestTimeoutMs: 1000,
        backoff: strategies.fixed({ baseMs: 100, maxMs: 5000 }),
        ...policy,
      },
      { clock, random: seededRandom(1) },
      signal,
    );
  return { clock, record, start };
}

describe('An update', () => {
  it('reads once and writes once where nobody interferes', async () => {
    const { clock, record, start } = setUp({ content: { lang: 1 } });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(result).toMatchObject({
      outcome: 'written',
      snapshot: { state: { lang: 1, priority: 2 }, version: 2 },
      report: { priority: 2 },
      attempts: 1,
      conflicts: 0,
      waitedMs: 0,
      elapsedMs: 40,
    });
    expect(record.requests.map(({ kind }) => kind)).toEqual(['read', 'write']);
  });

  it('writes nothing where everything is as wanted', async () => {
    const { clock, record, start } = setUp({ content: { priority: 2 } });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(result).toMatchObject({ outcome: 'unchanged', snapshot: { version: 1 }, attempts: 1 });
    expect(record.writes).toBe(0);
  });

  it.each([1, 2, 7])(
    'reads afresh after each of %i conflicts and writes under that version',
    async (conflicts) => {
      const { clock, record, start } = setUp({
        writes: Array.from({ length: conflicts }, (_, index) => ({
          kind: 'overtaken' as const,
          by: { [`other${index}`]: index },
        })),
      });
      const result = await clock.run(start(set({ priority: 2 })));
      expect(result).toMatchObject({ outcome: 'written', attempts: conflicts + 1, conflicts });
      expect(record.reads).toBe(conflicts + 1);
      expect(record.writes).toBe(conflicts + 1);
      expect(record.requests.filter(({ kind }) => kind === 'write').map((r) => r.version)).toEqual(
        Array.from({ length: conflicts + 1 }, (_, index) => index + 1),
      );
      expect(Object.keys(record.content)).toHaveLength(conflicts + 1);
    },
  );

  it('waits what the backoff says before each retry, and counts it', async () => {
    const { clock, record, start } = setUp({ writes: [version, version] });
    const result = await clock.run(
      start(set({ priority: 2 }), {
        backoff: strategies.exponential({ baseMs: 100, maxMs: 5000 }),
      }),
    );
    expect(record.requests.filter(({ kind }) => kind === 'read').map(({ at }) => at)).toEqual([
      0, 140, 380,
    ]);
    expect(result.waitedMs).toBe(300);
  });

  it('stops when the change refuses what it is shown', async () => {
    const { clock, record, start } = setUp();
    const error = await failureOf(
      clock.run(
        start({
          idempotent: true,
          apply: () => ({ kind: 'refused', reason: 'taken' }),
        }),
      ),
    );
    expect(error).toMatchObject({ reason: 'refused', message: 'taken' });
    expect(record.writes).toBe(0);
  });

  it('retries the first conflict at once from the state that came with it, later ones by reading', async () => {
    const { clock, record, start } = setUp({
      writes: [
        { kind: 'overtaken', by: { lang: 2 }, carried: true },
        { kind: 'overtaken', by: { lang: 3 }, carried: true },
      ],
    });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(record.requests.map(({ kind, at }) => [kind, at])).toEqual([
      ['read', 0],
      ['write', 20],
      ['write', 40],
      ['read', 160],
      ['write', 180],
    ]);
    expect(record.requests[2]?.version).toBe(2);
    expect(record.content).toEqual({ lang: 3, priority: 2 });
    expect(result).toMatchObject({ attempts: 3, conflicts: 2, waitedMs: 100 });
  });

  it('does not trust state that came with a conflict but is no newer than the base', async () => {
    const { clock, record, start } = setUp({
      writes: [
        {
          kind: 'answer',
          failure: {
            kind: 'conflict',
            namesVersion: true,
            current: coreSnapshot({ state: { old: 1 }, version: 1 }) as never,
          },
        },
      ],
    });
    await clock.run(start(set({ priority: 2 })));
    // No sooner than 100 ms, the wait after the conflict.
    expect(record.requests[2]).toMatchObject({ kind: 'read', at: 140 });
  });

  it('shows the change what was read first, beside what is there now', async () => {
    const { clock, start } = setUp({
      content: { lang: 1 },
      writes: [
        { kind: 'overtaken', by: { lang: 2 } },
        { kind: 'overtaken', by: { lang: 3 } },
      ],
    });
    const seen: unknown[] = [];
    await clock.run(
      start({
        idempotent: true,
        apply: (base, { first }) => {
          seen.push([first.state['lang'], base.state['lang']]);
          return { kind: 'write', next: { ...base.state, a: 1 }, report: null };
        },
      }),
    );
    expect(seen).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  it('lets errors that are no failures of the store pass as they are', async () => {
    const { clock, start } = setUp();
    const bug = new RangeError('a bug');
    const change: Change<Content, never> = {
      idempotent: true,
      apply: () => {
        throw bug;
      },
    };
    await expect(clock.run(start(change))).rejects.toBe(bug);
  });
});

describe('A write of unknown outcome', () => {
  it('is found to be applied by reading, and not sent again', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 10 }] });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(result).toMatchObject({
      outcome: 'written',
      report: { priority: 2 },
      attempts: 2,
      snapshot: { version: 2 },
    });
    expect(record.writes).toBe(1);
  });

  it('is sent again under the same version where reading shows that it was not applied', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 'never' }] });
    const result = await clock.run(start(increment));
    expect(result).toMatchObject({ outcome: 'written', report: 1, attempts: 2 });
    expect(record.requests.filter(({ kind }) => kind === 'write').map((r) => r.version)).toEqual([
      1, 1,
    ]);
    expect(record.content).toEqual({ count: 1 });
  });

  it.each([
    ['before the resend', 1050],
    ['after the re-read, before the resend is judged', 1125],
    ['after the resend', 1500],
  ])('is applied once, though the original arrives late: %s', async (_, appliedAfterMs) => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs }] });
    const result = await clock.run(start(set({ priority: 2 })));
    await clock.run(clock.sleep(5000));
    expect(result).toMatchObject({ outcome: 'written', report: { priority: 2 } });
    expect(record.version).toBe(2);
  });

  it('is applied anew on the fresh state where others overtook it', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 'never' }] });
    clock.at(500, () => {
      record.commit({ priority: 9, lang: 1 });
    });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(result).toMatchObject({
      outcome: 'written',
      snapshot: { state: { priority: 2, lang: 1 }, version: 3 },
    });
  });

  it('leaves a change that must not run twice indeterminate where the version moved', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 10 }] });
    const error = await failureOf(clock.run(start(increment)));
    expect(error.reason).toBe('indeterminate');
    expect(record.content).toEqual({ count: 1 });
  });

  it('leaves it indeterminate too where the original overtakes its own resend', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 1125 }] });
    const error = await failureOf(clock.run(start(increment)));
    expect(error.reason).toBe('indeterminate');
    expect(record.content).toEqual({ count: 1 });
  });

  it('without a version protects nothing: a change that must not run twice is not sent again', async () => {
    const { clock, record, start } = setUp({
      versioned: false,
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }],
    });
    const error = await failureOf(clock.run(start(increment)));
    expect(error.reason).toBe('indeterminate');
    expect(record.writes).toBe(1);
  });

  it.each<[string, Partial<UpdatePolicy>, Fault[]]>([
    ['the attempts are used up', { maxAttempts: 1 }, []],
    ['nothing but unreadable replies follows', { maxAttempts: 3 }, [unavailable, unavailable]],
    ['the total timeout is over', { totalTimeoutMs: 1100 }, []],
    ['the record is gone', {}, [{ kind: 'answer', failure: { kind: 'permanent' } }]],
    [
      'the server asks to wait too long',
      {},
      [{ kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 60_000 } }],
    ],
  ])('stays indeterminate where %s', async (_, policy, laterReads) => {
    const { clock, start } = setUp({
      reads: [undefined, ...laterReads],
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }],
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), policy)));
    expect(error.reason).toBe('indeterminate');
  });

  it('without a version stays unsettled even when it is sent again', async () => {
    const { clock, start } = setUp({
      versioned: false,
      writes: [
        { kind: 'lost', appliedAfterMs: 'never' },
        { kind: 'answer', failure: { kind: 'conflict', namesVersion: true } },
      ],
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), { maxAttempts: 2 })));
    expect(error.reason).toBe('indeterminate');
  });

  it.each<[string, ReturnType<Change<Content, Content>['apply']>]>([
    ['refuses', { kind: 'refused', reason: 'taken' }],
    ['is content', { kind: 'unchanged', report: {} }],
  ])('without a version stays unsettled even where the change then %s', async (_, verdict) => {
    const { clock, start } = setUp({
      versioned: false,
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }],
    });
    let runs = 0;
    const error = await failureOf(
      clock.run(
        start({
          ...set({ priority: 2 }),
          apply: (base, first, written) =>
            runs++ === 0 ? set({ priority: 2 }).apply(base, first, written) : verdict,
        }),
      ),
    );
    expect(error.reason).toBe('indeterminate');
  });

  it('does not taint what is known: overtaken and then beaten to it, the reason is the conflict', async () => {
    const { clock, record, start } = setUp({
      writes: [{ kind: 'lost', appliedAfterMs: 'never' }, version, version],
    });
    clock.at(500, () => {
      record.commit({ lang: 1 });
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), { maxAttempts: 3 })));
    expect(error.reason).toBe('attempts');
    expect(error.lastFailure?.failure.kind).toBe('conflict');
  });
});

describe('A record that cannot be trusted', () => {
  it('is not written where a versioned store shows no version', async () => {
    const { clock, record, start } = setUp({
      reads: [{ kind: 'stale', snapshot: { state: {}, version: null } }],
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }))));
    expect(error.reason).toBe('permanent');
    expect(record.writes).toBe(0);
  });

  it('is never written from a read older than what was seen before', async () => {
    const { clock, record, start } = setUp({
      reads: [undefined, { kind: 'stale', snapshot: { state: { old: 1 }, version: 0 } }],
      writes: [{ kind: 'overtaken', by: { lang: 1 } }],
    });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(result).toMatchObject({ attempts: 2, snapshot: { state: { lang: 1, priority: 2 } } });
    expect(record.requests.map(({ kind }) => kind)).toEqual([
      'read',
      'write',
      'read',
      'read',
      'write',
    ]);
  });

  it.each<[string, Fault[], boolean]>([
    ['the server names the version', [version, version, version], true],
    [
      'the version moves in between',
      Array.from({ length: 3 }, (_, count) => ({ kind: 'overtaken' as const, by: { count } })),
      true,
    ],
    [
      'there is no version to compare',
      Array.from({ length: 3 }, () => ({
        kind: 'answer' as const,
        failure: { kind: 'conflict' as const, namesVersion: false },
      })),
      false,
    ],
  ])('is retried on conflict after conflict where %s', async (_, writes, versioned) => {
    const { clock, start } = setUp({ writes, versioned });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(result).toMatchObject({ outcome: 'written', conflicts: 3 });
  });
});

describe('Attempts', () => {
  it('end the update when they are used up, with the whole story', async () => {
    const { clock, record, start } = setUp({ writes: [version, version, version, version] });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), { maxAttempts: 3 })));
    expect(error).toMatchObject({
      reason: 'attempts',
      story: { attempts: 3, conflicts: 3, waitedMs: 200, elapsedMs: 320 },
    });
    expect(error.lastFailure).toBeInstanceOf(StoreError);
    expect(record.writes).toBe(3);
  });

  it('of one mean a single try', async () => {
    const { clock, record, start } = setUp({ writes: [version] });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), { maxAttempts: 1 })));
    expect(error.story).toMatchObject({ attempts: 1, waitedMs: 0 });
    expect(record.requests).toHaveLength(2);
  });

  it('end with the second in a row that fails in a lasting way', async () => {
    const lasting = {
      kind: 'answer',
      failure: { kind: 'transient', lasting: true },
      message: 'no such host',
    } as const;
    const passing = { ...lasting, failure: { kind: 'transient' } } as const;
    const { clock, start } = setUp({ reads: [lasting, passing, lasting, lasting] });
    const error = await failureOf(clock.run(start(set({ priority: 2 }))));
    expect(error).toMatchObject({ reason: 'attempts', story: { attempts: 4 } });
    expect(error.lastFailure?.message).toBe('no such host');
  });

  it('are not spent on what trying again does not change', async () => {
    const { clock, record, start } = setUp({
      reads: [{ kind: 'answer', failure: { kind: 'permanent' }, message: 'no such participant' }],
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }))));
    expect(error).toMatchObject({ reason: 'permanent', message: 'no such participant' });
    expect(record.requests).toHaveLength(1);
  });

  it('go on after passing faults on read and write', async () => {
    const { clock, start } = setUp({ reads: [unavailable], writes: [unclear, unavailable] });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(result).toMatchObject({ outcome: 'written', attempts: 4, conflicts: 0 });
  });
});

describe('Faults', () => {
  it('let the waits grow, whatever the strategy', async () => {
    const { clock, record, start } = setUp({ reads: [unavailable, unavailable, unavailable] });
    await clock.run(
      start(set({ priority: 2 }), {
        backoff: strategies.exponential({ baseMs: 100, maxMs: 5000 }),
      }),
    );
    const at = record.requests.slice(0, 4).map((request) => request.at);
    expect(at).toEqual([0, 110, 320, 730]);
  });
});

describe('A server that asks to wait', () => {
  it('is obeyed, with the backoff on top', async () => {
    const { clock, record, start } = setUp({
      writes: [{ kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 1000 } }],
    });
    const result = await clock.run(start(set({ priority: 2 })));
    expect(record.requests[2]?.at).toBe(40 + 1000 + 100);
    expect(result.waitedMs).toBe(1100);
  });

  it('ends the update at once where it asks for more than the time left', async () => {
    const { clock, record, start } = setUp({
      reads: [{ kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 30_000 } }],
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }))));
    expect(error).toMatchObject({
      reason: 'throttled',
      lastFailure: { failure: { retryAfterMs: 30_000 } },
    });
    expect(clock.now()).toBe(10);
    expect(record.requests).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    [
      'an error of the server',
      { kind: 'answer', failure: { kind: 'transient', retryAfterMs: 900 } },
    ],
    ['a 429 for no time', { kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 0 } }],
  ])('is not to blame where it came with %s and time is short', async (_, fault) => {
    const { clock, start } = setUp({ reads: [fault] });
    const backoff = strategies.fixed({ baseMs: 1000, maxMs: 1000 });
    const error = await failureOf(
      clock.run(start(set({ priority: 2 }), { backoff, totalTimeoutMs: 500 })),
    );
    expect(error.reason).toBe('deadline');
  });
});

describe('The total timeout', () => {
  it('is what remains for the last request', async () => {
    const { clock, record, start } = setUp({
      reads: [
        { kind: 'lost', appliedAfterMs: 'never' },
        { kind: 'lost', appliedAfterMs: 'never' },
      ],
    });
    const error = await failureOf(
      clock.run(start(set({ priority: 2 }), { totalTimeoutMs: 1500, requestTimeoutMs: 1000 })),
    );
    expect(error.reason).toBe('deadline');
    expect(record.requests.map(({ timeoutMs }) => timeoutMs)).toEqual([1000, 400]);
    expect(clock.now()).toBe(1500);
  });

  it('ends the update without another request where the next attempt would come too late', async () => {
    const { clock, record, start } = setUp({ writes: [version] });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), { totalTimeoutMs: 139 })));
    expect(error.reason).toBe('deadline');
    expect(record.requests).toHaveLength(2);
  });

  it('is noticed between read and write too', async () => {
    const { clock, record, start } = setUp();
    const error = await failureOf(clock.run(start(set({ priority: 2 }), { totalTimeoutMs: 20 })));
    expect(error.reason).toBe('deadline');
    expect(record.writes).toBe(0);
  });
});

describe('Cancelling', () => {
  it('ends a wait at once and leaves no timer behind', async () => {
    const { clock, record, start } = setUp({ writes: [version] });
    const abort = new AbortController();
    clock.at(90, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), {}, abort.signal)));
    expect(error).toMatchObject({ reason: 'cancelled', story: { waitedMs: 50 } });
    expect(clock.now()).toBe(90);
    expect(clock.pending).toBe(0);
    expect(record.requests).toHaveLength(2);
  });

  it('ends a read at once, the last attempt included', async () => {
    const { clock, record, start } = setUp();
    const abort = new AbortController();
    clock.at(5, () => {
      abort.abort();
    });
    const error = await failureOf(
      clock.run(start(set({ priority: 2 }), { maxAttempts: 1 }, abort.signal)),
    );
    expect(error.reason).toBe('cancelled');
    expect(clock.now()).toBe(5);
    expect(record.requests).toHaveLength(1);
  });

  it('before the start makes no request', async () => {
    const { clock, record, start } = setUp();
    const error = await failureOf(clock.run(start(set({ priority: 2 }), {}, AbortSignal.abort())));
    expect(error.reason).toBe('cancelled');
    expect(record.requests).toHaveLength(0);
  });

  it('never hides a write that was committed', async () => {
    const { clock, record, start } = setUp();
    const abort = new AbortController();
    clock.at(25, () => {
      abort.abort();
    });
    const result = await clock.run(start(set({ priority: 2 }), {}, abort.signal));
    expect(result.outcome).toBe('written');
    expect(record.content).toEqual({ priority: 2 });
  });

  it('while a write is lost leaves it indeterminate, not cancelled', async () => {
    const { clock, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 10 }] });
    const abort = new AbortController();
    clock.at(25, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), {}, abort.signal)));
    expect(error.reason).toBe('indeterminate');
  });

  it('during a write that meets a conflict is a plain cancellation', async () => {
    const { clock, record, start } = setUp({ writes: [version] });
    const abort = new AbortController();
    clock.at(25, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start(set({ priority: 2 }), {}, abort.signal)));
    expect(error.reason).toBe('cancelled');
    expect(record.requests).toHaveLength(2);
  });
});

describe('A store that accepts writes before it shows them', () => {
  const lagging = (options: { lagMs: number; overtakenAt?: number }) => {
    const world = setUp({ versioned: false });
    const visibleAt = { current: Infinity };
    const store = world.record.store();
    let written: Content = {};
    const start = (policy: Partial<UpdatePolicy> = {}, signal?: AbortSignal) =>
      update(
        {
          ...store,
          write: async (next, _, limits) => {
            world.record.requests.push({
              at: world.clock.now(),
              kind: 'write',
              timeoutMs: limits.timeoutMs,
            });
            await world.clock.sleep(20);
            written = next;
            visibleAt.current = world.clock.now() + options.lagMs;
            world.clock.at(visibleAt.current, () => {
              world.record.commit(written);
            });
            return { accepted: true };
          },
        },
        set({ priority: 2 }),
        {
          maxAttempts: 30,
          totalTimeoutMs: 30_000,
          requestTimeoutMs: 1000,
          backoff: strategies.fixed({ baseMs: 100, maxMs: 5000 }),
          ...policy,
        },
        { clock: world.clock, random: seededRandom(1) },
        signal,
      );
    if (options.overtakenAt !== undefined) {
      world.clock.at(options.overtakenAt, () => {
        world.record.commit({ priority: 9 });
      });
    }
    return { ...world, start };
  };

  it('is read until it shows them, at growing intervals from 250 ms to 2 s', async () => {
    const { clock, record, start } = lagging({ lagMs: 9000 });
    const result = await clock.run(start());
    expect(result).toMatchObject({
      outcome: 'written',
      snapshot: { state: { priority: 2 } },
      attempts: 1,
    });
    const reads = record.requests.filter(({ kind }) => kind === 'read').map(({ at }) => at);
    const gaps = reads.slice(2).map((at, index) => at - (reads[index + 1] ?? 0) - 20);
    expect(reads[1]).toBe(40 + 250);
    expect(gaps).toEqual([375, 562.5, 843.75, 1265.625, 1898.4375, 2000, 2000]);
    expect(record.writes).toBe(1);
    expect(result.waitedMs).toBeGreaterThan(9000);
  });

  it('is not waited for where that is not wanted', async () => {
    const { clock, record, start } = lagging({ lagMs: 9000 });
    const result = await clock.run(start({ waitUntilVisible: false }));
    expect(result).toMatchObject({ outcome: 'accepted', snapshot: { state: { priority: 2 } } });
    expect(record.requests).toHaveLength(2);
  });

  it('is not written again where somebody else wrote right after us: theirs stands', async () => {
    const { clock, record, start } = lagging({ lagMs: 100, overtakenAt: 200 });
    const result = await clock.run(start());
    expect(result).toMatchObject({ outcome: 'superseded', attempts: 1, conflicts: 0 });
    expect([...(result.superseded ?? [])]).toEqual([['priority', { written: '2', found: '9' }]]);
    expect(result.changed.size).toBe(0);
    expect([record.content, record.writes]).toEqual([{ priority: 9 }, 1]);
    // The last look falls on the bound, 10 seconds after the write was accepted.
    expect(record.requests.at(-1)).toMatchObject({ kind: 'read', at: 10_040 });
  });

  it('ends as accepted, not yet seen, where the total timeout comes first', async () => {
    const { clock, start } = lagging({ lagMs: 60_000 });
    const error = await failureOf(clock.run(start({ totalTimeoutMs: 3000 })));
    expect(error).toMatchObject({ reason: 'deadline', accepted: true });
    expect(clock.now()).toBe(3000);
  });

  it('is indeterminate, not cancelled, where it is cancelled while waiting', async () => {
    const { clock, record, start } = lagging({ lagMs: 60_000 });
    const abort = new AbortController();
    clock.at(1000, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start({}, abort.signal)));
    expect(error).toMatchObject({ reason: 'indeterminate', accepted: true });
    expect(clock.now()).toBe(1000);
    const requests = record.requests.length;
    await clock.run(clock.sleep(5000));
    expect(record.requests).toHaveLength(requests);
  });
});

describe('A look whether a write can be seen', () => {
  it('heeds a server that asks to wait, and takes other faults lightly', async () => {
    const { clock, record } = setUp({
      versioned: false,
      reads: [
        undefined,
        { kind: 'answer', failure: { kind: 'throttled', retryAfterMs: 5000 } },
        { kind: 'answer', failure: { kind: 'transient' }, message: '503' },
      ],
    });
    const store = record.store();
    const error = await failureOf(
      clock.run(
        update(
          {
            ...store,
            write: async () => {
              await clock.sleep(20);
              return { accepted: true };
            },
          },
          set({ a: 1 }),
          {
            maxAttempts: 1,
            totalTimeoutMs: 7000,
            requestTimeoutMs: 1000,
            backoff: strategies.fixed({ baseMs: 100, maxMs: 5000 }),
          },
          { clock, random: seededRandom(1) },
        ),
      ),
    );
    const reads = record.requests.filter(({ kind }) => kind === 'read').map(({ at }) => at);
    expect(reads.slice(0, 3)).toEqual([0, 290, 5300]);
    expect(error).toMatchObject({ reason: 'deadline', accepted: true, lastFailure: undefined });
  });
});

describe('What an update has written already', () => {
  it('is not told to the change where only a part of it is there, for others may have set that', async () => {
    const { clock, record, start } = setUp({ writes: [{ kind: 'lost', appliedAfterMs: 10 }] });
    clock.at(500, () => {
      record.commit({ b: 9 });
    });
    const told: unknown[] = [];
    const result = await clock.run(
      start({
        ...set({ a: 1, b: 1 }),
        apply: (base, first, written) => {
          told.push(written);
          return set({ a: 1, b: 1 }).apply(base, first, written);
        },
      }),
    );
    expect(told).toEqual([undefined, undefined]);
    expect(result).toMatchObject({ outcome: 'written', report: { a: 1, b: 1 }, attempts: 2 });
    expect(record.content).toEqual({ a: 1, b: 1 });
  });

  it('is left open where only a part of it is there, and nothing is written in the end', async () => {
    const { clock, record, start } = setUp({
      writes: [{ kind: 'lost', appliedAfterMs: 10 }, version],
    });
    const abort = new AbortController();
    clock.at(500, () => {
      record.commit({ b: 9 });
    });
    // In the wait after the second write, which meets a conflict.
    clock.at(1200, () => {
      abort.abort();
    });
    const error = await failureOf(clock.run(start(set({ a: 1, b: 1 }), {}, abort.signal)));
    expect(error).toMatchObject({ reason: 'indeterminate', written: false });
  });

  it('goes on at once where the store is not done yet', async () => {
    const { clock, record } = setUp();
    const store = record.store();
    let first = true;
    const result = await clock.run(
      update(
        {
          ...store,
          write: async (next, base, limits) => {
            const receipt = await store.write({ ...next, ...(first && { b: 0 }) }, base, limits);
            first = false;
            return receipt;
          },
          leftUndone: ({ state }) => state['b'] === 0,
        },
        set({ a: 1, b: 1 }),
        {
          maxAttempts: 1,
          totalTimeoutMs: 30_000,
          requestTimeoutMs: 1000,
          backoff: strategies.fixed({ baseMs: 100, maxMs: 5000 }),
        },
        { clock, random: seededRandom(1) },
      ),
    );
    expect(result).toMatchObject({ outcome: 'written', attempts: 1, waitedMs: 0 });
    expect(record.requests.map((request) => [request.kind, request.version])).toEqual([
      ['read', undefined],
      ['write', 1],
      ['read', undefined],
      ['write', 2],
    ]);
    expect(record.content).toEqual({ a: 1, b: 1 });
  });
});
