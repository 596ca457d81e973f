import {
  type Admission,
  type Delta,
  type Receipt,
  type RequestLimits,
  type Snapshot,
  type Store,
} from '../../core';
import { valuesOf, wireAttributes } from './attributes';
import type { GenesysClient } from '../client';
import {
  type ConversationParticipant,
  findParticipant,
  participantPath,
  standingOf,
} from '../conversations/conversation';
import { storeError } from '../transport/failure';
import { GenesysError } from '../transport/genesys-error';
import { byAttribute, type ParticipantRaw, partsOf } from './participant-parts';
import { acceptance } from '../transport/reply';

/**
 * Participant attributes as the public API offers them: the conversation shows them, `PATCH` merges
 * single ones in and answers 202 before reads show it. There is no version, so nothing keeps two
 * writers of one attribute apart; writers of different attributes never meet.
 *
 * A removed attribute is written as an empty string: there is no documented way to delete one.
 */
export class ParticipantAttributesStore implements Store<ParticipantRaw> {
  readonly versioned = false;
  readonly admission: Admission;

  constructor(
    private readonly client: GenesysClient,
    private readonly conversationId: string,
    private readonly participantId: string,
  ) {
    this.admission = client.limits.about(participantId.toLowerCase());
  }

  async read(limits: RequestLimits): Promise<Snapshot<ParticipantRaw>> {
    return await this.readAs((found) => this.snapshotOf(found), limits);
  }

  /**
   * What the participant holds of another kind, of which the conversation tells as well.
   *
   * @throws {StoreError}
   */
  async readAs<Raw>(
    snapshotOf: (found: ConversationParticipant) => Snapshot<Raw>,
    limits: RequestLimits,
  ): Promise<Snapshot<Raw>> {
    try {
      const choice = { id: this.participantId };
      return snapshotOf(await findParticipant(this.client, this.conversationId, choice, limits));
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  /**
   * What a participant that was read as part of its conversation holds.
   *
   * @throws {GenesysError} of kind `shape` where its attributes are missing or malformed.
   */
  snapshotOf(participant: ConversationParticipant): Snapshot<ParticipantRaw> {
    // One without any may come without the key: a PATCH touches only what it names.
    const wire = wireAttributes.safeParse(participant['attributes'] ?? {});
    if (!wire.success) {
      throw new GenesysError(
        `Participant ${participant.id} came with attributes that could not be read: ${wire.error.issues[0]?.message ?? ''}`,
        { kind: 'shape', sent: true },
      );
    }
    return {
      version: null,
      parts: partsOf(valuesOf(wire.data)),
      raw: {
        participantId: participant.id,
        writeMethod: 'patch',
        wire: wire.data,
        standing: standingOf(participant),
        ...(participant.conversationHasEnded && { conversationHasEnded: true }),
      },
    };
  }

  async write(
    delta: Delta,
    { raw: { participantId } }: Snapshot<ParticipantRaw>,
    limits: RequestLimits,
  ): Promise<Receipt<ParticipantRaw>> {
    const path = `${participantPath(this.conversationId, participantId)}/attributes`;
    const values = [...byAttribute(delta)].map(([name, { to }]) => [name, to ?? ''] as const);
    try {
      await this.client.call(
        { method: 'PATCH', path, body: { attributes: Object.fromEntries(values) } },
        acceptance,
        limits,
      );
      return { accepted: true };
    } catch (error) {
      throw storeError(error, 'write');
    }
  }
}
