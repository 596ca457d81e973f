import { describe, expect, it } from '@jest/globals';

import { Lanes, type Snapshot, type Store, StoreError, strategies } from '../../core';
import {
  attributeChange,
  type AttributeReport,
  type ParticipantState,
} from '../../genesys/attribute-change';
import { failureOf } from '../core/changes';
import { seededRandom, VirtualClock } from '../core/virtual-clock';
import { wanting } from './wishes';

/** A versioned participant that nobody owns yet, and the first claim to it, whose write gets lost. */
function claim() {
  const clock = new VirtualClock();
  let version = 1;
  let attributes: Readonly<Record<string, string>> = { owner: '' };
  let isLost = false;
  const snapshot = (): Snapshot<ParticipantState> => {
    const all = new Map(Object.entries(attributes));
    return {
      version,
      state: {
        participantId: 'p',
        writeMethod: 'versioned',
        attributes: all,
        wire: all,
        externalContactId: null,
      },
    };
  };
  const commit = (values: Readonly<Record<string, string>>) => {
    version++;
    attributes = { ...attributes, ...values };
  };
  const store: Store<ParticipantState> = {
    versioned: true,
    read: async () => {
      await clock.sleep(20);
      return snapshot();
    },
    write: async (next, base, { timeoutMs }) => {
      if (!isLost) {
        isLost = true;
        await clock.sleep(timeoutMs);
        throw new StoreError('no reply', { kind: 'ambiguous' });
      }
      await clock.sleep(20);
      if (base.version !== version) {
        throw new StoreError('409', { kind: 'conflict', namesVersion: true });
      }
      commit(Object.fromEntries(next.attributes));
      return { snapshot: snapshot() };
    },
    sameContent: (one, other) =>
      JSON.stringify([...one.attributes]) === JSON.stringify([...other.attributes]),
  };
  const lanes = new Lanes<ParticipantState, AttributeReport>({ clock, random: seededRandom(1) });
  const ours = lanes.update(
    () => Promise.resolve({ key: 'r', store }),
    attributeChange(
      wanting({
        set: new Map([
          ['claimed', 'yes'],
          ['owner', 'us'],
        ]),
        condition: { kind: 'onlyIfEquals', expected: new Map([['owner', '']]) },
      }),
    ),
    {
      maxAttempts: 5,
      totalTimeoutMs: 10_000,
      requestTimeoutMs: 1000,
      backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
    },
  );
  return { clock, commit, ours, attributes: () => attributes };
}

describe('A claim (Only If Equals) whose write got lost', () => {
  it('is refused where somebody else owns it now', async () => {
    const { clock, commit, ours, attributes } = claim();
    clock.at(500, () => {
      commit({ owner: 'them' });
    });
    expect((await clock.run(failureOf(ours))).reason).toBe('refused');
    expect(attributes()).toEqual({ owner: 'them' });
  });

  it.each([1, 2])(
    'takes nothing from somebody else who has set one of its attributes to the same (%i versions later)',
    async (versions) => {
      const { clock, commit, ours, attributes } = claim();
      clock.at(500, () => {
        commit({ claimed: 'yes', owner: 'them' });
        if (versions > 1) commit({});
      });
      const error = await clock.run(failureOf(ours));
      expect([error.reason, error.written]).toEqual(['indeterminate', false]);
      expect(attributes()).toEqual({ claimed: 'yes', owner: 'them' });
    },
  );
});
