import { describe, expect, it } from '@jest/globals';

import { failureOf } from '../../core/changes';
import { versionedParticipant } from './versioned-participant';
import { wanting } from './wishes';

/** A participant that nobody owns yet, and the first claim to it, whose write gets lost. */
function claim() {
  const participant = versionedParticipant({ owner: '' });
  participant.faults.push({ lost: 'never applied' });
  const ours = participant.start(
    wanting({
      set: new Map([
        ['claimed', 'yes'],
        ['owner', 'us'],
      ]),
      condition: { kind: 'onlyIfEquals', expected: new Map([['owner', '']]) },
    }),
  );
  return { ...participant, ours };
}

describe('A claim (Only If Equals) whose write got lost', () => {
  it('is refused where somebody else owns it now, and has written nothing like it', async () => {
    const { clock, commit, ours, values } = claim();
    clock.at(500, () => {
      commit({ owner: 'them' });
    });
    expect((await clock.run(failureOf(ours))).reason).toBe('refused');
    expect(values()).toEqual({ owner: 'them' });
  });

  it.each([1, 2])(
    'takes nothing from somebody else who has set one of its attributes to the same (%i versions later)',
    async (versions) => {
      const { clock, commit, ours, values } = claim();
      clock.at(500, () => {
        commit({ claimed: 'yes', owner: 'them' });
        if (versions > 1) commit({});
      });
      const error = await clock.run(failureOf(ours));
      expect([error.reason, error.written]).toEqual(['indeterminate', false]);
      expect(values()).toEqual({ claimed: 'yes', owner: 'them' });
    },
  );

  it.each([1, 2])(
    'is not won where somebody else has made the very same claim (%i versions later)',
    async (versions) => {
      const { clock, commit, ours } = claim();
      clock.at(500, () => {
        commit({ claimed: 'yes', owner: 'us' });
        if (versions > 1) commit({});
      });
      const error = await clock.run(failureOf(ours));
      expect(error.reason).toBe('indeterminate');
      expect([...(error.stands ?? [])]).toEqual([
        ['claimed', 'yes'],
        ['owner', 'us'],
      ]);
    },
  );

  it('is not told as refused after several moves, whoever owns it now', async () => {
    const { clock, commit, ours } = claim();
    clock.at(500, () => {
      commit({ owner: 'them' });
      commit({ owner: 'others' });
    });
    expect((await clock.run(failureOf(ours))).reason).toBe('indeterminate');
  });

  it('is sent again under the same version, and won where that is answered', async () => {
    const { clock, ours, puts } = claim();
    expect((await clock.run(ours)).outcome).toBe('written');
    expect(puts).toHaveLength(2);
  });

  it('is made anew where somebody else has only written something else', async () => {
    const { clock, commit, ours, values } = claim();
    clock.at(500, () => {
      commit({ foreign: '1' });
    });
    expect((await clock.run(ours)).outcome).toBe('written');
    expect(values()).toEqual({ owner: 'us', claimed: 'yes', foreign: '1' });
  });
});

describe('A condition on what is to be removed, on a server that merges', () => {
  it('still holds where somebody else writes before the removal is made good', async () => {
    const { clock, faults, puts, start, values } = versionedParticipant({ status: 'open' });
    faults.push({ merged: true }, { after: { status: 'claimed by them' } });
    const removing = start(
      wanting({
        remove: new Set(['status']),
        condition: { kind: 'onlyIfEquals', expected: new Map([['status', 'open']]) },
      }),
    );
    const error = await clock.run(failureOf(removing));
    expect([error.reason, error.written]).toEqual(['refused', false]);
    expect(puts).toHaveLength(2);
    expect(values()).toEqual({ status: 'claimed by them' });
  });
});
