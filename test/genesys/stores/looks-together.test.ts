import { describe, expect, it } from '@jest/globals';

import { Lanes, type Locate, strategies, type UpdatePolicy } from '../../../core';
import type { GenesysClient } from '../../../genesys/client';
import { ConversationReads } from '../../../genesys/conversations/conversation-reads';
import { attributeChange, type AttributeNote } from '../../../genesys/stores/attribute-change';
import { ParticipantAttributesStore } from '../../../genesys/stores/participant-attributes-store';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';
import { seededRandom, VirtualClock } from '../../core/virtual-clock';
import { set } from './wishes';

const ONE = '11111111-2222-4333-8444-555555555555';
const OTHER = '11111111-2222-4333-8444-666666666666';
const TRIP_MS = 20;
const POLICY: UpdatePolicy = {
  maxAttempts: 5,
  totalTimeoutMs: 20_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
};
const FREE = { waitedMs: 0, use: () => () => undefined, giveBack: () => undefined };

/** Two participants of one conversation, in which reads show a PATCH so many ms later. */
function setUp({ lagMs = 0 } = {}) {
  const clock = new VirtualClock();
  const reads: number[] = [];
  const patches: number[] = [];
  const attributes = new Map<string, object>([
    [ONE, {}],
    [OTHER, {}],
  ]);
  const client: Pick<GenesysClient, 'call' | 'key' | 'limits'> = {
    key: 'client',
    limits: {
      about: () => ({ closed: () => undefined, permit: () => Promise.resolve(FREE) }),
      closed: () => undefined,
    } as unknown as GenesysClient['limits'],
    call: async ({ method, body, path }, schema) => {
      if (method === 'GET') reads.push(clock.now());
      await clock.sleep(TRIP_MS);
      const id = [...attributes.keys()].find((one) => path.includes(`/${one}/`)) ?? '';
      if (method !== 'GET') {
        patches.push(clock.now());
        const set = (body as { attributes: object }).attributes;
        clock.at(clock.now() + lagMs, () => attributes.set(id, { ...attributes.get(id), ...set }));
      }
      const participants = [...attributes].map(([one, all]) => ({ id: one, attributes: all }));
      return schema.parse(method === 'GET' ? { participants } : undefined);
    },
  };
  const conversations = new ConversationReads(clock);
  const lanes = new Lanes<ParticipantRaw, AttributeNote>({ clock, random: seededRandom(1) });
  const update = async (participant: string, at: number, policy: Partial<UpdatePolicy> = {}) => {
    await clock.sleep(at);
    const store = new ParticipantAttributesStore(
      client as GenesysClient,
      conversations,
      'conversation',
      participant,
    );
    const located = { key: participant, client: 'client', store };
    const change = attributeChange(set({ a: '1' }));
    return await lanes.update(() => Promise.resolve(located), change, { ...POLICY, ...policy });
  };
  /** Sets an attribute of its own, of one that is looked up; gathered with those who do so, too. */
  const lookUpAndUpdate = async (at: number, name: string) => {
    await clock.sleep(at);
    const store = new ParticipantAttributesStore(
      client as GenesysClient,
      conversations,
      'conversation',
      ONE,
    );
    const locate: Locate<ParticipantRaw> = async (limits) => {
      const { times = { sentAt: NaN, answeredAt: NaN }, ...snapshot } = await store.read(limits);
      return { key: ONE, client: 'client', store, seen: { snapshot, ...times } };
    };
    const change = attributeChange(set({ [name]: '1' }));
    return await lanes.update(locate, change, POLICY, undefined, { name: 'the conversation' });
  };
  return { clock, lookUpAndUpdate, patches, reads, update };
}

describe('Two participants of a conversation, one updated soon after the other', () => {
  const ACCEPTED_AT = 2 * TRIP_MS;

  it('are looked for by one read, when the later one is due', async () => {
    const { clock, reads, update } = setUp();
    await clock.run(Promise.all([update(ONE, 0), update(OTHER, 30)]));
    expect(reads).toEqual([0, 30, 30 + ACCEPTED_AT + 250]);
  });

  it('are not where the earlier one has no time for that', async () => {
    const { clock, reads, update } = setUp();
    const hurried = update(ONE, 0, { totalTimeoutMs: 310 });
    const [one] = await clock.run(Promise.all([hurried, update(OTHER, 30)]));
    expect(one).toMatchObject({ outcome: 'written' });
    expect(reads).toEqual([0, 30, ACCEPTED_AT + 0.75 * (310 - ACCEPTED_AT)]);
  });
});

describe('Updates of one participant that come all the time', () => {
  it.each([
    [2000, 1.5],
    [800, 1.75],
  ])(
    'are mostly seen, %d ms later, by the look-ups of those who come after them',
    async (lagMs, mostReads) => {
      const { clock, lookUpAndUpdate, patches, reads } = setUp({ lagMs });
      const all = Array.from({ length: 400 }, (_, index) =>
        lookUpAndUpdate(60 * index, `a${index}`),
      );
      const results = await clock.run(Promise.all(all));
      expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['written']));
      expect(reads.length / patches.length).toBeLessThan(mostReads);
    },
  );
});
