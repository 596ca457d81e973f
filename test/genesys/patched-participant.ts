import {
  Lanes,
  type Snapshot,
  type Store,
  StoreError,
  strategies,
  type TimedSnapshot,
  type UpdatePolicy,
} from '../../core';
import { valuesOf } from '../../genesys/attributes';
import { AcceptedWrites } from '../../genesys/accepted-writes';
import {
  attributeChange,
  type AttributeReport,
  type ParticipantState,
  rebase,
  type WantedAttributes,
} from '../../genesys/attribute-change';
import { seededRandom, VirtualClock } from '../core/virtual-clock';

type Values = Readonly<Record<string, string>>;

/** What befalls one PATCH. */
export type Fault =
  { readonly lost: 'applied' | 'never applied' } | { readonly answer: StoreError };

const POLICY: UpdatePolicy = {
  maxAttempts: 5,
  totalTimeoutMs: 20_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
};

/**
 * A participant behind an API like the public one, on virtual time, and one process that updates it.
 * A request takes 20 ms and has its effect half way; reads show a PATCH `lagMs` after that.
 */
export function patchedParticipant(lagMs: number) {
  const clock = new VirtualClock();
  const accepted = new AcceptedWrites(clock);
  const faults: (Fault | undefined)[] = [];
  const patches: Values[] = [];
  let shown: Values = {};
  const patch = (values: Values) => {
    clock.at(clock.now() + lagMs, () => {
      shown = { ...shown, ...values };
    });
  };
  const snapshotOf = (values: Values): Snapshot<ParticipantState> => {
    const wire = new Map(Object.entries(values));
    const attributes = accepted.laidOver('r', wire);
    const pending = accepted.pending('r');
    return {
      version: null,
      ...(pending && {
        visibility: ({ state }: Snapshot<ParticipantState>) => pending(valuesOf(state.wire)),
      }),
      state: {
        participantId: 'p',
        writeMethod: 'patch',
        attributes,
        wire,
        externalContactId: null,
      },
    };
  };
  const store: Store<ParticipantState> = {
    versioned: false,
    read: async ({ signal }) => {
      try {
        await clock.sleep(10, signal);
        const values = shown;
        await clock.sleep(10, signal);
        return snapshotOf(values);
      } catch {
        throw new StoreError('given up', { kind: 'transient' });
      }
    },
    write: async (next, { state: { attributes: before } }, { timeoutMs }) => {
      const values = Object.fromEntries(
        [...next.attributes].filter(([name, value]) => before.get(name) !== value),
      );
      patches.push(values);
      const fault = faults.shift();
      await clock.sleep(10);
      if (!fault || ('lost' in fault && fault.lost === 'applied')) patch(values);
      await clock.sleep(fault && 'lost' in fault ? timeoutMs - 10 : 10);
      if (fault) {
        throw 'lost' in fault ? new StoreError('no reply', { kind: 'ambiguous' }) : fault.answer;
      }
      const visibility = accepted.accept('r', new Map(Object.entries(values)), before);
      return { visibility: ({ state }) => visibility(valuesOf(state.wire)) };
    },
    rebase,
    sameContent: (one, other) =>
      JSON.stringify([...one.attributes].sort()) === JSON.stringify([...other.attributes].sort()),
  };
  const lanes = new Lanes<ParticipantState, AttributeReport>({ clock, random: seededRandom(1) });
  const start = async (
    wanted: WantedAttributes,
    policy: Partial<UpdatePolicy> = {},
    find?: () => Promise<TimedSnapshot<ParticipantState>>,
  ) =>
    await lanes.update(
      async () => ({ key: 'r', store, ...(find && { seen: await find() }) }),
      attributeChange(wanted),
      { ...POLICY, ...policy },
    );
  const later = async (ms: number, ...rest: Parameters<typeof start>) => {
    await clock.sleep(ms);
    return await start(...rest);
  };
  return { clock, faults, patches, patch, shown: () => shown, snapshotOf, start, later };
}
