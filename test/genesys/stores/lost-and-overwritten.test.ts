import { describe, expect, it } from '@jest/globals';

import { StoreError } from '../../../core';
import { attributePart } from '../../../genesys/stores/participant-parts';
import { patchedParticipant } from './patched-participant';
import { remove, set, wanting } from './wishes';

const PATIENT = { totalTimeoutMs: 60_000 };

const BOTH = new Map([
  ['a', 'ours'],
  ['b', 'ours'],
]);

/**
 * The reply to the first PATCH is lost. It arrives at 30 ms, its reply is waited for until 1020 ms, and
 * the next read is answered by 1140 ms.
 */
function lostReply(lag: number, lost: 'applied' | 'never applied' = 'applied') {
  const participant = patchedParticipant(lag);
  participant.faults.push({ lost });
  return participant;
}

describe.each([0, 200])(
  'A PATCH without an answer of which some is shown, and some overwritten (lag %i ms)',
  (lag) => {
    it.each(['overwrite', 'keepTheirs', 'fail'] as const)(
      'is not sent again, and is superseded there (%s)',
      async (conflictPolicy) => {
        const { clock, patch, patches, shown, start } = lostReply(lag);
        clock.at(500, () => {
          patch({ b: 'theirs' });
        });
        const { changed, elapsedMs, outcome, superseded } = await clock.run(
          start(wanting({ set: BOTH, conflictPolicy }), PATIENT),
        );
        expect([outcome, superseded, [...changed.keys()]]).toEqual([
          'superseded',
          new Map([[attributePart('b'), { written: 'ours', found: 'theirs' }]]),
          [attributePart('a')],
        ]);
        // The bound counts from the read that showed it.
        expect(elapsedMs).toBeGreaterThanOrEqual(11_120);
        expect([patches.length, shown()]).toEqual([1, { a: 'ours', b: 'theirs' }]);
      },
    );

    it('is that of all who shared it', async () => {
      const { clock, patch, patches, shown, start } = lostReply(lag);
      clock.at(500, () => {
        patch({ b: 'theirs' });
      });
      const results = await clock.run(
        Promise.all([start(set({ a: '1' }), PATIENT), start(set({ b: '2' }), PATIENT)]),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'superseded']);
      expect([patches.length, shown()]).toEqual([1, { a: '1', b: 'theirs' }]);
    });

    it('is accepted, where nobody waits to see it', async () => {
      const { clock, patch, patches, start } = lostReply(lag);
      clock.at(500, () => {
        patch({ b: 'theirs' });
      });
      const { outcome } = await clock.run(
        start(set({ a: '1', b: '2' }), { ...PATIENT, waitUntilVisible: false }),
      );
      expect([outcome, patches.length]).toEqual(['accepted', 1]);
    });
  },
);

