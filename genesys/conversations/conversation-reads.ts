import { type Clock, SharedListeners, systemClock } from '../../core';
import type { GenesysClient } from '../client';
import { storeError } from '../transport/failure';
import { GenesysError } from '../transport/genesys-error';
import { type ConversationDocument, conversationPath, readConversation } from './conversation';
import { SharedRead, type SharedReadLimits } from './shared-read';

/** A conversation as it was read, and when. */
export interface ConversationReading {
  readonly conversation: ConversationDocument;
  /** From then on it waited for its permit. */
  readonly readyAt: number;
  readonly sentAt: number;
  readonly answeredAt: number;
}

type Follower = (reading: ConversationReading) => void;

/**
 * Reads conversations: all who want the same one at the same time share one request, whatever for. Of
 * each there is one read under way at a time, and whoever comes meanwhile is in the next one.
 */
export class ConversationReads {
  /** Those that have not been sent yet. */
  private readonly open = new Map<string, SharedRead<ConversationReading>>();
  private readonly underWay = new Map<string, SharedRead<ConversationReading>>();
  private readonly listeners = new SharedListeners();
  private readonly followers = new Map<string, Set<Follower>>();

  constructor(private readonly clock: Clock = systemClock) {}

  /**
   * What comes back was asked for after whoever called had called. Whoever brings a permit lends it;
   * where nobody does, the read gets one.
   *
   * @param doing what it is for, as a message may begin with it
   * @throws {StoreError} as a store does whose read fails
   */
  async read(
    client: GenesysClient,
    conversationId: string,
    limits: SharedReadLimits,
    doing = 'Reading the conversation',
  ): Promise<ConversationReading> {
    try {
      const closed = client.limits.closed();
      if (closed) throw closed;
      const key = readKey(client, conversationId);
      const read = this.open.get(key) ?? this.begin(key, client, conversationId);
      return await read.join(limits, (why, isUnderWay) =>
        gaveUp(client, { conversationId, doing, why, isUnderWay }),
      );
    } catch (error) {
      throw storeError(error, 'read');
    }
  }

  /**
   * Tells of each read of a conversation that is answered, whatever it was for.
   *
   * @param key see {@link readKey}
   * @param follower does not throw
   * @returns what to call when it is not wanted any more
   */
  follow(key: string, follower: Follower): () => void {
    const all = this.followers.get(key) ?? new Set();
    this.followers.set(key, all.add(follower));
    return () => {
      all.delete(follower);
      if (all.size === 0 && this.followers.get(key) === all) this.followers.delete(key);
    };
  }

  private begin(
    key: string,
    client: GenesysClient,
    conversationId: string,
  ): SharedRead<ConversationReading> {
    const { clock, listeners, open, underWay } = this;
    const read = new SharedRead<ConversationReading>(
      clock,
      listeners,
      async (sending) => {
        await sending.waitFor(underWay.get(key));
        const permit = await sending.permission(
          async (signal) =>
            await client.limits.about(conversationId.toLowerCase()).permit(1, signal),
        );
        const { sentAt, timeoutMs } = sending.send();
        underWay.set(key, read);
        try {
          const limits = { timeoutMs, signal: sending.signal, permit };
          const conversation = await readConversation(client, conversationId, limits);
          const readyAt = sentAt - permit.waitedMs;
          const reading = { conversation, readyAt, sentAt, answeredAt: clock.now() };
          for (const follower of [...(this.followers.get(key) ?? [])]) follower(reading);
          return reading;
        } finally {
          permit.giveBack();
          if (underWay.get(key) === read) underWay.delete(key);
        }
      },
      () => {
        if (open.get(key) === read) open.delete(key);
      },
    );
    open.set(key, read);
    return read;
  }
}

/** Names a conversation as one client reads it. */
export function readKey(client: GenesysClient, conversationId: string): string {
  return JSON.stringify([client.key, conversationId.toLowerCase()]);
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
  if (why === 'timeout' && !isUnderWay) return client.leaves.noneInTime;
  if (why === 'timeout' && client.leaves.slowSignIn) return client.leaves.slowSignIn;
  const what = why === 'timeout' ? 'got no answer in time' : 'was given up';
  return new GenesysError(`${doing} ${what}.`, {
    kind: why,
    sent: isUnderWay,
    method: 'GET',
    path: conversationPath(conversationId),
  });
}
