import {
  type Located,
  type LocateLimits,
  type RequestLimits,
  type Snapshot,
  systemClock,
} from '../../core';
import { AutoStore } from './auto-store';
import type { GenesysClient } from '../client';
import {
  chooseParticipant,
  conversationPath,
  type ConversationParticipant,
  type ParticipantChoice,
  readParticipants,
  type Standing,
  standingOf,
} from '../conversations/conversation';
import { storeError } from '../transport/failure';
import { GenesysError } from '../transport/genesys-error';
import { ParticipantAttributesStore } from './participant-attributes-store';
import type { ParticipantRaw } from './participant-parts';
import { ParticipantStore } from './participant-store';
import { SingleFlight } from '../transport/single-flight';
import type { WriteMethod } from './write-method';

const STORES = {
  auto: AutoStore,
  versioned: ParticipantStore,
  patch: ParticipantAttributesStore,
};

/** A conversation as it was read, and when. */
interface Reading {
  readonly participants: readonly ConversationParticipant[];
  /** From then on it waited for its permit. */
  readonly readyAt: number;
  readonly sentAt: number;
  readonly answeredAt: number;
}

/** A participant, and what finding it has shown of its conversation. */
export interface LocatedParticipant extends Located<ParticipantRaw> {
  readonly conversationHasEnded?: true;
  /** Of one that was looked up. */
  readonly participantId?: string;
  readonly standing?: Standing;
}

/** Shared by all executions of the process. */
const readings = new SingleFlight<Reading>();

/** What an update needs beside a participant. */
interface LocateOptions {
  /**
   * Whether it is to write the external contact, too. Those have a lane of their own: the server may
   * refuse a write for the contact's sake.
   */
  readonly linksContact?: boolean;
  /** Whether one chosen by ID is looked up as well, since one read by itself may not tell enough. */
  readonly looksUp?: boolean;
}

/**
 * Finds the participant that is meant. One chosen by its purpose is looked up in its conversation: all
 * who look at the same time share one request. From then on that participant is meant, whoever else
 * gets the same purpose.
 */
export function locateParticipant(
  client: GenesysClient,
  conversationId: string,
  choice: ParticipantChoice,
  writeMethod: WriteMethod | 'auto',
  { linksContact = false, looksUp = false }: LocateOptions = {},
): (limits: LocateLimits) => Promise<LocatedParticipant> {
  const way = `${writeMethod}${linksContact ? ' with contact' : ''}`;
  const at = (participantId: string) => {
    const record = JSON.stringify([
      client.key,
      conversationId.toLowerCase(),
      participantId.toLowerCase(),
    ]);
    const store = new STORES[writeMethod](client, conversationId, participantId);
    return { key: `${record} ${way}`, record, client: client.key, store };
  };
  if ('id' in choice && !looksUp) return () => Promise.resolve(at(choice.id));
  return async (limits) => {
    const askedAt = systemClock.now();
    try {
      const reading = await readConversation(client, conversationId, limits);
      const { participants, readyAt, ...times } = reading;
      const participant = chooseParticipant(participants, conversationId, choice);
      const located = at(participant.id);
      const leftMs = askedAt + limits.patienceMs - systemClock.now();
      const snapshot = await seenBy(located.store, participant, {
        ...limits,
        timeoutMs: Math.max(0, Math.min(limits.timeoutMs, leftMs)),
      });
      return {
        ...located,
        participantId: participant.id,
        standing: standingOf(participant),
        ...(participant.conversationHasEnded && { conversationHasEnded: true }),
        ...(snapshot && { seen: { snapshot, ...times } }),
        waitedMs: Math.max(0, times.sentAt - Math.max(readyAt, askedAt)),
      };
    } catch (error) {
      throw storeError(error, 'read');
    }
  };
}

async function seenBy(
  store: ParticipantStore | ParticipantAttributesStore | AutoStore,
  participant: ConversationParticipant,
  limits: RequestLimits,
): Promise<Snapshot<ParticipantRaw> | undefined> {
  if (store instanceof AutoStore) return await store.snapshotOf(participant, limits);
  if (store instanceof ParticipantAttributesStore) return store.snapshotOf(participant);
  return undefined;
}

async function readConversation(
  client: GenesysClient,
  conversationId: string,
  { patienceMs, timeoutMs, signal: callersSignal }: LocateLimits,
): Promise<Reading> {
  const closed = client.limits.closed();
  if (closed) throw closed;
  const conversation = conversationId.toLowerCase();
  return await readings.join(
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
