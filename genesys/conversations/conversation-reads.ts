import { type LocateLimits, systemClock } from '../../core';
import type { GenesysClient } from '../client';
import { storeError } from '../transport/failure';
import { GenesysError } from '../transport/genesys-error';
import { SingleFlight } from '../transport/single-flight';
import { type ConversationDocument, conversationPath, readConversation } from './conversation';

/** A conversation as it was read, and when. */
export interface ConversationReading {
  readonly conversation: ConversationDocument;
  /** From then on it waited for its permit. */
  readonly readyAt: number;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** Reads conversations: all who want the same one at the same time share one request. */
export class ConversationReads {
  private readonly flights = new SingleFlight<ConversationReading>();

  /**
   * What comes back was asked for after whoever called had called.
   *
   * @param doing what it is for, as a message may begin with it
   * @throws {StoreError} as a store does whose read fails
   */
  async read(
    client: GenesysClient,
    conversationId: string,
    limits: LocateLimits,
    doing = 'Reading the conversation',
  ): Promise<ConversationReading> {
    try {
      return await this.join(client, conversationId, limits, doing);
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  private async join(
    client: GenesysClient,
    conversationId: string,
    { patienceMs, timeoutMs, signal: callersSignal }: LocateLimits,
    doing: string,
  ): Promise<ConversationReading> {
    const closed = client.limits.closed();
    if (closed) throw closed;
    const about = conversationId.toLowerCase();
    return await this.flights.join(
      JSON.stringify([client.key, about]),
      async (signal, close) => {
        // Whoever comes in the same turn of the event loop has come before the request is sent.
        await systemClock.turn();
        const permit = await client.limits.about(about).permit(1, signal);
        // Whoever comes from now on must not be told what was so before.
        close();
        const sentAt = systemClock.now();
        const readyAt = sentAt - permit.waitedMs;
        try {
          const limits = { timeoutMs, signal, permit };
          const conversation = await readConversation(client, conversationId, limits);
          return { conversation, readyAt, sentAt, answeredAt: systemClock.now() };
        } finally {
          permit.giveBack();
        }
      },
      { timeoutMs: patienceMs, ...(callersSignal && { signal: callersSignal }) },
      (why, isUnderWay) => gaveUp(client, { conversationId, doing, why, isUnderWay }),
    );
  }
}

/** Until it is under way a read waits for its permit, and then for a token or the answer. */
function gaveUp(
  client: GenesysClient,
  {
    conversationId,
    doing,
    isUnderWay,
    why,
  }: {
    readonly conversationId: string;
    readonly doing: string;
    readonly why: 'timeout' | 'aborted';
    readonly isUnderWay: boolean;
  },
): GenesysError {
  if (why === 'timeout' && !isUnderWay) return client.noLeave;
  if (why === 'timeout' && client.slowSignIn) return client.slowSignIn;
  const what = why === 'timeout' ? 'got no answer in time' : 'was given up';
  return new GenesysError(`${doing} ${what}.`, {
    kind: why,
    sent: isUnderWay,
    method: 'GET',
    path: conversationPath(conversationId),
  });
}
