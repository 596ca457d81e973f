import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core';
import { patchedParticipant } from './patched-participant';
import { remove, set, wanting } from './wishes';

describe('Two updates of one attribute by PATCH, one soon after the other', () => {
  it('leave the later value, and do not meet a conflict with each other', async () => {
    const { clock, patches, shown, start, later } = patchedParticipant(50);
    const [first, second] = await clock.run(
      Promise.all([start(set({ a: '1' })), later(120, set({ a: '2' }))]),
    );
    expect([first.conflicts, second.conflicts]).toEqual([0, 0]);
    expect(patches).toEqual([{ a: '1' }, { a: '2' }]);
    expect(shown()).toEqual({ a: '2' });
  });

  it('leave the later value however long reads lag', async () => {
    const { clock, shown, start, later } = patchedParticipant(45_000);
    const policy = { totalTimeoutMs: 200_000 };
    await clock.run(
      Promise.all([
        start(set({ a: '1' }), policy),
        later(400, set({ a: '2' }), policy),
        later(31_500, set({ b: '1' }), policy),
      ]),
    );
    await clock.run(clock.sleep(60_000));
    expect(shown()).toEqual({ a: '2', b: '1' });
  });

  it('are not "somebody else" to each other', async () => {
    const { clock, start, later } = patchedParticipant(50);
    const unlessChanged = wanting({ set: new Map([['a', '1']]), conflictPolicy: 'fail' });
    const [first] = await clock.run(
      Promise.all([start(unlessChanged), later(120, set({ a: '2' }))]),
    );
    expect(first.outcome).toBe('written');
  });
});

describe('Two updates of one attribute by PATCH that undo each other', () => {
  it.each([[{}], [{ a: 'first' }]])(
    'send nothing, and leave what was there (%j)',
    async (first) => {
      const { clock, patch, patches, shown, start } = patchedParticipant(50);
      patch(first);
      await clock.run(clock.sleep(1000));
      const back = 'a' in first ? set(first) : remove('a');
      const results = await clock.run(Promise.all([start(set({ a: 'new' })), start(back)]));
      expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
      expect([patches, shown()]).toEqual([[], first]);
    },
  );
});

describe('What finding the participant showed', () => {
  it('while a PATCH was on its way does not stand in for a read after it', async () => {
    const { clock, patches, snapshotOf, start, later } = patchedParticipant(500);
    const onlyIfMissing = (value: string) =>
      wanting({ set: new Map([['a', value]]), condition: { kind: 'onlyIfMissing' } });
    // Sent right after the PATCH, and answered right before it.
    const find = async () => {
      const sentAt = clock.now();
      await clock.sleep(17);
      return { snapshot: snapshotOf({}), sentAt, answeredAt: clock.now() };
    };
    const [first, second] = await clock.run(
      Promise.all([
        start(onlyIfMissing('ours')),
        later(22, onlyIfMissing('late'), {}, undefined, find),
      ]),
    );
    expect([first.outcome, second.outcome]).toEqual(['written', 'unchanged']);
    expect(patches).toEqual([{ a: 'ours' }]);
  });
});

describe('Whoever only waits until a value can be seen', () => {
  it.each([
    ['fails', new StoreError('403', { kind: 'permanent' })],
    ['is to be tried again', new StoreError('503', { kind: 'transient' })],
    ['is refused as malformed', new StoreError('400', { kind: 'permanent', aboutContent: true })],
  ])('has nothing to do with what a companion writes, which %s', async (_, answer) => {
    const { clock, faults, patches, start, later } = patchedParticipant(500);
    faults.push(undefined, { answer });
    const [, watcher, writer] = await clock.run(
      Promise.allSettled([
        start(set({ a: '1' }), { waitUntilVisible: false }),
        later(100, set({ a: '1' }), { maxAttempts: 1 }),
        later(100, set({ b: '1' }), { maxAttempts: 1 }),
      ]),
    );
    expect(patches.slice(0, 2)).toEqual([{ a: '1' }, { b: '1' }]);
    expect(watcher).toMatchObject({ value: { outcome: 'unchanged', attempts: 1 } });
    if (answer.failure.kind !== 'permanent' || !('aboutContent' in answer.failure)) {
      expect(writer).toMatchObject({ reason: { lastFailure: answer } });
    }
  });
});

