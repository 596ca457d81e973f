import { describe, expect, it } from '@jest/globals';

import { StoreError, UpdateError, type UpdateResult } from '../../../core';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import { attributePart, type ParticipantRaw } from '../../../genesys/stores/participant-parts';
import { patchedParticipant } from './patched-participant';
import { remove, set, wanting } from './wishes';

const PATIENT = { totalTimeoutMs: 60_000 };
const POLICIES = ['overwrite', 'keepTheirs', 'fail'] as const;

type Result = UpdateResult<ParticipantRaw, AttributeNote>;

function supersededBy(written: string | null, found: string | null, name = 'a'): unknown {
  return new Map([[attributePart(name), { written, found }]]);
}

async function failureOf(update: Promise<unknown>): Promise<UpdateError> {
  const error: unknown = await update.then(
    () => new Error('It succeeded.'),
    (reason: unknown) => reason,
  );
  if (error instanceof UpdateError) return error;
  throw error;
}

describe('Twelve processes that set one attribute at once', () => {
  it.each([0, 200, 2000, 4000])(
    'send twelve PATCHes, and the last one stands (lag %i ms)',
    async (lag) => {
      const participant = patchedParticipant(lag);
      const { clock, patches, shown } = participant;
      const workers = [participant, ...Array.from({ length: 11 }, () => participant.process())];
      const results = await clock.run(
        Promise.all(
          workers.map(async ({ later }, index) => ({
            value: `of ${index}`,
            ...(await later(index * 7, set({ a: `of ${index}` }), PATIENT)),
          })),
        ),
      );
      expect(patches).toHaveLength(12);
      expect(shown()).toEqual({ a: 'of 11' });
      for (const { outcome, superseded, value, ...result } of results) {
        const changed = [...result.changed.values()].map(({ to }) => to);
        if (outcome === 'written') expect(changed).toEqual([value]);
        else
          expect({ superseded, changed }).toEqual({
            superseded: supersededBy(value, 'of 11'),
            changed: [],
          });
      }
      expect(results.at(-1)?.outcome).toBe('written');
    },
  );
});

describe.each([0, 200, 2000, 4000])(
  'Somebody else who sets the same attribute (lag %i ms)',
  (lag) => {
    it.each(POLICIES)(
      'before ours, shown after our read, loses to ours (%s)',
      async (conflictPolicy) => {
        const { clock, patch, patches, shown, start } = patchedParticipant(lag);
        // Our read is answered by 20 ms, and our PATCH arrives at 30 ms.
        clock.at(15, () => {
          patch({ a: 'theirs' });
        });
        const wanted = wanting({ set: new Map([['a', 'ours']]), conflictPolicy });
        const { outcome, changed } = await clock.run(start(wanted, PATIENT));
        await clock.run(clock.sleep(10_000));
        expect([outcome, changed.size, shown(), patches]).toEqual([
          'written',
          1,
          { a: 'ours' },
          [{ a: 'ours' }],
        ]);
      },
    );

    it.each(POLICIES)('after ours wins, and ours is superseded (%s)', async (conflictPolicy) => {
      const { clock, patch, patches, shown, start } = patchedParticipant(lag);
      clock.at(35, () => {
        patch({ a: 'theirs' });
      });
      const wanted = wanting({ set: new Map([['a', 'ours']]), conflictPolicy });
      const { outcome, changed, superseded, elapsedMs } = await clock.run(start(wanted, PATIENT));
      expect([outcome, changed.size, superseded]).toEqual([
        'superseded',
        0,
        supersededBy('ours', 'theirs'),
      ]);
      // Accepted at 40 ms, looked for at the bound, and answered 20 ms later.
      expect(elapsedMs).toBe(40 + 10_000 + 20);
      expect([shown(), patches]).toEqual([{ a: 'theirs' }, [{ a: 'ours' }]]);
    });
  },
);

