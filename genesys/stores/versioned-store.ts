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
import { GenesysError } from '../transport/genesys-error';

/** How a resource is written. */
export interface WayToWrite {
  readonly method: 'PUT' | 'PATCH';
  readonly path: string;
}

/** A resource that is written under its version. All that one kind differs in from another stands here. */
export interface VersionedResource<Reply, Raw> {
  /** What servers treat alike: whether one of them merges what it should replace is remembered by it. */
  readonly kind: string;
  /** Tells apart what is not to be written together, though it is the same resource. */
  readonly variant?: string;
  /** Where `GET` reads it. */
  readonly path: string;
  readonly written: WayToWrite;
  /** What requests are about: those about the same are spaced and held together. */
  readonly about: string;
  /** What a read answers. */
  readonly reply: z.ZodType<Reply>;
  /** What a write answers; `undefined` where that shows nothing of the resource, so that a read has to. */
  readonly receipt: z.ZodType<Reply | undefined>;
  /** Whether a reply that shows nothing only says that the write was accepted (202); default that it was made. */
  readonly onlyAccepts?: true;
  snapshotOf(reply: Reply): Snapshot<Raw>;
  /**
   * What there is where a 404 to a read says that there is none yet: with {@link NONE_YET} as its version,
   * which a body leaves out. Default: then it is missing.
   */
  noneYet?(answer: ServerAnswer): Snapshot<Raw> | undefined;
  /**
   * The body of a write.
   *
   * @param empties whether parts that are removed are sent as empty
   */
  bodyOf(delta: Delta, base: Snapshot<Raw>, empties: boolean): object;
  /** Whether a 400 or 409 to a write says that the version has moved on. */
  isConflict(answer: ServerAnswer): boolean;
}

/** Keys of the clients and kinds whose server keeps what a write leaves out: there something empty is the only way to clear it. */
export type MergingServers = Set<string>;

/**
 * A versioned resource: `GET` shows its version, and it is written on condition of that. `PUT` sends
 * all of it, which is right whether the server replaces what it has or merges into it.
 */
export class VersionedStore<Reply, Raw> implements Store<Raw> {
  readonly versioned = true;
  readonly admission: Admission;
  /** What was sent with something empty for what it removes. */
  private readonly emptying = new WeakSet<Delta>();
  private readonly mergingKey: string;

  constructor(
    private readonly client: GenesysClient,
    private readonly resource: VersionedResource<Reply, Raw>,
    private readonly merging: MergingServers,
  ) {
    this.admission = client.limits.about(resource.about);
    this.mergingKey = JSON.stringify([client.key, resource.kind]);
  }

  async read(limits: RequestLimits): Promise<Snapshot<Raw>> {
    const { path, reply } = this.resource;
    try {
      return this.resource.snapshotOf(
        await this.client.call({ method: 'GET', path }, reply, limits),
      );
    } catch (error) {
      const none = isAnswer404(error) ? this.resource.noneYet?.(error.details) : undefined;
      if (none) return none;
      throw storeError(error, 'read');
    }
  }

  async write(delta: Delta, base: Snapshot<Raw>, limits: RequestLimits): Promise<Receipt<Raw>> {
    const { receipt, written } = this.resource;
    const empties = this.merging.has(this.mergingKey);
    if (empties) this.emptying.add(delta);
    const body = this.resource.bodyOf(delta, base, empties);
    try {
      const reply = await this.client.call({ ...written, body }, receipt, limits);
      if (reply !== undefined) return { snapshot: this.resource.snapshotOf(reply) };
      // What is older than the write proves nothing, so a read is to show the new version.
      return this.resource.onlyAccepts ? { accepted: true } : { snapshot: base };
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
    this.merging.add(this.mergingKey);
    return true;
  }
}

/** Whether the API itself has said that there is no such thing. */
function isAnswer404(error: unknown): error is GenesysError {
  return error instanceof GenesysError && error.details.status === 404 && !error.details.signIn;
}
