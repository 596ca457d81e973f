import * as z from 'zod/v4';

import type { Receipt, RequestLimits, Snapshot, Store } from '../core';
import type { ParticipantState } from './attribute-change';
import { type Attributes, sameAttributes, toWire, valuesOf, wireAttributes } from './attributes';
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
  /** The server keeps attributes that a write leaves out; an empty text is the only way to clear one. */
  private merges = false;
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
    try {
      const written = await this.put(next, base, limits);
      if (this.merges || !keepsRemoved(base.state, next, written.state)) {
        return { snapshot: written };
      }
      this.merges = true;
      return { snapshot: written, incomplete: true };
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
    base: Snapshot<ParticipantState>,
    limits: RequestLimits,
  ): Promise<Snapshot<ParticipantState>> {
    const {
      version,
      state: { participantId, wire },
    } = base;
    const body = {
      ...(next.writesExternalContact && { externalContactId: next.externalContactId }),
      attributes: toWire(
        this.merges ? withEmptied(base.state.attributes, next.attributes) : next.attributes,
        wire,
      ),
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

/** Whether an attribute is still there that the write left out. */
function keepsRemoved(
  base: ParticipantState,
  next: ParticipantState,
  written: ParticipantState,
): boolean {
  return [...base.attributes.keys()].some(
    (name) => !next.attributes.has(name) && (written.attributes.get(name) ?? '') !== '',
  );
}

function withEmptied(before: Attributes, after: Attributes): Attributes {
  return new Map([...[...before.keys()].map((name) => [name, ''] as const), ...after]);
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
