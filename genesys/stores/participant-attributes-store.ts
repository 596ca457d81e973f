import {
  type Admission,
  type Delta,
  type ReadSnapshot,
  type Receipt,
  type RequestLimits,
  type SharedReads,
  type Snapshot,
  type Store,
} from '../../core';
import type { GenesysClient } from '../client';
import {
  chooseParticipant,
  type ConversationDocument,
  type ConversationParticipant,
  participantPath,
  participantsOf,
  standingOf,
} from '../conversations/conversation';
import { type ConversationReads, readKey } from '../conversations/conversation-reads';
import { storeError } from '../transport/failure';
import { GenesysError } from '../transport/genesys-error';
import { byAttribute, type ParticipantRaw, partsOf, wireAttributes } from './participant-parts';
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
  readonly sharedReads: SharedReads<ParticipantRaw>;
  readonly admission: Admission;

  constructor(
    private readonly client: GenesysClient,
    private readonly conversations: ConversationReads,
    private readonly conversationId: string,
    private readonly participantId: string,
  ) {
    this.sharedReads = this.sharedAs((found) => this.snapshotOf(found));
    this.admission = client.limits.about(participantId.toLowerCase());
  }

  async read(limits: RequestLimits): Promise<ReadSnapshot<ParticipantRaw>> {
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
  ): Promise<ReadSnapshot<Raw>> {
    const { client, conversationId } = this;
    const reading = await this.conversations.read(client, conversationId, limits);
    const { answeredAt, conversation, sentAt } = reading;
    try {
      return { ...snapshotOf(this.findIn(conversation)), times: { sentAt, answeredAt } };
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  /** The reads of the conversation, by what they show of the participant. */
  sharedAs<Raw>(snapshotOf: (found: ConversationParticipant) => Snapshot<Raw>): SharedReads<Raw> {
    const name = readKey(this.client, this.conversationId);
    return {
      name,
      follow: (onRead) =>
        this.conversations.follow(name, ({ answeredAt, conversation, sentAt }) => {
          const snapshot = this.shownBy(conversation, snapshotOf);
          if (snapshot) onRead({ snapshot, sentAt, answeredAt });
        }),
    };
  }

  /** @returns `undefined` where a read tells nothing of the participant: whoever has sent it hears why */
  private shownBy<Raw>(
    conversation: ConversationDocument,
    snapshotOf: (found: ConversationParticipant) => Snapshot<Raw>,
  ): Snapshot<Raw> | undefined {
    try {
      return snapshotOf(this.findIn(conversation));
    } catch (error) {
      if (error instanceof GenesysError) return undefined;
      throw error;
    }
  }

  private findIn(conversation: ConversationDocument): ConversationParticipant {
    const { conversationId, participantId } = this;
    return chooseParticipant(participantsOf(conversation), conversationId, { id: participantId });
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
      parts: partsOf(wire.data),
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
