import * as z from 'zod/v4';

import type { Receipt, RequestLimits, Snapshot, Store } from '../core';
import type { ParticipantState } from './attribute-change';
import { sameAttributes, toWire, valuesOf, wireAttributes } from './attributes';
import type { GenesysClient } from './client';
import {
  type ConversationParticipant,
  conversationPath,
  findParticipant,
  type ParticipantChoice,
} from './conversation';
import { sharedLimits } from './shared-limits';
import { storeError } from './failure';

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
export class ParticipantStore implements Store<ParticipantState> {
  readonly versioned = true;
  private id: string | undefined;
  /** The participant as its conversation showed it, where the latest read looked it up there. */
  found: ConversationParticipant | undefined;

  constructor(
    private readonly client: GenesysClient,
    private readonly conversationId: string,
    private readonly choice: ParticipantChoice,
  ) {}

  /** From now on this participant is meant, whoever else gets the same purpose. */
  stickTo(participantId: string): void {
    this.id = participantId;
  }

  /** The participant that was found, else the one to look for. */
  get chosen(): ParticipantChoice {
    return this.id === undefined ? this.choice : { id: this.id };
  }

  async read(limits: RequestLimits): Promise<Snapshot<ParticipantState>> {
    const left = sharedLimits(limits);
    this.found = undefined;
    try {
      this.id ??= await this.find(left());
      const reply = await this.client.call(
        { method: 'GET', path: this.path(this.id) },
        participantReply,
        left(),
      );
      return toSnapshot(this.id, reply);
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  async write(
    next: ParticipantState,
    base: Snapshot<ParticipantState>,
    limits: RequestLimits,
  ): Promise<Receipt<ParticipantState>> {
    const left = sharedLimits(limits);
    try {
      const written = await this.put(next, base, left());
      const kept = [...base.state.attributes.keys()].filter(
        (name) => !next.attributes.has(name) && (written.state.attributes.get(name) ?? '') !== '',
      );
      if (kept.length === 0) return { snapshot: written };
      // A server that merges keeps what is left out; an empty value is the only way to clear it.
      const cleared = new Map([
        ...written.state.attributes,
        ...kept.map((name) => [name, ''] as const),
      ]);
      return {
        // Not to be kept from being sent any more: half of the change is applied.
        snapshot: await this.put({ ...written.state, attributes: cleared }, written, {
          timeoutMs: left().timeoutMs,
        }),
      };
    } catch (error) {
      throw storeError(error, 'write');
    }
  }

  sameContent(one: ParticipantState, other: ParticipantState): boolean {
    return (
      sameAttributes(one.attributes, other.attributes) &&
      one.externalContactId === other.externalContactId
    );
  }

  private async find(limits: RequestLimits): Promise<string> {
    if ('id' in this.choice) return this.choice.id;
    this.found = await findParticipant(this.client, this.conversationId, this.choice, limits);
    return this.found.id;
  }

  private async put(
    next: ParticipantState,
    { version, state: { participantId, wire } }: Snapshot<ParticipantState>,
    limits: RequestLimits,
  ): Promise<Snapshot<ParticipantState>> {
    const body = {
      ...(next.writesExternalContact && { externalContactId: next.externalContactId }),
      attributes: toWire(next.attributes, wire),
      version,
    };
    const reply = await this.client.call(
      { method: 'PUT', path: this.path(participantId), body },
      participantReply,
      limits,
    );
    return toSnapshot(participantId, reply);
  }

  private path(id: string): string {
    return `${conversationPath(this.conversationId)}/participants/${encodeURIComponent(id)}`;
  }
}

function toSnapshot(
  participantId: string,
  reply: z.infer<typeof participantReply>,
): Snapshot<ParticipantState> {
  return {
    version: reply.version ?? null,
    state: {
      participantId,
      writeMethod: 'versioned',
      attributes: valuesOf(reply.attributes),
      wire: reply.attributes,
      externalContactId: reply.externalContactId ?? null,
    },
  };
}
