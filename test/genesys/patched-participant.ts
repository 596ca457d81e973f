import {
  Lanes,
  type Snapshot,
  type Store,
  StoreError,
  strategies,
  type TimedSnapshot,
  type UpdatePolicy,
} from '../../core';
import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../genesys/attribute-change';
import { byAttribute, type ParticipantRaw, partsOf } from '../../genesys/participant-parts';
import { seededRandom, VirtualClock } from '../core/virtual-clock';
import { told } from './told';

export type Values = Readonly<Record<string, string>>;

/** What befalls one request. */
export type Fault =
  /** The reply does not come. */
  | {
      readonly lost: 'applied' | 'never applied' | { readonly appliedAfterMs: number };
      readonly answer?: undefined;
      readonly applied?: undefined;
    }
  /** Refused, or applied in spite of what it says. */
  | { readonly answer: StoreError; readonly applied?: true; readonly lost?: undefined };

/** What one of the processes sent: a PATCH where it has values. */
export interface Request {
  readonly at: number;
  readonly by: number;
  readonly values?: Values;
}

/** A PATCH that has reached the participant. */
export interface Patch {
  readonly values: Values;
  readonly sentAt: number;
  readonly appliedAt: number;
  /** From then on reads show it. */
  readonly visibleAt: number;
  /** Which process sent it; `undefined` for somebody else. */
  readonly by: number | undefined;
}

const POLICY: UpdatePolicy = {
  maxAttempts: 5,
  totalTimeoutMs: 20_000,
  requestTimeoutMs: 1000,
  backoff: strategies.fixed({ baseMs: 100, maxMs: 100 }),
};

/**
 * A participant behind an API like the public one, on virtual time, and processes that update it.
 * Reads show a PATCH `lagMs` after its effect.
 *
 * @param legMs how long a request is on its way there, and its reply on the way back
 */
export function patchedParticipant(lagMs: number, legMs = () => 10) {
  const clock = new VirtualClock();
  /** For writes, by the order in which they are sent. */
  const faults: (Fault | undefined)[] = [];
  /** The same for reads. */
  const readFaults: (Fault | undefined)[] = [];
  /** What was sent, whatever became of it. */
  const patches: Values[] = [];
  const requests: Request[] = [];
  const applied: Patch[] = [];
  let shown: Values = {};
  const apply = (values: Values, sent: number, by?: number) => {
    const visibleAt = clock.now() + lagMs;
    applied.push({ values, sentAt: sent, appliedAt: clock.now(), visibleAt, by });
    clock.at(visibleAt, () => {
      shown = { ...shown, ...values };
    });
  };
  const patch = (values: Values) => {
    apply(values, clock.now());
  };
  let processes = 0;

  /** A process of its own, which does not know what the others do. */
  const process = () => {
    const by = processes++;
    const record = `r${by}`;
    const snapshotOf = (values: Values): Snapshot<ParticipantRaw> => {
      const wire = new Map(Object.entries(values));
      return {
        version: null,
        parts: partsOf(wire),
        raw: { participantId: 'p', writeMethod: 'patch', wire },
      };
    };
    const store: Store<ParticipantRaw> = {
      versioned: false,
      read: async ({ signal, timeoutMs }) => {
        const sentAt = clock.now();
        requests.push({ at: sentAt, by });
        const fault = readFaults.shift();
        const [there, back] = [legMs(), legMs()];
        const isLost = fault?.lost !== undefined || timeoutMs < there + back;
        try {
          await clock.sleep(there, signal);
          const values = shown;
          await clock.sleep(isLost ? timeoutMs - there : back, signal);
          if (!isLost && !fault) return snapshotOf(values);
        } catch {
          throw new StoreError('given up', { kind: 'transient' });
        }
        throw fault?.answer ?? new StoreError('no reply', { kind: 'transient' });
      },
      write: async (delta, _, { timeoutMs }) => {
        const values = Object.fromEntries(
          [...byAttribute(delta)].map(([name, { to }]) => [name, to ?? '']),
        );
        patches.push(values);
        requests.push({ at: clock.now(), by, values });
        const sent = clock.now();
        const fault = faults.shift();
        const [there, back] = [legMs(), legMs()];
        if (reaches(fault)) {
          const late = typeof fault?.lost === 'object' ? fault.lost.appliedAfterMs : 0;
          clock.at(sent + there + late, () => {
            apply(values, sent, by);
          });
        }
        if (fault?.lost || timeoutMs < there + back) {
          await clock.sleep(timeoutMs);
          throw new StoreError('no reply', { kind: 'ambiguous' });
        }
        await clock.sleep(there + back);
        if (fault) throw fault.answer;
        return { accepted: true };
      },
    };
    const lanes = new Lanes<ParticipantRaw, AttributeNote>({
      clock,
      random: seededRandom(by + 1),
    });
    const start = async (
      wanted: WantedAttributes,
      policy: Partial<UpdatePolicy> = {},
      signal?: AbortSignal,
      find?: () => Promise<TimedSnapshot<ParticipantRaw>>,
    ) =>
      told(
        await lanes.update(
          async () => ({ key: record, store, ...(find && { seen: await find() }) }),
          attributeChange(wanted),
          { ...POLICY, ...policy },
          signal,
        ),
      );
    const later = async (ms: number, ...rest: Parameters<typeof start>) => {
      await clock.sleep(ms);
      return await start(...rest);
    };
    return { snapshotOf, start, later };
  };

  return {
    clock,
    faults,
    readFaults,
    patches,
    requests,
    applied,
    patch,
    shown: () => shown,
    process,
    ...process(),
  };
}

function reaches(fault: Fault | undefined): boolean {
  if (!fault) return true;
  return fault.applied ?? (fault.lost !== undefined && fault.lost !== 'never applied');
}
