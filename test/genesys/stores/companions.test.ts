import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { StoreError, UpdateError } from '../../../core';
import { runs } from '../../core/runs';
import { answers, calls, patient, play } from './patch-lane-calls';
import { type Fault, versionedParticipant } from './versioned-participant';
import { set, wanting } from './wishes';

const unlessChanged = (entries: Record<string, string>) =>
  wanting({ set: new Map(Object.entries(entries)), conflictPolicy: 'fail' });

const unlessTheirs = (entries: Record<string, string>) =>
  wanting({ set: new Map(Object.entries(entries)), conflictPolicy: 'keepTheirs' });

const malformed = new StoreError('400', { kind: 'permanent', aboutContent: true });

describe('Companions are not "somebody else"', () => {
  it('where their write was taken apart, and somebody else has set another attribute', async () => {
    const { clock, faults, values, start } = versionedParticipant({ a: '0' });
    faults.push({ answer: malformed, after: { foreign: '1' } });
    const results = await clock.run(
      Promise.all([
        start(set({ a: '1' })),
        start(unlessChanged({ a: '2' })),
        start(unlessTheirs({ a: '3' })),
      ]),
    );
    expect(results.map(({ outcome, report }) => [outcome, report.kept.size])).toEqual([
      ['written', 0],
      ['written', 0],
      ['written', 0],
    ]);
    expect(values()).toEqual({ a: '3', foreign: '1' });
  });

  it('but somebody else is, who came before them', async () => {
    const { clock, faults, values, start } = versionedParticipant({ a: '0' });
    faults.push({ answer: malformed, after: { a: 'theirs' } });
    const [first, second] = await clock.run(
      Promise.allSettled([start(set({ a: '1' })), start(unlessChanged({ a: '2' }))]),
    );
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { reason: 'refused' } });
    expect(values()).toEqual({ a: '1' });
  });

  it.each(['keepTheirs', 'fail'] as const)(
    'but somebody else is, who sets what a write was to set that can no longer be applied (%s)',
    async (conflictPolicy) => {
      const { clock, commit, faults, values, start } = versionedParticipant({ a: '0' });
      faults.push({ lost: 'never applied' });
      const once = { maxAttempts: 1, requestTimeoutMs: 100 };
      await expect(clock.run(start(set({ a: '1' }), once))).rejects.toThrow();
      commit({ a: '7' });
      // The next one has met that, and its write meets this.
      faults.push({
        answer: new StoreError('slow down', { kind: 'transient' }),
        after: { a: '1' },
      });
      const wanted = wanting({ set: new Map([['a', '2']]), conflictPolicy });
      await clock.run(start(wanted).catch(() => undefined));
      expect(values()).toEqual({ a: '1' });
    },
  );

  it('where one of them removed what another sets', async () => {
    const { clock, faults, values, start } = versionedParticipant({ a: '0' });
    faults.push({ answer: malformed, after: { foreign: '1' } });
    const removing = wanting({ remove: new Set(['a']) });
    const [, second] = await clock.run(
      Promise.all([start(removing), start(unlessChanged({ a: '2' }))]),
    );
    expect(second.outcome).toBe('written');
    expect(values()).toEqual({ a: '2', foreign: '1' });
  });

  it('where the reply to their write was lost', async () => {
    const { clock, faults, puts, values, start } = versionedParticipant({ a: '0' });
    faults.push({ answer: malformed }, { lost: 'applied' });
    const results = await clock.run(
      Promise.all([
        start(set({ a: '1' })),
        start(set({ b: '1' })),
        start(unlessChanged({ a: '2' })),
      ]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written']);
    expect(puts.slice(1)).toEqual([
      { a: '1', b: '1' },
      { a: '2', b: '1' },
    ]);
    expect(values()).toEqual({ a: '2', b: '1' });
  });

  it.each([
    ['and somebody else has set another attribute since', { foreign: '1' }],
    ['and nobody else has written', undefined],
  ])('where one changed what another had set in a write that was lost, %s', async (_, theirs) => {
    const { clock, commit, faults, puts, values, start } = versionedParticipant({ a: '0' });
    faults.push({ lost: 'applied' });
    if (theirs) {
      clock.at(500, () => {
        commit(theirs);
      });
    }
    const results = await clock.run(
      Promise.all([start(unlessChanged({ a: '1' })), start(unlessChanged({ a: '2' }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(puts).toHaveLength(1);
    expect(values()).toEqual({ a: '2', ...theirs });
  });

  it.each(['overwrite', 'fail'] as const)(
    'and whoever had nothing to do in a write that was lost undoes nothing of it (%s)',
    async (conflictPolicy) => {
      const { clock, faults, values, start } = versionedParticipant({});
      faults.push({ lost: 'applied' });
      const removing = wanting({ remove: new Set(['c']), conflictPolicy });
      const results = await clock.run(
        Promise.all([start(set({ a: '1' })), start(removing), start(set({ c: 'later' }))]),
      );
      expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'unchanged', 'written']);
      expect(values()).toEqual({ a: '1', c: 'later' });
    },
  );

  it('where one had changed a part of what another set in a write that was lost', async () => {
    const { clock, commit, faults, puts, start } = versionedParticipant({ a: '0' });
    faults.push({ lost: 'applied' });
    clock.at(500, () => {
      commit({ foreign: '1' });
    });
    const results = await clock.run(
      Promise.all([
        start(unlessTheirs({ a: '1', c: '1' })),
        start(set({ a: '2', b: '2' })),
        start(set({ a: '3' })),
      ]),
    );
    expect(results.map(({ outcome, report }) => [outcome, report.kept.size])).toEqual([
      ['written', 0],
      ['written', 0],
      ['written', 0],
    ]);
    expect(puts).toHaveLength(1);
  });

  it('where one finds its own of a write that was lost, and another does not', async () => {
    const { clock, commit, faults, values, start } = versionedParticipant({ a: '0', b: '0' });
    faults.push({ lost: 'applied' });
    clock.at(500, () => {
      commit({ b: 'theirs' });
    });
    const results = await clock.run(
      Promise.all([start(set({ a: '1', b: '1' })), start(unlessChanged({ a: '2' }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(values()).toEqual({ a: '2', b: '1' });
  });

  it('where a write must be completed by another', async () => {
    const { clock, faults, values, start } = versionedParticipant({ a: '0', b: '0' });
    faults.push({ merged: true });
    const results = await clock.run(
      Promise.all([
        start(unlessChanged({ a: '1' })),
        start(set({ a: '2' })),
        start(wanting({ remove: new Set(['b']) })),
      ]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written', 'written']);
    expect(values()).toEqual({ a: '2' });
  });

  it('where somebody else overwrote another part of their write that was lost', async () => {
    const { clock, commit, faults, values, start } = versionedParticipant({ a: '0', b: '0' });
    faults.push({ lost: 'applied' });
    clock.at(500, () => {
      commit({ b: 'theirs' });
    });
    const leaving = new AbortController();
    clock.at(600, () => {
      leaving.abort();
    });
    const first = start(set({ a: '1', b: '1' }), {}, leaving.signal).catch(() => undefined);
    const [, second] = await clock.run(
      Promise.all([
        first,
        start(
          wanting({
            set: new Map([
              ['c', '1'],
              ['a', '2'],
            ]),
            conflictPolicy: 'fail',
          }),
        ),
      ]),
    );
    expect(second.outcome).toBe('written');
    expect(values()).toEqual({ a: '2', b: 'theirs', c: '1' });
  });

  it('where the reply of a server that merges was lost', async () => {
    const { clock, faults, values, start } = versionedParticipant({ a: '0', b: '0' });
    faults.push({ lost: 'applied', merged: true });
    const setting = wanting({ set: new Map([['a', '1']]), remove: new Set(['b']) });
    const results = await clock.run(
      Promise.all([start(setting), start(unlessChanged({ a: '2' }))]),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['written', 'written']);
    expect(results[0].report.changed.get('a')).toEqual({ from: '0', to: '1' });
    expect(values()).toEqual({ a: '2' });
  });

  it("and what one of them is about to write is not named as somebody else's", async () => {
    const { clock, faults, start } = versionedParticipant({ a: '0' });
    faults.push({ after: { a: 'theirs' } });
    const results = await clock.run(
      Promise.all([
        start(set({ a: '1' })),
        start(unlessTheirs({ a: '2' })),
        start(unlessChanged({ a: '3' })).catch((error: unknown) => error as UpdateError),
      ]),
    );
    expect(results[1].report.kept.get('a')).toEqual({ wanted: '2', found: 'theirs' });
    expect(results[2]).toMatchObject({ message: 'Somebody else set "a" to "theirs" meanwhile.' });
  });

  it('whatever befalls them, as long as others keep to other attributes', async () => {
    const fault: fc.Arbitrary<Fault> = fc.oneof(
      fc.record(
        {
          after: fc.constantFrom({ foreign: '1' }, { foreign: '2' }, {}),
          lost: fc.constantFrom('applied', 'never applied'),
        },
        { requiredKeys: [] },
      ),
      fc.record({ after: fc.constant({ foreign: '3' }), answer: answers }),
      fc.constant<Fault>({ merged: true }),
    );
    const faults = fc.array(fc.option(fault, { nil: undefined, freq: 2 }), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(calls, faults, async (all, befalling) => {
        // Whoever leaves early may have written unknown to those who stay.
        const given = all.map((call) => ({ ...patient(call), abortMs: undefined }));
        const participant = versionedParticipant({ a: '0' });
        participant.faults.push(...befalling);
        const endings = await play(participant.clock, given, () => participant.start);
        for (const [index, { outcome, report }] of endings.entries()) {
          if (given[index]?.wanted.condition.kind !== 'always') continue;
          const told = outcome instanceof UpdateError ? outcome.message : outcome;
          expect(told).not.toMatch(/somebody else/i);
          expect([...(report?.kept ?? [])]).toEqual([]);
        }
      }),
      { numRuns: runs(2000) },
    );
  });
});

describe('What an update has changed is told after a write that was lost', () => {
  it('from what the record held before that, where somebody else overwrote a part of it', async () => {
    const { clock, commit, faults, start } = versionedParticipant({ a: '0', b: '0' });
    faults.push({ lost: 'applied' });
    clock.at(500, () => {
      commit({ b: 'theirs' });
    });
    const { report } = await clock.run(start(set({ a: '1', b: '1' })));
    expect(Object.fromEntries(report.changed)).toEqual({
      a: { from: '0', to: '1' },
      b: { from: '0', to: '1' },
    });
  });

  it('without what was overwritten and then left to somebody else', async () => {
    const { clock, commit, faults, start } = versionedParticipant({ a: '0', b: '0' });
    faults.push({ lost: 'applied' });
    clock.at(500, () => {
      commit({ b: 'theirs' });
    });
    const { changed } = await clock.run(start(unlessTheirs({ a: '1', b: '1' })));
    expect(Object.fromEntries(changed)).toEqual({ a: { from: '0', to: '1' } });
  });
});