describe('A PATCH without an answer', () => {
  it.each(['overwrite', 'keepTheirs', 'fail'] as const)(
    'and its repetition without one are not sent over a newer value, whichever of them was applied (%s)',
    async (conflictPolicy) => {
      // Applied at 30 ms, and shown from 1200 ms on: the read at 1130 ms does not show it.
      const { clock, faults, patch, patches, shown, start } = lostReply(1170);
      faults.push({ lost: 'never applied' });
      clock.at(40, () => {
        patch({ b: 'theirs' });
      });
      const { changed, outcome } = await clock.run(
        start(wanting({ set: BOTH, conflictPolicy }), PATIENT),
      );
      expect([outcome, [...changed.keys()]]).toEqual(['superseded', [attributePart('a')]]);
      expect([patches.length, shown()]).toEqual([2, { a: 'ours', b: 'theirs' }]);
    },
  );

  it.each(
    (['overwrite', 'keepTheirs', 'fail'] as const).flatMap((policy) => [
      [policy, 'first'] as const,
      [policy, 'second'] as const,
    ]),
  )(
    'and its repetition without a companion that has left are not sent over a newer value (%s, the %s one applied)',
    async (conflictPolicy, applied) => {
      const isFirst = applied === 'first';
      const participant = patchedParticipant(isFirst ? 1170 : 0);
      const { clock, faults, patch, patches, shown, start } = participant;
      const [yes, no] = [{ lost: 'applied' }, { lost: 'never applied' }] as const;
      faults.push(isFirst ? yes : no, isFirst ? no : yes);
      clock.at(isFirst ? 40 : 1500, () => {
        patch({ b: 'theirs', c: 'theirs' });
      });
      const leaving = start(set({ c: 'ours' }), { ...PATIENT, maxAttempts: 1 });
      const [{ outcome }] = await clock.run(
        Promise.all([
          start(wanting({ set: BOTH, conflictPolicy }), PATIENT),
          leaving.catch(() => undefined),
        ]),
      );
      expect([outcome, patches.length]).toEqual(['superseded', 2]);
      expect(shown()).toEqual({ a: 'ours', b: 'theirs', c: 'theirs' });
    },
  );

  it('is not proved by what a later one sets once more, without the rest of it', async () => {
    const participant = patchedParticipant(0);
    const { clock, faults, patch, patches, shown, start } = participant;
    faults.push({ answer: new StoreError('503', { kind: 'ambiguous' }) }, { lost: 'applied' });
    clock.at(60, () => {
      patch({ a: 'theirs' });
    });
    const { changed, outcome } = await clock.run(
      start(wanting({ set: BOTH, conflictPolicy: 'keepTheirs' }), PATIENT),
    );
    expect(patches).toEqual([{ a: 'ours', b: 'ours' }, { b: 'ours' }]);
    expect([outcome, [...changed.keys()]]).toEqual(['written', [attributePart('b')]]);
    expect(shown()).toEqual({ a: 'theirs', b: 'ours' });
  });

  it('is sent again where another part of it holds the old value: content of one part proves little', async () => {
    const { clock, patch, patches, shown, start } = lostReply(0, 'never applied');
    clock.at(500, () => {
      patch({ a: 'ours' });
    });
    const { outcome } = await clock.run(start(set({ a: 'ours', b: 'ours' }), PATIENT));
    expect([outcome, patches.length, shown()]).toEqual(['written', 2, { a: 'ours', b: 'ours' }]);
  });

  it('is sent again where all of it that shows is a gap: whoever removes leaves the same', async () => {
    const { clock, patch, patches, shown, start } = lostReply(0, 'never applied');
    patch({ a: 'first', b: 'first' });
    clock.at(500, () => {
      patch({ a: '', b: 'theirs' });
    });
    const { outcome } = await clock.run(start(remove('a', 'b'), PATIENT));
    expect([outcome, patches.length, shown()]).toEqual(['written', 2, { a: '', b: '' }]);
  });

  it('is sent again where somebody else has written the beginning of it: a text may have grown since', async () => {
    const { clock, patch, patches, shown, start } = lostReply(0, 'never applied');
    const begun = 'x'.repeat(150);
    const grown = `${begun}, and more`;
    clock.at(500, () => {
      patch({ log: begun });
    });
    const { outcome } = await clock.run(start(set({ log: grown }), PATIENT));
    expect([outcome, patches.length, shown()]).toEqual(['written', 2, { log: grown }]);
  });

  it('is not proved by what a claim wrote last, where a companion had set the same part before', async () => {
    const { clock, patch, patches, shown, start } = lostReply(0, 'never applied');
    clock.at(500, () => {
      patch({ owner: 'bot', note: 'theirs' });
    });
    const claim = wanting({
      set: new Map([['owner', 'bot']]),
      condition: { kind: 'onlyIfEquals', expected: new Map([['owner', 'free']]) },
    });
    const wishes = [set({ owner: 'free', note: 'ours' }), claim];
    const results = await clock.run(Promise.all(wishes.map((one) => start(one, PATIENT))));
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect([patches.length, shown()]).toEqual([2, { owner: 'bot', note: 'ours' }]);
  });

  it.each(['an earlier one has set', 'somebody else had set before'])(
    'is not taken for one that was applied where a read shows again what %s',
    async (who) => {
      const { clock, faults, patch, patches, readFaults, shown, start } = patchedParticipant(0);
      if (who === 'an earlier one has set') await clock.run(start(set({ a: '1' }), PATIENT));
      else {
        patch({ a: '1' });
        await clock.run(clock.sleep(100));
      }
      const first = clock.now();
      await clock.run(start(set({ a: '2' }), PATIENT));
      const before = patches.length;
      faults.push({ lost: 'never applied' });
      // The first read is right; the one after the lost reply arrives 1130 ms later, at a replica that is behind.
      readFaults.push({ behindMs: 0 }, { behindMs: clock.now() - first + 1120 });
      const { outcome } = await clock.run(start(set({ a: '1' }), PATIENT));
      expect([outcome, patches.length - before, shown()]).toEqual(['written', 2, { a: '1' }]);
    },
  );
});
