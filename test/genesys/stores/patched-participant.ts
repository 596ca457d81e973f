import {
  type Change,
  Lanes,
  type RequestLimits,
  StoreError,
  strategies,
  type TimedSnapshot,
  type UpdatePolicy,
} from '../../../core';
import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import type { GenesysClient } from '../../../genesys/client';
import { ConversationReads } from '../../../genesys/conversations/conversation-reads';
import { ParticipantAttributesStore } from '../../../genesys/stores/participant-attributes-store';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';
import { seededRandom, VirtualClock } from '../../core/virtual-clock';
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

/** What befalls one read: it may also be answered by a replica that is so many ms behind the others. */
export type ReadFault =
  Fault | { readonly behindMs: number; readonly answer?: undefined; readonly lost?: undefined };

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

/** For any number of requests. */
const FREE = { waitedMs: 0, use: () => () => undefined, giveBack: () => undefined };

const PARTICIPANT = '11111111-2222-4333-8444-555555555555';

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
  const readFaults: (ReadFault | undefined)[] = [];
  /** For permits, by the order in which they are asked for: each is waited for so long, in ms. */
  const permitWaits: number[] = [];
  /** What was sent, whatever became of it. */
  const patches: Values[] = [];
  const requests: Request[] = [];
  const applied: Patch[] = [];
  /** From when on reads show what. */
  const states: { readonly since: number; readonly shown: Values }[] = [];
  let shown: Values = {};
  const apply = (values: Values, sent: number, by?: number) => {
    const visibleAt = clock.now() + lagMs;
    applied.push({ values, sentAt: sent, appliedAt: clock.now(), visibleAt, by });
    clock.at(visibleAt, () => {
      shown = { ...shown, ...values };
      states.push({ since: visibleAt, shown });
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
    /** One request: on its way there, at the participant, and on its way back, unless a fault befalls it. */
    const exchange = async <Reply>(
      fault: ReadFault | undefined,
      { signal, timeoutMs }: RequestLimits,
      noReply: StoreError,
      arrive: () => Reply,
    ): Promise<Reply> => {
      const [there, back] = [legMs(), legMs()];
      const isLost = fault?.lost !== undefined || timeoutMs < there + back;
      let reply: { readonly body: Reply } | undefined;
      clock.at(clock.now() + there, () => {
        reply = { body: arrive() };
      });
      await clock.sleep(isLost ? timeoutMs : there + back, signal);
      if (isLost || !reply) throw noReply;
      if (fault?.answer) throw fault.answer;
      return reply.body;
    };
    const get = async (limits: RequestLimits) => {
      requests.push({ at: clock.now(), by });
      const givenUp = new StoreError('given up', { kind: 'transient' });
      const noReply = new StoreError('no reply', { kind: 'transient' });
      const fault = readFaults.shift();
      const read = exchange(fault, limits, noReply, () => {
        const asOf = clock.now() - (fault && 'behindMs' in fault ? fault.behindMs : 0);
        const attributes = states.findLast(({ since }) => since <= asOf)?.shown ?? {};
        return { participants: [{ id: PARTICIPANT, attributes }] };
      });
      return await read.catch((error: unknown) => {
        throw error instanceof StoreError ? error : givenUp;
      });
    };
    const send = async (values: Values, { timeoutMs }: RequestLimits) => {
      patches.push(values);
      requests.push({ at: clock.now(), by, values });
      const sent = clock.now();
      const fault = faults.shift();
      const noReply = new StoreError('no reply', { kind: 'ambiguous' });
      // A write that is on its way is seen to its end.
      await exchange(fault, { timeoutMs }, noReply, () => {
        const late = typeof fault?.lost === 'object' ? fault.lost.appliedAfterMs : 0;
        if (!reaches(fault)) return;
        if (late === 0) apply(values, sent, by);
        else {
          clock.at(clock.now() + late, () => {
            apply(values, sent, by);
          });
        }
      });
    };
    const client: Pick<GenesysClient, 'call' | 'key' | 'leaves' | 'limits'> = {
      key: `client ${by}`,
      leaves: {
        noneInTime: new StoreError('none in time', { kind: 'transient' }),
        slowSignIn: undefined,
      } as unknown as GenesysClient['leaves'],
      limits: {
        about: () => ({
          closed: () => undefined,
          permit: async (_requests: number, signal: AbortSignal) => {
            const waitedMs = permitWaits.shift();
            if (waitedMs === undefined) return FREE;
            await clock.sleep(waitedMs, signal);
            return { ...FREE, waitedMs };
          },
        }),
        closed: () => undefined,
      } as unknown as GenesysClient['limits'],
      call: async ({ method, body }, schema, limits) => {
        if (method === 'GET') return schema.parse(await get(limits));
        await send((body as { attributes: Values }).attributes, limits);
        return schema.parse(undefined);
      },
    };
    const store = new ParticipantAttributesStore(
      client as GenesysClient,
      new ConversationReads(clock),
      'conversation',
      PARTICIPANT,
    );
    const snapshotOf = (values: Values) =>
      store.snapshotOf({ id: PARTICIPANT, attributes: values });
    const lanes = new Lanes<ParticipantRaw, AttributeNote>({
      clock,
      random: seededRandom(by + 1),
    });
    const change = async (
      wanted: Change<ParticipantRaw, AttributeNote>,
      policy: Partial<UpdatePolicy> = {},
      signal?: AbortSignal,
      find?: () => Promise<TimedSnapshot<ParticipantRaw>>,
    ) =>
      await lanes.update(
        async () => ({ key: record, store, ...(find && { seen: await find() }) }),
        wanted,
        { ...POLICY, ...policy },
        signal,
      );
    const start = async (
      wanted: WantedAttributes,
      policy?: Partial<UpdatePolicy>,
      signal?: AbortSignal,
      find?: () => Promise<TimedSnapshot<ParticipantRaw>>,
    ) => told(await change(attributeChange(wanted), policy, signal, find));
    const later = async (ms: number, ...rest: Parameters<typeof start>) => {
      await clock.sleep(ms);
      return await start(...rest);
    };
    return { snapshotOf, change, start, later };
  };

  return {
    clock,
    faults,
    readFaults,
    permitWaits,
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
