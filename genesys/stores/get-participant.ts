import type { LocateLimits } from '../../core';
import type { GenesysClient } from '../client';
import {
  chooseParticipant,
  type ConversationParticipant,
  participantAlone,
  type ParticipantChoice,
  participantPath,
} from '../conversations/conversation';
import type { ConversationReads } from '../conversations/conversation-reads';
import { GenesysError } from '../transport/genesys-error';
import type { WriteMethod, WriteMethods } from './write-method';

/** Answers by which an organisation says that a participant is not read by itself. */
const NOT_OFFERED = new Set([403, 404, 405, 501]);

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
    const found = await readAlone(client, conversationId, choice.id, limits, method);
    if (found) {
      writeMethods.learn(client.key, 'versioned');
      return found;
    }
  }
  const { conversation } = await conversations.read(client, conversationId, limits);
  const found = chooseParticipant(conversation.participants, conversationId, choice);
  if ('id' in choice && method === undefined) writeMethods.learn(client.key, 'patch');
  return found;
}

/** @returns `undefined` where it is to be read as part of its conversation. */
async function readAlone(
  client: GenesysClient,
  conversationId: string,
  participantId: string,
  limits: LocateLimits,
  method: WriteMethod | undefined,
): Promise<ConversationParticipant | undefined> {
  const path = participantPath(conversationId, participantId);
  try {
    const document = await client.call({ method: 'GET', path }, participantAlone, limits);
    if (typeof document['version'] !== 'number') return undefined;
    return { ...document, id: participantId };
  } catch (error) {
    const { kind, signIn, status = 0 } = error instanceof GenesysError ? error.details : {};
    const isNotOffered = kind === 'status' && !signIn && NOT_OFFERED.has(status);
    if (method === 'versioned' || !isNotOffered) throw error;
    return undefined;
  }
}
