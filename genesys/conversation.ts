import * as z from 'zod/v4';

import type { RequestLimits } from '../core';
import type { GenesysClient } from './client';
import { excerpt, quoted } from './excerpt';
import { GenesysError } from './genesys-error';
import { isUuid } from './ids';

/** Every kind of communication a participant may have in a conversation. */
const MEDIA = [
  'calls',
  'callbacks',
  'chats',
  'cobrowsesessions',
  'emails',
  'internalMessages',
  'messages',
  'screenshares',
  'socialExpressions',
  'videos',
] as const;

const communications = z.array(z.looseObject({ state: z.string().nullish() })).nullish();

const participant = z.looseObject({
  id: z.string(),
  purpose: z.string().nullish(),
  name: z.string().nullish(),
  startTime: z.string().nullish(),
  connectedTime: z.string().nullish(),
  endTime: z.string().nullish(),
  ...(Object.fromEntries(MEDIA.map((medium) => [medium, communications])) as Record<
    (typeof MEDIA)[number],
    typeof communications
  >),
});

const conversation = z.looseObject({ participants: z.array(participant) });

/** Which participant of a conversation. */
export type ParticipantChoice = { readonly id: string } | { readonly purpose: string };

/** A participant as the conversation shows it. Its attributes are not checked yet. */
export type ConversationParticipant = z.infer<typeof participant>;

/**
 * Everybody in a conversation, in the order of the reply.
 *
 * @throws {GenesysError}
 */
export async function readParticipants(
  client: GenesysClient,
  conversationId: string,
  limits: RequestLimits,
): Promise<ConversationParticipant[]> {
  const { participants } = await client.call(
    { method: 'GET', path: conversationPath(conversationId) },
    conversation,
    limits,
  );
  return participants;
}

/**
 * Reads a conversation for the participant that is meant.
 *
 * @throws {GenesysError} of kind `notFound` where the conversation has no such participant.
 */
export async function findParticipant(
  client: GenesysClient,
  conversationId: string,
  choice: ParticipantChoice,
  limits: RequestLimits,
): Promise<ConversationParticipant> {
  const participants = await readParticipants(client, conversationId, limits);
  return chooseParticipant(participants, conversationId, choice);
}

/**
 * The participant that is meant. Of several with the same purpose: the latest one still connected,
 * else the latest.
 *
 * @throws {GenesysError} of kind `notFound` where there is none.
 */
export function chooseParticipant(
  participants: readonly ConversationParticipant[],
  conversationId: string,
  choice: ParticipantChoice,
): ConversationParticipant {
  const found =
    'id' in choice
      ? participants.find(({ id }) => id.toLowerCase() === choice.id.toLowerCase())
      : latest(participants.filter((candidate) => hasPurpose(candidate, choice.purpose)));
  if (found && isUuid(found.id)) return found;
  const purposes = [...new Set(participants.map((candidate) => candidate.purpose ?? 'unknown'))];
  throw new GenesysError(
    'id' in choice
      ? `Conversation ${conversationId} has no participant ${choice.id}.`
      : `Conversation ${conversationId} has no participant with the purpose ${quoted(choice.purpose)}. It has: ${excerpt(purposes.join(', ')) || 'none at all'}.`,
    { kind: 'notFound', sent: true },
  );
}

export function conversationPath(conversationId: string): string {
  return `/api/v2/conversations/${encodeURIComponent(conversationId)}`;
}

function hasPurpose(candidate: ConversationParticipant, purpose: string): boolean {
  return candidate.purpose?.toLowerCase() === purpose.toLowerCase();
}

function latest(participants: ConversationParticipant[]): ConversationParticipant | undefined {
  const connected = participants.filter(isConnected);
  const candidates = connected.length > 0 ? connected : participants;
  return candidates.toSorted((one, other) => joinedAt(one) - joinedAt(other)).at(-1);
}

/** Whether somebody is still there: neither ended, nor left with nothing but ended communications. */
export function isConnected(candidate: ConversationParticipant): boolean {
  if (candidate.endTime) return false;
  const states = MEDIA.flatMap((medium) => candidate[medium] ?? []).map(({ state }) => state);
  return (
    states.length === 0 ||
    states.some((state) => state !== 'disconnected' && state !== 'terminated')
  );
}

function joinedAt({ connectedTime, startTime }: ConversationParticipant): number {
  return Date.parse(connectedTime ?? startTime ?? '') || 0;
}