describe('An update that was superseded', () => {
  it('says so if any of its attributes was, and has changed only what was seen', async () => {
    const { clock, patch, patches, start } = patchedParticipant(500);
    clock.at(35, () => {
      patch({ a: 'theirs', c: '' });
    });
    const result: Result = await clock.run(start(set({ a: '1', b: '1', c: '1' }), PATIENT));
    expect(result.outcome).toBe('superseded');
    expect([...result.changed.keys()]).toEqual([attributePart('b')]);
    expect([...(result.superseded ?? [])]).toEqual([
      [attributePart('a'), { written: '1', found: 'theirs' }],
      // It was not there before, so that it is empty says that somebody has removed it.
      [attributePart('c'), { written: '1', found: null }],
    ]);
    expect(patches).toHaveLength(1);
  });

  it('found nothing where somebody else has removed it', async () => {
    const { clock, patch, start } = patchedParticipant(500);
    patch({ a: 'first' });
    await clock.run(clock.sleep(1000));
    clock.at(clock.now() + 35, () => {
      patch({ a: '' });
    });
    const { outcome, superseded } = await clock.run(start(set({ a: 'ours' }), PATIENT));
    expect([outcome, superseded]).toEqual(['superseded', supersededBy('ours', null)]);
  });

  it('wrote nothing there where it was to remove it', async () => {
    const { clock, patch, start } = patchedParticipant(500);
    patch({ a: 'first' });
    await clock.run(clock.sleep(1000));
    clock.at(clock.now() + 35, () => {
      patch({ a: 'theirs' });
    });
    const { outcome, superseded } = await clock.run(start(remove('a'), PATIENT));
    expect([outcome, superseded]).toEqual(['superseded', supersededBy(null, 'theirs')]);
  });

  it('waits for twice the longest lag that its client has seen in the last hour', async () => {
    const { clock, patch, start } = patchedParticipant(12_000);
    await clock.run(start(set({ b: '1' }), PATIENT));
    const from = clock.now();
    clock.at(from + 35, () => {
      patch({ a: 'theirs' });
    });
    const { elapsedMs, outcome } = await clock.run(start(set({ a: 'ours' }), PATIENT));
    expect(outcome).toBe('superseded');
    expect(elapsedMs).toBeGreaterThanOrEqual(24_040);
    expect(elapsedMs).toBeLessThan(30_000);
  });

  it('has not told so before its total timeout, which then says what stands', async () => {
    const { clock, patch, patches, start } = patchedParticipant(500);
    clock.at(35, () => {
      patch({ a: 'theirs' });
    });
    const error = await clock.run(
      failureOf(start(set({ a: 'ours', b: 'ours' }), { totalTimeoutMs: 5000 })),
    );
    expect(error).toMatchObject({ reason: 'deadline', accepted: true });
    expect(error.stands).toEqual(new Map([[attributePart('a'), 'theirs']]));
    expect(patches).toHaveLength(1);
  });
});

describe('The old value that shows for longer than ten seconds', () => {
  it('is a lag, and not what somebody else has set', async () => {
    const { clock, patches, start } = patchedParticipant(25_000);
    const { outcome, elapsedMs } = await clock.run(start(set({ a: 'ours' }), PATIENT));
    expect([outcome, patches.length]).toEqual(['written', 1]);
    expect(elapsedMs).toBeLessThan(27_100);
  });
});

describe('The old value that somebody else sets again', () => {
  const setBack = async (afterMs: number) => {
    const participant = patchedParticipant(500);
    const { clock, patch, start } = participant;
    patch({ a: 'old' });
    await clock.run(clock.sleep(1000));
    clock.at(clock.now() + afterMs, () => {
      patch({ a: 'old' });
    });
    return { ...participant, update: start(set({ a: 'ours' }), PATIENT) };
  };

  it('before ours could be seen looks like a lag: accepted, not yet seen, with what stands', async () => {
    const { clock, patches, update } = await setBack(35);
    const error = await clock.run(failureOf(update));
    expect(error).toMatchObject({ reason: 'deadline', accepted: true });
    expect(error.stands).toEqual(new Map([[attributePart('a'), 'old']]));
    expect(patches).toEqual([{ a: 'ours' }]);
  });

  it('after a read has shown ours, comes too late for that', async () => {
    const { clock, patches, update } = await setBack(2000);
    expect([(await clock.run(update)).outcome, patches.length]).toEqual(['written', 1]);
  });
});

