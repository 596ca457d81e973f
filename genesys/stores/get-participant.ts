import type { LocateLimits } from '../../core';
import type { GenesysClient } from '../client';
import {
  chooseParticipant,
  type ConversationParticipant,
  participantAlone,
  type ParticipantChoice,
  participantPath,
  showsParticipant,
} from '../conversations/conversation';
import type { ConversationReads } from '../conversations/conversation-reads';
import { GenesysError } from '../transport/genesys-error';
import {
  NOT_OFFERED,
  NOT_OFFERED_ANY_MORE,
  type WriteMethod,
  type WriteMethods,
} from './write-method';

/** What all who read share in a process. */
interface SharedByReaders {
  readonly conversations: ConversationReads;
  readonly writeMethods: WriteMethods;
}

/** Which participant, and how the organisation keeps it. */
interface Wanted {
  readonly conversationId: string;
  readonly participant: ParticipantChoice;
  readonly writeMethod: WriteMethod | 'auto';
}

/**
 * Reads one participant with a single request: by itself where it is known by its ID and has a version,
 * else as part of its conversation. Where nobody knows yet whether it has one, finding out may take
 * another request.
 *
 * @throws {GenesysError} or what reading the conversation throws
 */
export async function getParticipant(
  client: GenesysClient,
  { conversationId, participant: choice, writeMethod }: Wanted,
  limits: LocateLimits,
  { conversations, writeMethods }: SharedByReaders,
): Promise<ConversationParticipant> {
  const method = writeMethod === 'auto' ? writeMethods.of(client.key) : writeMethod;
  if ('id' in choice && method !== 'patch') {
    const isKnown = method === 'versioned';
    const notOffered = isKnown ? NOT_OFFERED_ANY_MORE : NOT_OFFERED;
    const elsewhere = writeMethod === 'versioned' ? new Set<number>() : notOffered;
    const found = await readAlone(client, conversationId, choice.id, limits, elsewhere);
    if (found) {
      writeMethods.learn(client.key, 'versioned');
      return found;
    }
  }
  const { conversation } = await conversations.read(client, conversationId, limits);
  const found = chooseParticipant(conversation.participants, conversationId, choice);
  if ('id' in choice && writeMethod === 'auto') {
    if (method === undefined) writeMethods.learn(client.key, 'patch');
    // It was not to be had by itself, and it is there: others find out anew.
    if (method === 'versioned') writeMethods.forget(client.key);
  }
  return found;
}

/**
 * @param elsewhere answers that say to read it as part of its conversation
 * @returns `undefined` where it is to be read so
 */
async function readAlone(
  client: GenesysClient,
  conversationId: string,
  participantId: string,
  limits: LocateLimits,
  elsewhere: ReadonlySet<number>,
): Promise<ConversationParticipant | undefined> {
  const path = participantPath(conversationId, participantId);
  const reply = participantAlone.refine(
    (document) => typeof document.version === 'number' || showsParticipant(document, participantId),
    'it does not show the participant',
  );
  try {
    const document = await client.call({ method: 'GET', path }, reply, limits);
    if (typeof document.version !== 'number') return undefined;
    return { ...document, id: participantId };
  } catch (error) {
    const { kind, signIn, status = 0 } = error instanceof GenesysError ? error.details : {};
    if (kind === 'status' && !signIn && elsewhere.has(status)) return undefined;
    throw error;
  }
}