describe('A read by which a PATCH is looked for, and that waits three seconds for its permit', () => {
  const LOOKED_FOR_MS = 250;
  const setUp = () => {
    const world = patchedParticipant(50);
    // The first one is for the read and the PATCH.
    world.permitWaits.push(0, 3000);
    return world;
  };

  it('is waited for all that time', async () => {
    const { clock, start } = setUp();
    const { waitedMs } = await clock.run(start(set({ a: '1' })));
    expect(waitedMs).toBe(LOOKED_FOR_MS + 3000);
  });

  it('is, also where it then fails', async () => {
    const { clock, readFaults, start } = setUp();
    readFaults.push(undefined, { answer: new StoreError('503', { kind: 'transient' }) });
    const { waitedMs } = await clock.run(start(set({ a: '1' })));
    expect(waitedMs).toBe(LOOKED_FOR_MS + 3000 + 1.5 * 250);
  });

  it('is, also where the time is up before', async () => {
    const { clock, start } = setUp();
    const ended = start(set({ a: '1' }), { totalTimeoutMs: 2000 });
    const error = await clock.run(ended.catch((reason: unknown) => reason));
    expect(error).toMatchObject({
      reason: 'deadline',
      accepted: true,
      story: { waitedMs: 2000 - 2 * 20 },
    });
  });
});

describe('After a PATCH whose reply was lost', () => {
  it('the next one is waited for until it can be seen', async () => {
    const { clock, faults, shown, start, later } = patchedParticipant(3000);
    faults.push({ lost: 'never applied' });
    const seen: unknown[] = [];
    const first = start(set({ a: '1' })).finally(() => seen.push(shown()['a']));
    const [result] = await clock.run(Promise.all([first, later(1300, set({ b: '1' }))]));
    expect([result.outcome, ...seen]).toEqual(['written', '1']);
  });

  it.each([
    ['has not lost its value to somebody else', 'overwrite'],
    ['has met nobody else', 'fail'],
  ] as const)('whoever wrote the attribute before %s', async (_, conflictPolicy) => {
    const { clock, faults, patches, start, later } = patchedParticipant(0);
    faults.push(undefined, { lost: 'applied' });
    const earlier = wanting({ set: new Map([['a', '1']]), conflictPolicy });
    const results = await clock.run(
      Promise.all([start(earlier), later(100, set({ a: '2' }), { requestTimeoutMs: 300 })]),
    );
    expect(results.map(({ outcome, conflicts }) => [outcome, conflicts])).toEqual([
      ['written', 0],
      ['written', 0],
    ]);
    expect(patches).toEqual([{ a: '1' }, { a: '2' }]);
  });

  it('whoever finds all of its own has written, whatever became of companions', async () => {
    const { clock, faults, patch, start } = patchedParticipant(0);
    faults.push({ lost: 'applied' });
    clock.at(500, () => {
      patch({ b: 'theirs' });
    });
    const results = await clock.run(Promise.all([start(set({ a: '1' })), start(set({ b: '1' }))]));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'superseded']);
  });
});

describe('An update of which a companion has undone what was left to do', () => {
  it('has written only when the rest can be seen, which was accepted before', async () => {
    const { clock, patch, start, later } = patchedParticipant(2000);
    patch({ b: 'first' });
    await clock.run(clock.sleep(3000));
    const acceptedBy = clock.now() + 40;
    const [, , both] = await clock.run(
      Promise.all([
        start(remove('b')),
        later(45, set({ c: '1' })),
        later(45, remove('b', 'c')).then((result) => ({ ...result, endedAt: clock.now() })),
      ]),
    );
    expect(both.outcome).toBe('written');
    expect(both.endedAt).toBeGreaterThan(acceptedBy + 2000 - 10);
  });
});

describe('A PATCH without an answer for which nobody waits any more', () => {
  it.each(['keepTheirs', 'fail'] as const)(
    'is not "somebody else" where it shows late (%s)',
    async (conflictPolicy) => {
      const { clock, faults, patches, start, later } = patchedParticipant(150);
      faults.push({ lost: 'applied' }, { answer: new StoreError('503', { kind: 'transient' }) });
      const abort = new AbortController();
      clock.at(75, () => {
        abort.abort();
      });
      const policy = { requestTimeoutMs: 50 };
      const first = start(set({ a: '1' }), policy, abort.signal).catch(() => undefined);
      // It reads before the first one shows, and again after that.
      const wanted = wanting({ set: new Map([['a', '2']]), conflictPolicy });
      const [second] = await clock.run(Promise.all([later(10, wanted, policy), first]));
      expect([second.outcome, patches]).toEqual(['written', [{ a: '1' }, { a: '2' }, { a: '2' }]]);
    },
  );
});

describe('After a PATCH of two whose reply was lost, and one of whom was then accepted alone', () => {
  it('the other one, whose value that replaced, waits until it can be seen', async () => {
    const { clock, faults, shown, start } = patchedParticipant(3000);
    faults.push(
      { lost: 'never applied' },
      { answer: new StoreError('400', { kind: 'permanent', aboutContent: true }) },
      { answer: new StoreError('503', { kind: 'transient' }) },
    );
    const seen: unknown[] = [];
    const policy = { requestTimeoutMs: 300 };
    const [first, second] = await clock.run(
      Promise.all([
        start(set({ a: '1' }), policy).finally(() => seen.push(shown()['a'])),
        start(set({ a: '2' }), policy),
      ]),
    );
    expect([first.outcome, second.outcome, ...seen]).toEqual(['written', 'written', '2']);
  });
});

