import * as z from 'zod/v4';

import type { RequestLimits } from '../../core';
import type { GenesysClient } from '../client';
import { excerpt, quoted } from '../transport/excerpt';
import { GenesysError } from '../transport/genesys-error';
import { acceptance } from '../transport/reply';
import { isUuid } from './ids';

/** Every kind of communication a participant may have in a conversation, by the name of its list. */
const MEDIA_TYPES = {
  calls: 'call',
  callbacks: 'callback',
  chats: 'chat',
  cobrowsesessions: 'cobrowsesession',
  emails: 'email',
  internalMessages: 'internalMessage',
  messages: 'message',
  screenshares: 'screenshare',
  socialExpressions: 'socialExpression',
  videos: 'video',
} as const;

type Medium = keyof typeof MEDIA_TYPES;
export type MediaType = (typeof MEDIA_TYPES)[Medium];

const MEDIA = Object.keys(MEDIA_TYPES) as Medium[];

const communications = z.array(z.looseObject({ state: z.string().nullish() })).nullish();

const participant = z.looseObject({
  id: z.string(),
  purpose: z.string().nullish(),
  name: z.string().nullish(),
  startTime: z.string().nullish(),
  connectedTime: z.string().nullish(),
  endTime: z.string().nullish(),
  ...(Object.fromEntries(MEDIA.map((medium) => [medium, communications])) as Record<
    Medium,
    typeof communications
  >),
});

/**
 * A participant that is read by itself, which need not say which it is. By its version it is told how it
 * is written: so one that cannot be read must not pass for none, nor an error for a participant.
 */
export const participantAlone = acceptance.pipe(
  participant.extend({
    id: z.string().nullish(),
    version: z.int().nonnegative().nullish(),
  }),
);

/**
 * Whether a reply that carries no version shows a participant at all: one without attributes has to say
 * which it is. What shows neither tells nothing of how participants are written.
 */
export function showsParticipant(
  { attributes, id }: Readonly<Record<string, unknown>>,
  participantId: string,
): boolean {
  if (typeof attributes === 'object' && attributes !== null) return true;
  return typeof id === 'string' && id.toLowerCase() === participantId.toLowerCase();
}

const conversation = z.looseObject({
  endTime: z.string().nullish(),
  participants: z.array(participant),
});

/** A conversation as it was read. What is not named here is not checked. */
export type ConversationDocument = z.infer<typeof conversation>;

/** Which participant of a conversation. */
export type ParticipantChoice = { readonly id: string } | { readonly purpose: string };

/** A participant as the conversation shows it. Its attributes are not checked yet. */
export type ConversationParticipant = z.infer<typeof participant> & {
  /** As the reply shows that it was read from. */
  readonly conversationHasEnded?: boolean;
};

/** @throws {GenesysError} */
export async function readConversation(
  client: GenesysClient,
  conversationId: string,
  limits: RequestLimits,
): Promise<ConversationDocument> {
  const path = conversationPath(conversationId);
  return await client.call({ method: 'GET', path }, conversation, limits);
}

/** Whether it is over: it has ended, or all have left it. */
export function hasEnded({ endTime, participants }: ConversationDocument): boolean {
  return Boolean(endTime) || participants.every((one) => presenceOf(one) === 'left');
}

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
  return participantsOf(await readConversation(client, conversationId, limits));
}

/** Everybody in a conversation, each with the conversation's end. */
export function participantsOf(document: ConversationDocument): ConversationParticipant[] {
  return hasEnded(document)
    ? document.participants.map((one) => ({ ...one, conversationHasEnded: true }))
    : document.participants;
}

