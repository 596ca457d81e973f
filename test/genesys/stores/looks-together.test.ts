import { describe, expect, it } from '@jest/globals';

import {
  Lanes,
  type Locate,
  StoreError,
  strategies,
  type UpdateError,
  type UpdatePolicy,
} from '../../../core';
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

interface World {
  /** So many ms after it was accepted reads show a PATCH, and up to `upToMs` later. */
  readonly lagMs?: number;
  readonly upToMs?: number;
  readonly tripMs?: number;
  /** Then a stranger's value takes the place of one's own. */
  readonly overwritten?: string;
  /** From then on look-ups fail. */
  readonly lookUpsFailAfter?: number;
}

/** Two participants of one conversation. */
function setUp({
  lagMs = 0,
  upToMs = 0,
  tripMs = TRIP_MS,
  overwritten = '',
  lookUpsFailAfter = Infinity,
}: World = {}) {
  const clock = new VirtualClock();
  const random = seededRandom(7);
  const reads: number[] = [];
  /** When each attribute was accepted. */
  const acceptedAt = new Map<string, number>();
  let patches = 0;
  const attributes = new Map<string, object>([
    [ONE, {}],
    [OTHER, {}],
  ]);
  const show = (id: string, all: object) => attributes.set(id, { ...attributes.get(id), ...all });
  const accept = (id: string, all: object) => {
    const shownAt = clock.now() + lagMs + upToMs * random();
    for (const name of Object.keys(all)) acceptedAt.set(name, clock.now());
    clock.at(shownAt, () => {
      show(id, all);
      if (overwritten in all) show(id, { [overwritten]: 'theirs' });
    });
  };
  const client: Pick<GenesysClient, 'call' | 'key' | 'limits'> = {
    key: 'client',
    limits: {
      about: () => ({ closed: () => undefined, permit: () => Promise.resolve(FREE) }),
      closed: () => undefined,
    } as unknown as GenesysClient['limits'],
    call: async ({ method, body, path }, schema) => {
      const isRead = method === 'GET';
      if (isRead) reads.push(clock.now());
      else patches++;
      await clock.sleep(tripMs / 2);
      const id = [...attributes.keys()].find((one) => path.includes(`/${one}/`)) ?? '';
      if (!isRead) accept(id, (body as { attributes: object }).attributes);
      const participants = [...attributes].map(([one, all]) => ({ id: one, attributes: all }));
      await clock.sleep(tripMs / 2);
      return schema.parse(isRead ? { participants } : undefined);
    },
  };
  const conversations = new ConversationReads(clock);
  const lanes = new Lanes<ParticipantRaw, AttributeNote>({ clock, random: seededRandom(1) });
  const storeOf = (participant: string) =>
    new ParticipantAttributesStore(
      client as GenesysClient,
      conversations,
      'conversation',
      participant,
    );
  const update = async (participant: string, at: number, policy: Partial<UpdatePolicy> = {}) => {
    await clock.sleep(at);
    const located = { key: participant, client: 'client', store: storeOf(participant) };
    const change = attributeChange(set({ a: '1' }));
    return await lanes.update(() => Promise.resolve(located), change, { ...POLICY, ...policy });
  };
  /** Sets an attribute of its own, of one that is looked up; gathered with those who do so, too. */
  const lookUpAndUpdate = async (at: number, name: string, policy: Partial<UpdatePolicy> = {}) => {
    await clock.sleep(at);
    const store = storeOf(ONE);
    const locate: Locate<ParticipantRaw> = async (limits) => {
      if (clock.now() > lookUpsFailAfter) throw new StoreError('No.', { kind: 'transient' });
      const { times, ...snapshot } = await store.read(limits);
      const { sentAt, answeredAt } = times ?? { sentAt: NaN, answeredAt: NaN };
      return { key: ONE, client: 'client', store, seen: { snapshot, sentAt, answeredAt } };
    };
    const change = attributeChange(set({ [name]: '1' }));
    const target = { name: 'the conversation' };
    return await lanes
      .update(locate, change, { ...POLICY, ...policy }, undefined, target)
      .then(
        ({ outcome }) => outcome,
        (error: unknown) => (error as UpdateError).reason,
      )
      .then((outcome) => ({ name, outcome, at, endedAt: clock.now() }));
  };
  /** So many of these, so many ms apart. */
  const comeApart = async (gapMs: number, count: number, policy: Partial<UpdatePolicy> = {}) =>
    await clock.run(
      Promise.all(
        Array.from({ length: count }, (_, index) =>
          lookUpAndUpdate(gapMs * index, `a${index}`, policy),
        ),
      ),
    );
  return { acceptedAt, clock, comeApart, patches: () => patches, reads, update };
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
      const { comeApart, patches, reads } = setUp({ lagMs });
      const all = await comeApart(60, 400);
      expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['written']));
      expect(reads.length / patches()).toBeLessThan(mostReads);
    },
  );

  it('are looked for at once where there is little time', async () => {
    const { comeApart } = setUp({ lagMs: 1200, upToMs: 400, tripMs: 40 });
    const all = await comeApart(100, 600, { totalTimeoutMs: 2000 });
    expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['written']));
  });

  it('are looked for at once where there is little time, also where look-ups fail', async () => {
    const { comeApart } = setUp({
      lagMs: 8000,
      upToMs: 500,
      tripMs: 200,
      lookUpsFailAfter: 12_000,
    });
    const all = await comeApart(60, 600, { totalTimeoutMs: 10_000 });
    const asked = all.filter(({ at }) => at > 9500 && at < 11_600);
    expect(new Set(asked.map(({ outcome }) => outcome))).toEqual(new Set(['written']));
  });

  it.each([
    ['while look-ups go on', Infinity],
    ['though look-ups fail', 14_000],
  ])('are told at the bound that somebody else has written, %s', async (_, lookUpsFailAfter) => {
    const world = { lagMs: 1000, tripMs: 40, overwritten: 'a100', lookUpsFailAfter };
    const { acceptedAt, comeApart } = setUp(world);
    const one = (await comeApart(60, 400)).find(({ name }) => name === 'a100');
    expect(one).toMatchObject({ outcome: 'superseded' });
    const toldAfterMs = (one?.endedAt ?? NaN) - (acceptedAt.get('a100') ?? NaN);
    expect(toldAfterMs).toBeGreaterThanOrEqual(10_000);
    // A read may be under way at the bound, and is waited for.
    expect(toldAfterMs).toBeLessThanOrEqual(10_000 + 3 * 40);
  });
});