describe('A value that somebody else set before ours, and that reads show late', () => {
  it('is no conflict where a companion reads it before ours can be seen', async () => {
    const { clock, patch, patches, start, later } = patchedParticipant(165);
    clock.at(12, () => {
      patch({ a: 'theirs' });
    });
    // Theirs can be seen from 177 ms on, ours from 195 ms on.
    const [first] = await clock.run(
      Promise.all([start(set({ a: '1' })), later(175, set({ b: '1' }))]),
    );
    expect([first.outcome, first.conflicts]).toEqual(['written', 0]);
    expect(patches).toEqual([{ a: '1' }, { b: '1' }]);
  });
});

describe('Where somebody else overwrites what a companion wrote', () => {
  it.each([true, false])(
    'neither its other value nor what a companion has set since comes back (which waits to see it: %j)',
    async (waitUntilVisible) => {
      const { clock, patch, shown, start, later } = patchedParticipant(50);
      clock.at(50, () => {
        patch({ c: 'theirs' });
      });
      const results = await clock.run(
        Promise.all([
          start(set({ a: '1', c: '1' })),
          later(100, set({ a: '2' }), { waitUntilVisible }),
        ]),
      );
      await clock.run(clock.sleep(2000));
      expect(results[0].outcome).toBe('superseded');
      expect(shown()).toEqual({ a: '2', c: 'theirs' });
    },
  );

  it('before it, and shows late, a companion who came after both keeps its value', async () => {
    const { clock, patch, shown, start, later } = patchedParticipant(280);
    clock.at(12, () => {
      patch({ a: 'theirs' });
    });
    const results = await clock.run(
      Promise.all([start(set({ a: '1' })), later(275, set({ a: '2' }))]),
    );
    await clock.run(clock.sleep(2000));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(shown()).toEqual({ a: '2' });
  });

  it('whoever finds its own untouched has no conflict', async () => {
    const { clock, patch, patches, start } = patchedParticipant(50);
    clock.at(150, () => {
      patch({ a: 'theirs' });
    });
    const [overwritten, untouched] = await clock.run(
      Promise.all([start(set({ a: '1' })), start(set({ b: '1' }), { maxAttempts: 1 })]),
    );
    expect(patches).toEqual([{ a: '1', b: '1' }]);
    expect([overwritten.conflicts, untouched.conflicts]).toEqual([0, 0]);
    expect([overwritten.outcome, untouched.outcome]).toEqual(['superseded', 'written']);
  });
});

describe('A participant that is missing in a read by which a PATCH is looked for', () => {
  it('within ten seconds after it was accepted is looked for again', async () => {
    const { clock, readFaults, start } = patchedParticipant(1000);
    const answer = new StoreError('404', { kind: 'permanent', isAbsent: true });
    readFaults.push(undefined, { answer }, { answer });
    const { outcome, attempts } = await clock.run(start(set({ a: '1' })));
    expect([outcome, attempts]).toEqual(['written', 1]);
  });
});

describe('An update that is cancelled while its PATCH is on its way', () => {
  const cancelledAt = (clock: ReturnType<typeof patchedParticipant>['clock'], ms: number) => {
    const abort = new AbortController();
    clock.at(ms, () => {
      abort.abort();
    });
    return abort.signal;
  };

  it('ends as soon as that is answered, whatever its companions wait for', async () => {
    const { clock, start } = patchedParticipant(3000);
    let endedAt = 0;
    const cancelled = start(set({ a: '1' }), {}, cancelledAt(clock, 30)).finally(() => {
      endedAt = clock.now();
    });
    const [ending, companion] = await clock.run(
      Promise.allSettled([cancelled, start(set({ b: '1' }))]),
    );
    // Sent at 20 ms, and answered at 40 ms.
    expect(endedAt).toBe(40);
    expect(ending).toMatchObject({ reason: { reason: 'indeterminate', accepted: true } });
    expect(companion).toMatchObject({ value: { outcome: 'written' } });
  });

  it('sends nothing more where the leave to write has expired, and its companions do', async () => {
    const { clock, faults, patches, start } = patchedParticipant(0);
    faults.push({ answer: new StoreError('401', { kind: 'expired' }) });
    const [ending, companion] = await clock.run(
      Promise.allSettled([
        start(set({ a: '1' }), {}, cancelledAt(clock, 30)),
        start(set({ b: '1' })),
      ]),
    );
    expect(ending).toMatchObject({ reason: { reason: 'cancelled' } });
    expect(companion).toMatchObject({ value: { outcome: 'written' } });
    expect(patches).toEqual([{ a: '1', b: '1' }, { b: '1' }]);
  });
});
