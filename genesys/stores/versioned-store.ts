import type * as z from 'zod/v4';

import {
  type Admission,
  type Delta,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  textOf,
} from '../../core';
import type { GenesysClient } from '../client';
import { type ServerAnswer, storeError } from '../transport/failure';

/** A resource that is written under its version. All that one kind differs in from another stands here. */
export interface VersionedResource<Reply, Raw> {
  /** Of the resource: `GET` reads it, `PUT` writes it. */
  readonly path: string;
  /** What requests are about: those about the same are spaced and held together. */
  readonly about: string;
  /** What both requests answer. */
  readonly reply: z.ZodType<Reply>;
  snapshotOf(reply: Reply): Snapshot<Raw>;
  /**
   * The body of a write.
   *
   * @param empties whether parts that are removed are sent with empty texts
   */
  bodyOf(delta: Delta, base: Snapshot<Raw>, empties: boolean): object;
  /** Whether a 400 or 409 to a write says that the version has moved on. */
  isConflict(answer: ServerAnswer): boolean;
}

/** Keys of the clients whose server keeps what a write leaves out: there an empty text is the only way to clear it. */
export type MergingServers = Set<string>;

/**
 * A versioned resource: `GET` shows its version, `PUT` writes all of it on condition of that version.
 * Sending all of it is right whether the server replaces what it has or merges into it.
 */
export class VersionedStore<Reply, Raw> implements Store<Raw> {
  readonly versioned = true;
  readonly admission: Admission;
  /** What was sent with empty texts for what it removes. */
  private readonly emptying = new WeakSet<Delta>();

  constructor(
    private readonly client: GenesysClient,
    private readonly resource: VersionedResource<Reply, Raw>,
    private readonly merging: MergingServers,
  ) {
    this.admission = client.limits.about(resource.about);
  }

  async read(limits: RequestLimits): Promise<Snapshot<Raw>> {
    const { path, reply } = this.resource;
    try {
      return this.resource.snapshotOf(
        await this.client.call({ method: 'GET', path }, reply, limits),
      );
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  async write(delta: Delta, base: Snapshot<Raw>, limits: RequestLimits): Promise<Receipt<Raw>> {
    const { path, reply } = this.resource;
    const empties = this.merging.has(this.client.key);
    if (empties) this.emptying.add(delta);
    const body = this.resource.bodyOf(delta, base, empties);
    try {
      const answer = await this.client.call({ method: 'PUT', path, body }, reply, limits);
      return { snapshot: this.resource.snapshotOf(answer) };
    } catch (error) {
      throw storeError(error, 'write', (answer) => this.resource.isConflict(answer));
    }
  }

  /** A server that merges keeps what a write leaves out. From then on such parts are emptied. */
  leftUndone(delta: Delta, { parts }: Snapshot<Raw>): boolean {
    const keepsRemoved = [...delta].some(
      ([part, { to }]) => to === null && textOf(parts, part) !== '',
    );
    if (!keepsRemoved || this.emptying.has(delta)) return false;
    this.merging.add(this.client.key);
    return true;
  }
}
