import * as z from 'zod/v4';

import {
  type Admission,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
  StoreError,
  systemClock,
} from '../core';
import { AcceptedWrites } from './accepted-writes';
import { type ParticipantState, rebase } from './attribute-change';
import {
  type Attributes,
  sameAttributes,
  valuesOf,
  type WireAttributes,
  wireAttributes,
} from './attributes';
import type { GenesysClient } from './client';
import { conversationPath, findParticipant, type Sighting } from './conversation';
import { storeError } from './failure';
import { GenesysError } from './genesys-error';

/** Shared by all executions of the process. */
const acceptedWrites = new AcceptedWrites();

const noBody = z.unknown();

/**
 * Participant attributes as the public API offers them: the conversation shows them, `PATCH` merges
 * single ones in and answers 202 before reads show it. There is no version, so nothing keeps two
 * writers of one attribute apart; writers of different attributes never meet.
 *
 * A removed attribute is written as an empty string: there is no documented way to delete one.
 */
export class ParticipantAttributesStore implements Store<ParticipantState> {
  readonly versioned = false;
  readonly rebase = rebase;
  readonly admission: Admission;

  constructor(
    private readonly client: GenesysClient,
    private readonly conversationId: string,
    private readonly participantId: string,
  ) {
    this.admission = client.limits.about(participantId.toLowerCase());
  }

  async read(limits: RequestLimits): Promise<Snapshot<ParticipantState>> {
    const sentAt = systemClock.now();
    try {
      const choice = { id: this.participantId };
      const participant = await findParticipant(this.client, this.conversationId, choice, limits);
      return this.snapshotOf({ participant, sentAt });
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  /**
   * What a participant that was read as part of its conversation holds.
   *
   * @throws {GenesysError} of kind `shape` where its attributes are missing or malformed.
   */
  snapshotOf({ participant, sentAt }: Sighting): Snapshot<ParticipantState> {
    const wire = wireAttributes.safeParse(participant['attributes']);
    if (!wire.success) {
      throw new GenesysError(
        `Participant ${participant.id} came with attributes that could not be read: ${wire.error.issues[0]?.message ?? ''}`,
        { kind: 'shape', sent: true },
      );
    }
    const record = this.record(participant.id);
    return laidOver(acceptedWrites, record, {
      participantId: participant.id,
      wire: wire.data,
      sentAt,
    });
  }

  async write(
    next: ParticipantState,
    base: Snapshot<ParticipantState>,
    limits: RequestLimits,
  ): Promise<Receipt<ParticipantState>> {
    const { participantId, attributes: before } = base.state;
    const values = changedValues(before, next.attributes);
    const path = `${conversationPath(this.conversationId)}/participants/${encodeURIComponent(participantId)}/attributes`;
    const sending = acceptedWrites.send(this.record(participantId), values);
    try {
      await this.client.call(
        { method: 'PATCH', path, body: { attributes: Object.fromEntries(values) } },
        noBody,
        limits,
      );
    } catch (error) {
      const failure = storeError(error, 'write');
      if (failure instanceof StoreError && failure.failure.kind !== 'ambiguous') sending.refused();
      throw failure;
    }
    const visibility = sending.accepted(before);
    return { visibility: ({ state }) => visibility(valuesOf(state.wire)) };
  }

  sameContent(one: ParticipantState, other: ParticipantState): boolean {
    return sameAttributes(one.attributes, other.attributes);
  }

  private record(participantId: string): string {
    return JSON.stringify([
      this.client.key,
      this.conversationId.toLowerCase(),
      participantId.toLowerCase(),
    ]);
  }
}

/** What a read has shown of a participant, with what was accepted laid over it. */
export function laidOver(
  accepted: AcceptedWrites,
  record: string,
  read: {
    readonly participantId: string;
    readonly wire: WireAttributes;
    readonly sentAt: number;
  },
): Snapshot<ParticipantState> {
  const { participantId, wire, sentAt } = read;
  const attributes = accepted.laidOver(record, valuesOf(wire), sentAt);
  const ours = accepted.ours(record);
  const pending = accepted.pending(record);
  return {
    version: null,
    ...(pending && {
      visibility: ({ state }: Snapshot<ParticipantState>) => pending(valuesOf(state.wire)),
    }),
    state: { participantId, writeMethod: 'patch', attributes, wire, ours, externalContactId: null },
  };
}

/** What differs, with an empty string for what is to be removed. */
export function changedValues(before: Attributes, after: Attributes): Attributes {
  const names = new Set([...before.keys(), ...after.keys()]);
  return new Map(
    [...names]
      .map((name): [string, string] => [name, after.get(name) ?? ''])
      .filter(([name, value]) => value !== before.get(name)),
  );
}
