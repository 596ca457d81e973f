import { randomUUID } from 'node:crypto';
import type { Attributes } from './attributes';

/** Who moved a version: an API request, the call's own state, or another system. */
export type CommitAuthor = 'api' | 'state' | 'other';

/** One version change of a participant. */
export interface Commit {
  /** Monotonic time in ms, as `performance.now()` gives it. */
  readonly at: number;
  /** The version reached. */
  readonly version: number;
  readonly by: CommitAuthor;
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
  readonly connected: boolean;
  /** Every version change so far, oldest first. */
  readonly commits: readonly Commit[];
  /** Another system merges these attributes in; the version moves. */
  write(attributes: Attributes): void;
}

export interface ParticipantOptions {
  purpose: string;
  name?: string | undefined;
  startTime: Date;
  /** Set for a participant who has already left. */
  endTime?: Date | undefined;
  attributes?: Attributes | undefined;
  externalContactId?: string | undefined;
}

/** The participant behind the API: what only the simulator itself may do is here. */
export class SimulatedParticipant implements Participant {
  readonly id = randomUUID();
  readonly communicationId = randomUUID();
  readonly purpose: string;
  readonly name: string;
  readonly startTime: Date;
  readonly commits: Commit[] = [];
  readonly #firstAttributes: Attributes;
  #attributes: Attributes;
  #externalContactId: string | undefined;
  #endTime: Date | undefined;
  #version = 1;

  constructor(options: ParticipantOptions) {
    this.purpose = options.purpose;
    this.name = options.name ?? options.purpose;
    this.startTime = options.startTime;
    this.#endTime = options.endTime;
    this.#firstAttributes = Object.freeze({ ...options.attributes });
    this.#attributes = this.#firstAttributes;
    this.#externalContactId = options.externalContactId;
  }

  get version(): number {
    return this.#version;
  }

  get attributes(): Attributes {
    return this.#attributes;
  }

  get externalContactId(): string | undefined {
    return this.#externalContactId;
  }

  get endTime(): Date | undefined {
    return this.#endTime;
  }

  get connected(): boolean {
    return this.#endTime === undefined;
  }

  write(attributes: Attributes): void {
    this.merge(attributes, 'other');
  }

  merge(attributes: Attributes, by: CommitAuthor): void {
    this.#commit({ ...this.#attributes, ...attributes }, by);
  }

  replace(attributes: Attributes, by: CommitAuthor): void {
    this.#commit({ ...attributes }, by);
  }

  linkExternalContact(id: string): void {
    this.#externalContactId = id;
  }

  /** Moves the version and nothing else. */
  changeState(): void {
    this.#commit(this.#attributes, 'state');
  }

  disconnect(by: CommitAuthor): void {
    if (!this.connected) return;
    this.#endTime = new Date();
    this.#commit(this.#attributes, by);
  }

  /** The attributes as they were `lagMs` ago. */
  attributesBefore(lagMs: number): Attributes {
    const horizon = performance.now() - lagMs;
    const seen = this.commits.findLast((commit) => commit.at <= horizon);
    return seen?.attributes ?? this.#firstAttributes;
  }

  #commit(attributes: Attributes, by: CommitAuthor): void {
    this.#attributes = Object.freeze(attributes);
    this.#version += 1;
    this.commits.push({ at: performance.now(), version: this.#version, by, attributes });
  }
}
