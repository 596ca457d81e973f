import { randomUUID } from 'node:crypto';
import type { Attributes, AttributeValue } from './attributes';
import { History } from './history';
import type { News } from './news';

/** Who moved a version: an API request, the call's own state, or another system. */
export type CommitAuthor = 'api' | 'state' | 'other';

/** One version change of a participant. */
export interface Commit {
  /** Monotonic time in ms, as `performance.now()` gives it. */
  readonly at: number;
  /** The version reached. */
  readonly version: number;
  readonly by: CommitAuthor;
  /** Which other system it was, where it has a name. */
  readonly system?: string | undefined;
  /** All attributes after the change. */
  readonly attributes: Attributes;
}

/** One party of a call, as it truly is now, whatever lagging reads still show. */
export interface Participant {
  readonly id: string;
  readonly purpose: string;
  readonly version: number;
  readonly attributes: Attributes;
  readonly externalContactId: string | undefined;
  /** Whether it is on the call: it has answered, and not left. */
  readonly connected: boolean;
  /** Every version change so far, oldest first. */
  readonly commits: readonly Commit[];
  /** Another system, which may have a name, merges these attributes in; the version moves. */
  write(attributes: Attributes, system?: string): void;
  /** One that rings answers. */
  answer(): void;
  /** Leaves; the others go on. */
  leave(): void;
}

export interface ParticipantOptions {
  purpose: string;
  name?: string | undefined;
  startTime: Date;
  /** Set for a participant who has already left. */
  endTime?: Date | undefined;
  /** It rings, and has not answered yet. */
  ringing?: boolean | undefined;
  queueId?: string | undefined;
  userId?: string | undefined;
  attributes?: Attributes | undefined;
  externalContactId?: string | undefined;
}

/** All of a participant that changes. */
export interface ParticipantState {
  readonly version: number;
  readonly attributes: Attributes;
  readonly externalContactId: string | undefined;
  /** Undefined as long as it rings. */
  readonly answeredAt: Date | undefined;
  /** Undefined until the participant leaves. */
  readonly endTime: Date | undefined;
}

/** What a write leaves behind; an external contact that it does not name stays. */
interface WrittenState {
  readonly attributes: Attributes;
  readonly externalContactId?: string;
}

/** The participant behind the API: what only the simulator itself may do is here. */
export class SimulatedParticipant implements Participant {
  readonly id = randomUUID();
  readonly communicationId = randomUUID();
  readonly purpose: string;
  readonly name: string;
  readonly startTime: Date;
  readonly queueId: string | undefined;
  readonly userId: string | undefined;
  readonly commits: Commit[] = [];
  readonly #states: History<ParticipantState>;
  /** All that other systems ever wrote and is no string. */
  readonly #oddValues: [string, AttributeValue][] = [];

  readonly #news: News;

  constructor(options: ParticipantOptions, news: News) {
    this.#news = news;
    this.purpose = options.purpose;
    this.name = options.name ?? options.purpose;
    this.startTime = options.startTime;
    this.queueId = options.queueId;
    this.userId = options.userId;
    this.#noteOddValues(options.attributes);
    this.#states = new History<ParticipantState>({
      version: 1,
      attributes: Object.freeze({ ...options.attributes }),
      externalContactId: options.externalContactId,
      answeredAt: options.ringing ? undefined : options.startTime,
      endTime: options.endTime,
    });
  }

  get state(): ParticipantState {
    return this.#states.now;
  }

  get version(): number {
    return this.state.version;
  }

  get attributes(): Attributes {
    return this.state.attributes;
  }

  get externalContactId(): string | undefined {
    return this.state.externalContactId;
  }

  get answeredAt(): Date | undefined {
    return this.state.answeredAt;
  }

  get endTime(): Date | undefined {
    return this.state.endTime;
  }

  get connected(): boolean {
    return this.answeredAt !== undefined && this.endTime === undefined;
  }

  stateAt(moment: number): ParticipantState {
    return this.#states.asOf(moment);
  }

  oddValuesOf(name: string): AttributeValue[] {
    return this.#oddValues.filter(([known]) => known === name).map(([, value]) => value);
  }

  write(attributes: Attributes, system?: string): void {
    this.#noteOddValues(attributes);
    this.#commit({ attributes: { ...this.attributes, ...attributes } }, 'other', system);
  }

  merge({ attributes, ...change }: WrittenState, by: CommitAuthor): void {
    this.#commit({ ...change, attributes: { ...this.attributes, ...attributes } }, by);
  }

  replace({ attributes, ...change }: WrittenState, by: CommitAuthor): void {
    this.#commit({ ...change, attributes: { ...attributes } }, by);
  }

  /** Moves the version and nothing else. */
  changeState(): void {
    this.#commit({}, 'state');
  }

  disconnect(by: CommitAuthor): void {
    if (this.endTime === undefined) this.#commit({ endTime: new Date() }, by);
  }

  answer(): void {
    if (!this.connected && this.endTime === undefined) {
      this.#commit({ answeredAt: new Date() }, 'state');
    }
  }

  leave(): void {
    this.disconnect('state');
  }

  /** Undefined takes the link away. */
  link(externalContactId: string | undefined): void {
    this.#commit({ externalContactId }, 'api');
  }

  #noteOddValues(attributes: Attributes = {}): void {
    this.#oddValues.push(
      ...Object.entries(attributes).filter(([, value]) => typeof value !== 'string'),
    );
  }

  #commit(change: Partial<ParticipantState>, by: CommitAuthor, system?: string): void {
    const at = performance.now();
    const state = { ...this.state, ...change, version: this.version + 1 };
    const { version, attributes } = state;
    Object.freeze(attributes);
    this.#states.push(at, state);
    this.commits.push({ at, version, by, system, attributes });
    this.#news.tell();
  }
}
