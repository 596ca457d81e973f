import * as z from 'zod/v4';

import type { Admission, Receipt, RequestLimits, Snapshot, Store } from '../core';
import { type ParticipantState, rebase, sameContact } from './attribute-change';
import { type Attributes, sameAttributes, toWire, valuesOf, wireAttributes } from './attributes';
import type { GenesysClient } from './client';
import { conversationPath } from './conversation';
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
  readonly rebase = rebase;
  readonly admission: Admission;
  /** The server keeps attributes that a write leaves out; an empty text is the only way to clear one. */
  private merges = false;
  private readonly path: string;

  constructor(
    private readonly client: GenesysClient,
    conversationId: string,
    private readonly participantId: string,
  ) {
    this.admission = client.limits.about(participantId.toLowerCase());
    this.path = `${conversationPath(conversationId)}/participants/${encodeURIComponent(participantId)}`;
  }

  async read(limits: RequestLimits): Promise<Snapshot<ParticipantState>> {
    try {
      const reply = await this.client.call(
        { method: 'GET', path: this.path },
        participantReply,
        limits,
      );
      return toSnapshot(this.participantId, reply);
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
      sameContact(one.externalContactId, other.externalContactId)
    );
  }

  private async put(
    next: ParticipantState,
    base: Snapshot<ParticipantState>,
    limits: RequestLimits,
  ): Promise<Snapshot<ParticipantState>> {
    const { version, state } = base;
    const body = {
      ...(next.writesExternalContact && { externalContactId: next.externalContactId }),
      attributes: toWire(
        this.merges ? withEmptied(state.attributes, next.attributes) : next.attributes,
        state.wire,
      ),
      version,
    };
    const reply = await this.client.call(
      { method: 'PUT', path: this.path, body },
      participantReply,
      limits,
    );
    return toSnapshot(this.participantId, reply);
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