describe('A value that is set, and removed again within the lag', () => {
  it('does not count as removed before it could be seen', async () => {
    const { clock, patches, start, later } = patchedParticipant(2000);
    const endedAt: number[] = [];
    const ended = () => endedAt.push(clock.now());
    const results = await clock.run(
      Promise.all([
        start(set({ a: '1' }), PATIENT).finally(ended),
        later(500, remove('a'), PATIENT).finally(ended),
      ]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(patches).toEqual([{ a: '1' }, { a: '' }]);
    // The PATCHes can be seen from 2030 and 2550 ms on.
    expect(Math.min(...endedAt)).toBeGreaterThan(2030);
    expect(Math.max(...endedAt)).toBeGreaterThan(2550);
  });
});

describe('A read that may be older than a value of ours', () => {
  /** Somebody else has set it before ours, and reads show that first. */
  const shownBeforeOurs = (lag: number) => {
    const participant = patchedParticipant(lag);
    participant.clock.at(15, () => {
      participant.patch({ a: 'theirs' });
    });
    return participant;
  };

  it('is no reason to leave a value unwritten that ours is about to replace', async () => {
    const { clock, patches, shown, start, later } = shownBeforeOurs(2000);
    // Theirs shows from 2015 ms on, ours from 2030 ms on: the read of the second one arrives between them.
    const results = await clock.run(
      Promise.all([start(set({ a: 'ours' }), PATIENT), later(2010, set({ a: 'theirs' }), PATIENT)]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(patches).toEqual([{ a: 'ours' }, { a: 'theirs' }]);
    await clock.run(clock.sleep(5000));
    expect(shown()).toEqual({ a: 'theirs' });
  });

  it.each(['keepTheirs', 'fail'] as const)(
    'is not "somebody else" where ours then shows (%s)',
    async (conflictPolicy) => {
      const { clock, faults, start, later } = shownBeforeOurs(2000);
      faults.push(undefined, { answer: new StoreError('503', { kind: 'transient' }) });
      const wanted = wanting({ set: new Map([['a', 'next']]), conflictPolicy });
      const results = await clock.run(
        Promise.all([start(set({ a: 'ours' }), PATIENT), later(2010, wanted, PATIENT)]),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    },
  );

  it('makes an update wait that would write only on a condition', async () => {
    const { clock, patches, start, later } = shownBeforeOurs(2000);
    const unlessThere = wanting({
      set: new Map([['a', 'theirs']]),
      condition: { kind: 'onlyIfMissing' },
    });
    const [, second] = await clock.run(
      Promise.all([start(set({ a: 'ours' }), PATIENT), later(2010, unlessThere, PATIENT)]),
    );
    expect(second.outcome).toBe('unchanged');
    expect([...second.report.kept.values()]).toEqual([{ wanted: 'theirs', found: 'ours' }]);
    expect(patches).toEqual([{ a: 'ours' }]);
  });

  it('after ours was seen is no reason to call a value written that somebody has set back', async () => {
    const { clock, patch, patches, shown, start } = patchedParticipant(50);
    patch({ a: 'old' });
    await clock.run(clock.sleep(100));
    await clock.run(start(set({ a: 'ours' })));
    patch({ a: 'old' });
    await clock.run(clock.sleep(100));
    const { outcome, changed } = await clock.run(start(set({ a: 'ours' })));
    expect(outcome).toBe('written');
    expect([...changed.values()]).toEqual([{ from: 'old', to: 'ours' }]);
    expect([patches.length, shown()]).toEqual([2, { a: 'ours' }]);
  });
});

describe('An attribute that an earlier update has set and no read shows yet', () => {
  it('is written once more with the rest, since somebody else may have overwritten it', async () => {
    const { clock, later, patch, patches, shown } = patchedParticipant(2000);
    const first = later(0, set({ a: 'ours' }), PATIENT);
    clock.at(60, () => {
      patch({ a: 'theirs' });
    });
    const second = later(100, set({ a: 'ours', b: 'ours' }), PATIENT);
    const [, { changed, outcome }] = await clock.run(Promise.all([first, second]));
    expect(outcome).toBe('written');
    expect([...changed.keys()]).toEqual([attributePart('b')]);
    expect(patches).toEqual([{ a: 'ours' }, { a: 'ours', b: 'ours' }]);
    expect(shown()).toEqual({ a: 'ours', b: 'ours' });
  });

  it('is waited for, and costs no request of its own, where there is nothing else to write', async () => {
    const { clock, later, patches } = patchedParticipant(2000);
    const all = [later(0, set({ a: 'ours' }), PATIENT), later(100, set({ a: 'ours' }), PATIENT)];
    const outcomes = (await clock.run(Promise.all(all))).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['written', 'unchanged']);
    expect(patches).toEqual([{ a: 'ours' }]);
  });
});