/**
 * The participant that is meant. Of several with the same purpose, those connected go before those on
 * their way, and these before those who have left: the latest of the first kind that there is.
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
  throw new GenesysError(
    found
      ? `The participant that is meant has the ID ${quoted(found.id)}, which is no UUID`
      : nobody(participants, choice),
    { kind: 'notFound', sent: true, method: 'GET', path: conversationPath(conversationId) },
  );
}

function nobody(
  participants: readonly ConversationParticipant[],
  choice: ParticipantChoice,
): string {
  if ('id' in choice) return `Nobody in this call has the ID ${choice.id}`;
  const purposes = [...new Set(participants.map((candidate) => candidate.purpose ?? 'unknown'))];
  return `Nobody in this call has the purpose ${quoted(choice.purpose)}. It has: ${excerpt(purposes.join(', ')) || 'none at all'}`;
}

export function conversationPath(conversationId: string): string {
  return `/api/v2/conversations/${encodeURIComponent(conversationId)}`;
}

export function participantPath(conversationId: string, participantId: string): string {
  return `${conversationPath(conversationId)}/participants/${encodeURIComponent(participantId)}`;
}

function hasPurpose(candidate: ConversationParticipant, purpose: string): boolean {
  return candidate.purpose?.toLowerCase() === purpose.toLowerCase();
}

function latest(participants: ConversationParticipant[]): ConversationParticipant | undefined {
  return participants
    .toSorted((one, other) => byPresence(other, one) || joinedAt(one) - joinedAt(other))
    .at(-1);
}

/** Whether somebody takes part, is about to, or has done so, from the first choice to the last. */
const PRESENCES = ['connected', 'onTheWay', 'left'] as const;
export type Presence = (typeof PRESENCES)[number];

/** The states of a communication that has been answered; who is put on hold is still connected. */
const ANSWERED = new Set(['connected', 'held']);
const ENDED = new Set(['disconnected', 'terminated']);

/**
 * By the best of somebody's communications. One in any other state is about to be answered: it rings,
 * is dialled, waits in a queue or is a callback for later. Where nothing is told, nothing has ended.
 */
export function presenceOf(candidate: z.infer<typeof bearing>): Presence {
  if (candidate.endTime) return 'left';
  const states = MEDIA.flatMap((medium) => candidate[medium] ?? []).map(({ state }) => state);
  if (states.length === 0 || states.some((state) => !state || ANSWERED.has(state))) {
    return 'connected';
  }
  return states.every((state) => state && ENDED.has(state)) ? 'left' : 'onTheWay';
}

/** Who somebody is in a conversation, as far as what was read tells. */
export interface Standing {
  readonly purpose?: string;
  readonly presence?: Presence;
}

/** What tells of somebody's presence, be it by what is missing. */
const TELLING = ['purpose', 'startTime', 'connectedTime', 'endTime', ...MEDIA];

const bearing = participant.omit({ id: true, name: true });

/** Tells it of one that was read by itself, too, which may come with little more than its attributes. */
export function standingOf(document: object): Standing {
  const { data } = bearing.safeParse(document);
  if (!data || !TELLING.some((key) => key in data)) return {};
  return { ...(data.purpose && { purpose: data.purpose }), presence: presenceOf(data) };
}

/** Sorts whoever is the first choice to the front. */
export function byPresence(one: ConversationParticipant, other: ConversationParticipant): number {
  return PRESENCES.indexOf(presenceOf(one)) - PRESENCES.indexOf(presenceOf(other));
}

/** A communication of a participant, as its conversation shows it. */
export interface Communication {
  readonly mediaType: MediaType;
  readonly id: string | undefined;
  readonly isOver: boolean;
}

/** What somebody is connected by, or was. */
export function communicationsOf(candidate: ConversationParticipant): Communication[] {
  return MEDIA.flatMap((medium) =>
    (candidate[medium] ?? []).map(({ id, state }) => ({
      mediaType: MEDIA_TYPES[medium],
      id: typeof id === 'string' ? id : undefined,
      isOver: state ? ENDED.has(state) : false,
    })),
  );
}

function joinedAt({ connectedTime, startTime }: ConversationParticipant): number {
  return Date.parse(connectedTime ?? startTime ?? '') || 0;
}
