import { type LocateLimits, systemClock } from '../../core';
import type { GenesysClient } from '../client';
import {
  chooseParticipant,
  type ConversationParticipant,
  type ParticipantChoice,
  participantsOf,
} from './conversation';
import type { ConversationReads } from './conversation-reads';

/** A participant that was looked up in its conversation, and when. */
export interface FoundParticipant {
  readonly participant: ConversationParticipant;
  readonly sentAt: number;
  readonly answeredAt: number;
  /** Milliseconds that the look-up waited for a permit to send its request. */
  readonly waitedMs: number;
}

/** Looks participants up in their conversations: all who look at the same time share one request. */
export class LookUps {
  constructor(private readonly reads: ConversationReads) {}

  /** @throws {GenesysError} or a {@link StoreError} */
  async find(
    client: GenesysClient,
    conversationId: string,
    choice: ParticipantChoice,
    limits: LocateLimits,
  ): Promise<FoundParticipant> {
    const askedAt = systemClock.now();
    const reading = await this.reads.read(
      client,
      conversationId,
      limits,
      'Looking up the participant',
    );
    const { answeredAt, conversation, readyAt, sentAt } = reading;
    return {
      participant: chooseParticipant(participantsOf(conversation), conversationId, choice),
      sentAt,
      answeredAt,
      waitedMs: Math.max(0, sentAt - Math.max(readyAt, askedAt)),
    };
  }
}
