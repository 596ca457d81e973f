import * as z from 'zod/v4';

import type { Receipt, RequestLimits, Snapshot, Store } from '../core';
import type { ParticipantState } from './attribute-change';
import {
  sameAttributes,
  toWire,
  valuesOf,
  type WireAttributes,
  wireAttributes,
} from './attributes';
import type { GenesysClient } from './client';
import { conversationPath, findParticipantByPurpose } from './conversation';
import { storeError } from './failure';

/** Which participant of a conversation. */
export type ParticipantChoice = { readonly id: string } | { readonly purpose: string };

/** A participant that remembers in which shape each attribute was read. */
export interface VersionedParticipant extends ParticipantState {
  readonly wire: WireAttributes;
}

const participantReply = z.looseObject({
  version: z.int().nonnegative().nullish(),
  attributes: wireAttributes,
  externalContactId: z.string().nullish(),
});

/**
 * A participant as a versioned resource: `GET` shows its version, `PUT` writes the whole attribute
 * map on condition of that version. Sending the whole map is right whether the server replaces what
 * it has or merges into it.
 */
export class ParticipantStore implements Store<VersionedParticipant> {
  readonly versioned = true;
  /** Found by the first read; a later one must not drift to another participant. */
  private id: string | undefined;

  constructor(
    private readonly client: GenesysClient,
    private readonly conversationId: string,
    private readonly choice: ParticipantChoice,
  ) {}

  async read(limits: RequestLimits): Promise<Snapshot<VersionedParticipant>> {
    const endsAt = performance.now() + limits.timeoutMs;
    try {
      this.id ??= await this.find(limits);
      const reply = await this.client.call(
        { method: 'GET', path: this.path(this.id) },
        participantReply,
        { ...limits, timeoutMs: Math.max(0, endsAt - performance.now()) },
      );
      return toSnapshot(this.id, reply);
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  async write(
    next: VersionedParticipant,
    base: Snapshot<VersionedParticipant>,
    limits: RequestLimits,
  ): Promise<Receipt<VersionedParticipant>> {
    const { participantId } = base.state;
    const body = {
      ...(next.writesExternalContact && { externalContactId: next.externalContactId }),
      attributes: toWire(next.attributes, base.state.wire),
      version: base.version,
    };
    try {
      const reply = await this.client.call(
        { method: 'PUT', path: this.path(participantId), body },
        participantReply,
        limits,
      );
      return { snapshot: toSnapshot(participantId, reply) };
    } catch (error) {
      throw storeError(error, 'write');
    }
  }

  sameContent(one: VersionedParticipant, other: VersionedParticipant): boolean {
    return (
      sameAttributes(one.attributes, other.attributes) &&
      one.externalContactId === other.externalContactId
    );
  }

  private async find(limits: RequestLimits): Promise<string> {
    if ('id' in this.choice) return this.choice.id;
    return await findParticipantByPurpose(
      this.client,
      this.conversationId,
      this.choice.purpose,
      limits,
    );
  }

  private path(id: string): string {
    return `${conversationPath(this.conversationId)}/participants/${encodeURIComponent(id)}`;
  }
}

function toSnapshot(
  participantId: string,
  reply: z.infer<typeof participantReply>,
): Snapshot<VersionedParticipant> {
  return {
    version: reply.version ?? null,
    state: {
      participantId,
      attributes: valuesOf(reply.attributes),
      wire: reply.attributes,
      externalContactId: reply.externalContactId ?? null,
    },
  };
}
