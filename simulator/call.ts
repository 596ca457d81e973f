import { randomUUID } from 'node:crypto';
import type { Attributes } from './attributes';
import type { CustomContent, CustomRecord } from './custom-attributes';
import { SimulatedCustomRecord } from './custom-attributes';
import { History } from './history';
import type { News } from './news';
import type { Participant, ParticipantOptions } from './participant';
import { SimulatedParticipant } from './participant';
import type { SecureAttributes } from './secure-attributes';
import { SimulatedSecureAttributes } from './secure-attributes';

/** What a new call starts with. */
export interface CallOptions {
  /** The customer's attributes. */
  attributes?: Attributes | undefined;
  /** Attribute values of this call read and write as `{"value": "…"}`. */
  wrapped?: boolean | undefined;
  /** The customer's external contact. */
  externalContactId?: string | undefined;
  /** The customer has been waiting in the queue for so many ms, and no agent is there yet. */
  waitingForMs?: number | undefined;
  /** In which queue it is or was. */
  queueId?: string | undefined;
  /** Which user the agent is. */
  userId?: string | undefined;
  externalTag?: string | undefined;
  /** Of the conversation; default none. */
  secureAttributes?: Attributes | undefined;
  /** Records of custom attributes, by their IDs; default none. */
  customAttributes?: Readonly<Record<string, CustomContent>> | undefined;
}

/** Somebody who joins (or has been on) a call. */
export interface NewParticipant {
  purpose: string;
  name?: string | undefined;
  /** Default true; false adds somebody who has already left. */
  connected?: boolean | undefined;
  /** It rings until it answers, leaves or the call ends; default false. */
  ringing?: boolean | undefined;
  queueId?: string | undefined;
  userId?: string | undefined;
  attributes?: Attributes | undefined;
}

/** A voice call: customer and agent connected, IVR and queue already left; or still in the queue. */
export interface Call {
  readonly conversationId: string;
  readonly participants: readonly Participant[];
  readonly customer: Participant;
  /** Not among the participants as long as the customer waits in the queue. */
  readonly agent: Participant;
  readonly secure: SecureAttributes;
  /** The records of custom attributes that are there, by their IDs. */
  readonly customRecords: ReadonlyMap<string, CustomRecord>;
  /** Whether the customer and somebody else are still on the call. */
  readonly connected: boolean;
  addParticipant(options: NewParticipant): Participant;
  /** One change of the call's state (hold, mute, recording): moves every connected participant's version. */
  changeState(): void;
  /** Changes the state every so many ms, until the returned function or the simulator's `close()` is called. */
  keepChanging(everyMs: number): () => void;
  /** Disconnects everybody; the API goes on serving reads and writes. */
  end(): void;
}

/** Hold, mute and recording of a call. */
export interface MediaState {
  readonly held: boolean;
  readonly muted: boolean;
  readonly recording: boolean;
}

const STATE_CHANGES: readonly Partial<MediaState>[] = [
  { held: true },
  { held: false },
  { muted: true },
  { muted: false },
  { recording: false },
  { recording: true },
];

/** The call behind the API. */
export class SimulatedCall implements Call {
  readonly conversationId = randomUUID();
  readonly wrapped: boolean;
  readonly startTime: Date;
  readonly queueId: string | undefined;
  readonly externalTag: string | undefined;
  readonly divisionId = randomUUID();
  readonly participants: SimulatedParticipant[];
  readonly customer: SimulatedParticipant;
  readonly agent: SimulatedParticipant;
  readonly secure = new SimulatedSecureAttributes();
  readonly customRecords = new Map<string, SimulatedCustomRecord>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #media = new History<MediaState>({ held: false, muted: false, recording: true });
  readonly #news: News;
  #stateChanges = 0;

  constructor(options: CallOptions, news: News) {
    this.#news = news;
    const { attributes, wrapped = false, externalContactId, waitingForMs } = options;
    const { queueId, userId } = options;
    if (options.secureAttributes) this.secure.write(options.secureAttributes);
    for (const [id, content] of Object.entries(options.customAttributes ?? {})) {
      const record = new SimulatedCustomRecord(id);
      record.history.commit(content, 'other');
      this.customRecords.set(id, record);
    }
    const now = Date.now();
    const ago = (ms: number) => new Date(now - ms);
    const queuedForMs = waitingForMs ?? 45_000;
    const ivrForMs = 15_000;
    this.wrapped = wrapped;
    this.queueId = queueId;
    this.externalTag = options.externalTag;
    this.startTime = ago(queuedForMs + ivrForMs);
    const join = (who: ParticipantOptions) => new SimulatedParticipant(who, news);
    this.customer = join({
      purpose: 'customer',
      startTime: this.startTime,
      attributes,
      externalContactId,
    });
    const answeredAt = ago(20_000);
    const waits = waitingForMs !== undefined;
    this.agent = join({
      purpose: 'agent',
      startTime: answeredAt,
      queueId,
      userId,
    });
    this.participants = [
      this.customer,
      join({
        purpose: 'ivr',
        startTime: this.startTime,
        endTime: ago(queuedForMs),
      }),
      join({
        purpose: 'acd',
        queueId,
        startTime: ago(queuedForMs),
        endTime: waits ? undefined : answeredAt,
      }),
      ...(waits ? [] : [this.agent]),
    ];
  }

  get connected(): boolean {
    return (
      this.customer.connected &&
      this.participants.some((one) => one !== this.customer && one.connected)
    );
  }

  mediaAt(moment: number): MediaState {
    return this.#media.asOf(moment);
  }

  get endTime(): Date | undefined {
    return this.endTimeAt(performance.now());
  }

  endTimeAt(moment: number): Date | undefined {
    const times = this.participants.map((one) => one.stateAt(moment).endTime?.getTime());
    if (times.includes(undefined)) return undefined;
    return new Date(Math.max(...times.map((time) => time ?? 0)));
  }

  participant(id: string): SimulatedParticipant | undefined {
    return this.participants.find((one) => one.id === id);
  }

  addParticipant({ connected = true, ...options }: NewParticipant): SimulatedParticipant {
    // Always later than everybody before, so that "the latest" is never a tie.
    const latest = Math.max(...this.participants.map((one) => one.startTime.getTime()));
    const startTime = new Date(Math.max(Date.now(), latest + 1));
    const endTime = connected ? undefined : startTime;
    const added = new SimulatedParticipant({ ...options, startTime, endTime }, this.#news);
    this.participants.push(added);
    this.#news.tell();
    return added;
  }

  changeState(): void {
    const change = STATE_CHANGES[this.#stateChanges % STATE_CHANGES.length];
    this.#media.push(performance.now(), { ...this.#media.now, ...change });
    this.#stateChanges += 1;
    for (const one of this.participants) if (one.connected) one.changeState();
  }

  keepChanging(everyMs: number): () => void {
    const timer = setInterval(() => {
      this.changeState();
    }, everyMs);
    this.#timers.add(timer);
    return () => {
      clearInterval(timer);
      this.#timers.delete(timer);
    };
  }

  end(): void {
    for (const one of this.participants) one.disconnect('state');
  }

  stopChanging(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers.clear();
  }
}
