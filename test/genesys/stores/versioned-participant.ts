import {
  type Change,
  Lanes,
  type Snapshot,
  type Store,
  StoreError,
  strategies,
  type UpdatePolicy,
} from '../../../core';
import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import {
  byAttribute,
  type ParticipantRaw,
  partsOf,
} from '../../../genesys/stores/participant-parts';
import { laidOver, textOf } from '../../../core/parts';
import { seededRandom, VirtualClock } from '../../core/virtual-clock';
import { told } from './told';

type Values = Readonly<Record<string, string>>;

/** What befalls one PUT. Without a fault it replaces all attributes, if its version is the latest. */
export interface Fault {
  /** Somebody else sets these right before it is judged. */
  readonly after?: Values;
  readonly answer?: StoreError;
  /** The reply does not come. */
  readonly lost?: 'applied' | 'never applied';
  /** It is merged in, so that what it leaves out stays. */
  readonly merged?: true;
  /** The reply leaves this attribute out, though it is there. */
  readonly hides?: string;
}

const POLICY: UpdatePolicy = {
  maxAttempts: 5,
  totalTimeoutMs: 10_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
};

/**
 * A participant that is a versioned resource, on virtual time, and one process that updates it. A
 * request takes 20 ms and has its effect half way.
 */
export function versionedParticipant(before: Values = {}) {
  const clock = new VirtualClock();
  const faults: (Fault | undefined)[] = [];
  const puts: Values[] = [];
  let version = 1;
  let attributes = before;
  const snapshot = (): Snapshot<ParticipantRaw> => ({
    version,
    parts: partsOf(attributes),
    raw: { participantId: 'p', writeMethod: 'versioned', wire: attributes, standing: {} },
  });
  const replace = (values: Values) => {
    version++;
    attributes = values;
  };
  const commit = (values: Values) => {
    replace({ ...attributes, ...values });
  };
  const store: Store<ParticipantRaw> = {
    versioned: true,
    read: async () => {
      await clock.sleep(10);
      const seen = snapshot();
      await clock.sleep(10);
      return seen;
    },
    write: async (delta, base, { timeoutMs }) => {
      const next = Object.fromEntries(byAttribute(laidOver(base.parts, delta)));
      puts.push(next);
      const { after, answer, hides, lost, merged } = faults.shift() ?? {};
      await clock.sleep(10);
      if (after) commit(after);
      const isLatest = base.version === version;
      const isApplied = isLatest && !answer && lost !== 'never applied';
      if (isApplied) replace({ ...(merged && attributes), ...next });
      const written = snapshot();
      await clock.sleep(lost ? timeoutMs - 10 : 10);
      if (lost) throw new StoreError('no reply', { kind: 'ambiguous' });
      if (answer) throw answer;
      if (!isLatest) throw new StoreError('409', { kind: 'conflict', namesVersion: true });
      const shown = [...written.parts].filter(([name]) => name !== hides);
      return { snapshot: { ...written, parts: new Map(shown) } };
    },
    leftUndone: (delta, { parts }) =>
      [...delta].some(([name, { to }]) => to === null && textOf(parts, name) !== ''),
  };
  const lanes = new Lanes<ParticipantRaw, AttributeNote>({ clock, random: seededRandom(1) });
  const change = async (
    wanted: Change<ParticipantRaw, AttributeNote>,
    policy: Partial<UpdatePolicy> = {},
    signal?: AbortSignal,
  ) =>
    await lanes.update(
      () => Promise.resolve({ key: 'r', store }),
      wanted,
      { ...POLICY, ...policy },
      signal,
    );
  const start = async (
    wanted: WantedAttributes,
    policy?: Partial<UpdatePolicy>,
    signal?: AbortSignal,
  ) => told(await change(attributeChange(wanted), policy, signal));
  const values = () => attributes;
  return { clock, faults, puts, commit, values, change, start };
}
