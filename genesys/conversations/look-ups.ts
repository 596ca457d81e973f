import { type LocateLimits, systemClock } from '../../core';
import type { GenesysClient } from '../client';
import { GenesysError } from '../transport/genesys-error';
import { SingleFlight } from '../transport/single-flight';
import {
  chooseParticipant,
  conversationPath,
  type ConversationParticipant,
  type ParticipantChoice,
  readParticipants,
} from './conversation';

/** A conversation as it was read, and when. */
interface Reading {
  readonly participants: readonly ConversationParticipant[];
  /** From then on it waited for its permit. */
  readonly readyAt: number;
  readonly sentAt: number;
  readonly answeredAt: number;
}

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
  private readonly readings = new SingleFlight<Reading>();

  /** @throws {GenesysError} */
  async find(
    client: GenesysClient,
    conversationId: string,
    choice: ParticipantChoice,
    limits: LocateLimits,
  ): Promise<FoundParticipant> {
    const askedAt = systemClock.now();
    const { participants, readyAt, ...times } = await this.read(client, conversationId, limits);
    return {
      participant: chooseParticipant(participants, conversationId, choice),
      ...times,
      waitedMs: Math.max(0, times.sentAt - Math.max(readyAt, askedAt)),
    };
  }

  private async read(
    client: GenesysClient,
    conversationId: string,
    { patienceMs, timeoutMs, signal: callersSignal }: LocateLimits,
  ): Promise<Reading> {
    const closed = client.limits.closed();
    if (closed) throw closed;
    const conversation = conversationId.toLowerCase();
    return await this.readings.join(
      JSON.stringify([client.key, conversation]),
      async (signal, close) => {
        // Whoever comes in the same turn of the event loop has come before the request is sent.
        await systemClock.turn();
        const permit = await client.limits.about(conversation).permit(1, signal);
        // Whoever comes from now on must not be told what was so before.
        close();
        const sentAt = systemClock.now();
        const readyAt = sentAt - permit.waitedMs;
        try {
          const limits = { timeoutMs, signal, permit };
          const participants = await readParticipants(client, conversationId, limits);
          return { participants, readyAt, sentAt, answeredAt: systemClock.now() };
        } finally {
          permit.giveBack();
        }
      },
      { timeoutMs: patienceMs, ...(callersSignal && { signal: callersSignal }) },
      (why, isUnderWay) => gaveUp(client, conversationId, why, isUnderWay),
    );
  }
}

/** Until it is under way a look-up waits for its permit, and then for a token or the answer. */
function gaveUp(
  client: GenesysClient,
  conversationId: string,
  why: 'timeout' | 'aborted',
  isUnderWay: boolean,
): GenesysError {
  if (why === 'timeout' && !isUnderWay) return client.noLeave;
  if (why === 'timeout' && client.slowSignIn) return client.slowSignIn;
  const what = why === 'timeout' ? 'got no answer in time' : 'was given up';
  return new GenesysError(`Looking up the participant ${what}.`, {
    kind: why,
    sent: isUnderWay,
    method: 'GET',
    path: conversationPath(conversationId),
  });
}
