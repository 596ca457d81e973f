import {
  type Admission,
  type Delta,
  type ReadSnapshot,
  type Receipt,
  type RequestLimits,
  type SharedReads,
  type Snapshot,
  type Store,
  StoreError,
} from '../../core';
import type { GenesysClient } from '../client';
import {
  type Communication,
  communicationsOf,
  type ConversationParticipant,
  type MediaType,
} from '../conversations/conversation';
import type { ConversationReads } from '../conversations/conversation-reads';
import { spelt } from '../conversations/ids';
import { storeError } from '../transport/failure';
import { GenesysError } from '../transport/genesys-error';
import { acceptance } from '../transport/reply';
import { ParticipantAttributesStore } from './participant-attributes-store';
import { CONTACT_PART, type ParticipantRaw } from './participant-parts';

/** What the association calls each medium. */
const MEDIA: Record<MediaType, string> = {
  call: 'CALL',
  callback: 'CALLBACK',
  chat: 'CHAT',
  cobrowsesession: 'COBROWSE',
  email: 'EMAIL',
  internalMessage: 'INTERNAL_MESSAGE',
  message: 'MESSAGE',
  screenshare: 'SCREENSHARE',
  socialExpression: 'SOCIAL_EXPRESSION',
  video: 'VIDEO',
};

interface ContactRaw extends ParticipantRaw {
  /** By which of its communications the participant is linked. */
  readonly communication?: Communication | undefined;
}

/**
 * The external contact of a participant as the public API offers it: the conversation shows it, and an
 * association with one of the participant's communications changes it, answered with 202 before reads
 * show it. There is no version: the last writer wins.
 */
export class ContactStore implements Store<ContactRaw> {
  readonly versioned = false;
  readonly sharedReads: SharedReads<ContactRaw>;
  readonly admission: Admission;
  private readonly attributes: ParticipantAttributesStore;

  constructor(
    private readonly client: GenesysClient,
    conversations: ConversationReads,
    private readonly conversationId: string,
    participantId: string,
  ) {
    this.attributes = new ParticipantAttributesStore(
      client,
      conversations,
      conversationId,
      participantId,
    );
    this.sharedReads = this.attributes.sharedAs((found) => this.snapshotOf(found));
    this.admission = this.attributes.admission;
  }

  async read(limits: RequestLimits): Promise<ReadSnapshot<ContactRaw>> {
    return await this.attributes.readAs((found) => this.snapshotOf(found), limits);
  }

  /** What a participant that was read as part of its conversation holds. */
  snapshotOf(participant: ConversationParticipant): Snapshot<ContactRaw> {
    const { parts, raw, version } = this.attributes.snapshotOf(participant);
    const contact = participant['externalContactId'];
    return {
      version,
      parts:
        typeof contact === 'string' && contact !== ''
          ? new Map([...parts, [CONTACT_PART, spelt(contact)]])
          : parts,
      raw: { ...raw, communication: toBeLinked(communicationsOf(participant)) },
    };
  }

  async write(
    delta: Delta,
    { raw: { communication, participantId } }: Snapshot<ContactRaw>,
    limits: RequestLimits,
  ): Promise<Receipt<ContactRaw>> {
    if (!communication) {
      const message = `Participant ${participantId} has no communication yet that an external contact could be linked by.`;
      const cause = new GenesysError(message, { kind: 'notFound', sent: false });
      throw new StoreError(message, { kind: 'permanent' }, { cause });
    }
    const { conversationId } = this;
    const contact = delta.get(CONTACT_PART)?.to;
    const body = {
      conversationId,
      communicationId: communication.id,
      mediaType: MEDIA[communication.mediaType],
      // Without one, the link is taken away.
      ...(contact && { externalContactId: contact }),
    };
    const path = `/api/v2/externalcontacts/conversations/${encodeURIComponent(conversationId)}`;
    try {
      await this.client.call({ method: 'PUT', path, body }, acceptance, limits);
      return { accepted: true };
    } catch (error) {
      throw storeError(error, 'write');
    }
  }
}

/** One that goes on, if there is any; of several, the latest. */
function toBeLinked(communications: readonly Communication[]): Communication | undefined {
  const known = communications.filter(({ id }) => id !== undefined);
  return known.findLast(({ isOver }) => !isOver) ?? known.at(-1);
}
