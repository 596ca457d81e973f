import { randomUUID } from 'node:crypto';
import type { AttributeValue } from './attributes';
import { History } from './history';

/** What a resource holds, but for what the platform keeps itself. */
export type Fields = Readonly<Record<string, AttributeValue>>;

/** A kind of versioned resource that is served. */
export type ResourceKind = 'groups' | 'users' | 'campaigns';

/** One change of a resource. */
export interface ResourceCommit {
  readonly version: number;
  readonly by: 'api' | 'other';
  readonly fields: Fields;
}

/** What a test may look at and do. */
export interface Resource {
  readonly kind: ResourceKind;
  readonly id: string;
  readonly path: string;
  readonly version: number;
  readonly fields: Fields;
  /** Every change, the earliest first. */
  readonly commits: readonly ResourceCommit[];
  /** Another system sets these. */
  write(fields: Fields): void;
}

/** How a resource begins. */
export interface ResourceOptions {
  readonly fields?: Fields | undefined;
  /** What a write is answered with: the resource, a text, or nothing; default `resource`. */
  readonly answer?: ResourceAnswer | undefined;
}

export type ResourceAnswer = 'resource' | 'accepted' | 'noContent';

interface State {
  readonly version: number;
  readonly fields: Fields;
  readonly modifiedAt: Date;
}

export const PATHS: Record<ResourceKind, string> = {
  groups: '/api/v2/groups',
  users: '/api/v2/users',
  campaigns: '/api/v2/outbound/campaigns',
};

/** What each kind needs to be valid. */
export const BEGINNINGS: Record<ResourceKind, Fields> = {
  groups: { name: 'Night shift', type: 'official', visibility: 'public' },
  users: { name: 'Ada Lovelace', state: 'active' },
  campaigns: { name: 'Renewals', dialingMode: 'preview', campaignStatus: 'on' },
};

/** The resource behind the API. */
export class SimulatedResource implements Resource {
  readonly id = randomUUID();
  readonly commits: ResourceCommit[] = [];
  readonly answer: ResourceAnswer;
  readonly #createdAt = new Date();
  readonly #states: History<State>;

  constructor(
    readonly kind: ResourceKind,
    { answer = 'resource', fields = {} }: ResourceOptions,
  ) {
    this.answer = answer;
    this.#states = new History<State>({ version: 1, fields, modifiedAt: this.#createdAt });
  }

  get path(): string {
    return `${PATHS[this.kind]}/${this.id}`;
  }

  get version(): number {
    return this.#states.now.version;
  }

  get fields(): Fields {
    return this.#states.now.fields;
  }

  write(fields: Fields): void {
    this.commit({ ...this.fields, ...fields }, 'other');
  }

  commit(given: Fields, by: ResourceCommit['by']): void {
    // What is nothing is not kept.
    const fields = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null));
    const version = this.version + 1;
    this.#states.push(performance.now(), { version, fields, modifiedAt: new Date() });
    this.commits.push({ version, by, fields });
  }

  /** As the API shows it, as it was at a moment. */
  documentAt(moment: number) {
    const { fields, modifiedAt, version } = this.#states.asOf(moment);
    return {
      id: this.id,
      ...fields,
      dateCreated: this.#createdAt.toISOString(),
      dateModified: modifiedAt.toISOString(),
      version,
      selfUri: this.path,
    };
  }
}
