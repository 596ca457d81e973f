import type { AttributeValue } from './attributes';
import { History } from './history';

/** Names and values. */
export type Fields = Readonly<Record<string, AttributeValue>>;

/** One change of what a conversation holds beside its participants. */
export interface ContentCommit<Content> {
  readonly version: number;
  readonly by: 'api' | 'other';
  readonly content: Content;
}

/** Content at one of its versions. */
export interface VersionedState<Content> {
  readonly version: number;
  readonly content: Content;
  readonly at: Date;
}

/** Something that is there from its first write on, and has a version from then on. */
export class VersionedContent<Content> {
  readonly commits: ContentCommit<Content>[] = [];
  #first: VersionedState<Content> | undefined;
  readonly #states = new History<VersionedState<Content> | undefined>(undefined);

  /** Undefined as long as there is none. */
  get now(): VersionedState<Content> | undefined {
    return this.#states.now;
  }

  /** As it was made. */
  get first(): VersionedState<Content> | undefined {
    return this.#first;
  }

  asOf(moment: number): VersionedState<Content> | undefined {
    return this.#states.asOf(moment);
  }

  commit(content: Content, by: 'api' | 'other'): void {
    const version = (this.now?.version ?? 0) + 1;
    const state = { version, content, at: new Date() };
    this.#first ??= state;
    this.#states.push(performance.now(), state);
    this.commits.push({ version, by, content });
  }
}
