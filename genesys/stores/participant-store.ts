import * as z from 'zod/v4';

import {
  type Admission,
  type Delta,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  textOf,
} from '../../core';
import { type Attributes, toWire, valuesOf, wireAttributes } from './attributes';
import type { GenesysClient } from '../client';
import { conversationPath, standingOf } from '../conversations/conversation';
import { storeError } from '../transport/failure';
import { byAttribute, CONTACT_PART, type ParticipantRaw, partsOf } from './participant-parts';

const participantReply = z.looseObject({
  version: z.int().nonnegative().nullish(),
  attributes: wireAttributes,
  externalContactId: z.string().nullish(),
});

/**
 * The clients whose server keeps attributes that a write leaves out: there an empty text is the only way
 * to clear one. Shared by all executions of the process.
 */
const merging = new Set<string>();

/**
 * A participant as a versioned resource: `GET` shows its version, `PUT` writes the whole attribute
 * map on condition of that version. Sending the whole map is right whether the server replaces what
 * it has or merges into it.
 */
export class ParticipantStore implements Store<ParticipantRaw> {
  readonly versioned = true;
  readonly admission: Admission;
  /** What was sent with empty texts for what it removes. */
  private readonly emptying = new WeakSet<Delta>();
  private readonly path: string;

  constructor(
    private readonly client: GenesysClient,
    conversationId: string,
    private readonly participantId: string,
  ) {
    this.admission = client.limits.about(participantId.toLowerCase());
    this.path = `${conversationPath(conversationId)}/participants/${encodeURIComponent(participantId)}`;
  }

  async read(limits: RequestLimits): Promise<Snapshot<ParticipantRaw>> {
    try {
      const reply = await this.client.call(
        { method: 'GET', path: this.path },
        participantReply,
        limits,
      );
      return this.toSnapshot(reply);
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  async write(
    delta: Delta,
    base: Snapshot<ParticipantRaw>,
    limits: RequestLimits,
  ): Promise<Receipt<ParticipantRaw>> {
    try {
      return { snapshot: await this.put(delta, base, limits) };
    } catch (error) {
      throw storeError(error, 'write');
    }
  }

  /** A server that merges keeps what a write leaves out. From then on such attributes are emptied. */
  leftUndone(delta: Delta, { parts }: Snapshot<ParticipantRaw>): boolean {
    const keepsRemoved = [...delta].some(
      ([part, { to }]) => to === null && textOf(parts, part) !== '',
    );
    if (!keepsRemoved || this.emptying.has(delta)) return false;
    merging.add(this.client.key);
    return true;
  }

  private async put(
    delta: Delta,
    { raw, version }: Snapshot<ParticipantRaw>,
    limits: RequestLimits,
  ): Promise<Snapshot<ParticipantRaw>> {
    const contact = delta.get(CONTACT_PART);
    const body = {
      ...(contact && { externalContactId: contact.to }),
      attributes: toWire(this.changed(valuesOf(raw.wire), delta), raw.wire),
      version,
    };
    const reply = await this.client.call(
      { method: 'PUT', path: this.path, body },
      participantReply,
      limits,
    );
    return this.toSnapshot(reply);
  }

  /** All attributes after a change. */
  private changed(before: Attributes, delta: Delta): Attributes {
    const after = new Map(before);
    const merges = merging.has(this.client.key);
    if (merges) this.emptying.add(delta);
    for (const [name, { to }] of byAttribute(delta)) {
      if (to !== null) after.set(name, to);
      else if (merges && before.has(name)) after.set(name, '');
      else after.delete(name);
    }
    return after;
  }

  private toSnapshot(reply: z.infer<typeof participantReply>): Snapshot<ParticipantRaw> {
    return {
      version: reply.version ?? null,
      parts: partsOf(valuesOf(reply.attributes), reply.externalContactId),
      raw: {
        participantId: this.participantId,
        writeMethod: 'versioned',
        wire: reply.attributes,
        standing: standingOf(reply),
      },
    };
  }
}
