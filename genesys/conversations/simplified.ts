import { plainValue } from './attribute-value';
import {
  communicationsOf,
  type ConversationDocument,
  type ConversationParticipant,
  type MediaType,
  standingOf,
} from './conversation';

/** What is worth knowing of a participant; `null` where nothing is told. */
export interface SimpleParticipant {
  readonly conversationId: string;
  readonly participantId: string;
  readonly purpose: string | null;
  readonly name: string | null;
  readonly userId: string | null;
  readonly queueId: string | null;
  readonly externalContactId: string | null;
  readonly connected: boolean | null;
  readonly connectedTime: string | null;
  readonly endTime: string | null;
  readonly mediaTypes: readonly MediaType[];
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly version: number | null;
}

/** Who holds an attribute. */
export interface Holder {
  readonly participantId: string;
  readonly purpose: string | null;
  readonly value: unknown;
}

/** What is worth knowing of a conversation; `null` where nothing is told. */
export interface SimpleConversation {
  readonly conversationId: string;
  readonly startTime: string | null;
  readonly endTime: string | null;
  readonly connected: boolean;
  readonly mediaTypes: readonly MediaType[];
  readonly divisionIds: readonly string[];
  readonly externalTag: string | null;
  readonly recordingState: string | null;
  readonly securePause: boolean | null;
  readonly participants: readonly SimpleParticipant[];
  /** All attributes by name. Where several hold one, it is that of whoever connected last. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly holders: Readonly<Record<string, readonly Holder[]>>;
}

export function simpleParticipant(
  conversationId: string,
  participant: ConversationParticipant,
): SimpleParticipant {
  const { presence } = standingOf(participant);
  return {
    conversationId,
    participantId: participant.id,
    purpose: textOrNull(participant.purpose),
    name: textOrNull(participant.name),
    userId: textOrNull(participant['userId']),
    queueId: textOrNull(participant['queueId']),
    externalContactId: textOrNull(participant['externalContactId']),
    connected: presence === undefined ? null : presence === 'connected',
    connectedTime: textOrNull(participant.connectedTime),
    endTime: textOrNull(participant.endTime),
    mediaTypes: unique(communicationsOf(participant).map(({ mediaType }) => mediaType)),
    attributes: attributesOf(participant),
    version: wholeNumberOrNull(participant['version']),
  };
}

export function simpleConversation(
  conversationId: string,
  document: ConversationDocument,
): SimpleConversation {
  const participants = document.participants.map((one) => simpleParticipant(conversationId, one));
  const endTime = textOrNull(document['endTime']);
  return {
    conversationId,
    startTime: textOrNull(document['startTime']),
    endTime,
    connected: endTime === null && participants.some(({ connected }) => connected === true),
    mediaTypes: unique(participants.flatMap(({ mediaTypes }) => mediaTypes)),
    divisionIds: divisionIdsOf(document['divisions']),
    externalTag: textOrNull(document['externalTag']),
    recordingState: textOrNull(document['recordingState']),
    securePause: typeof document['securePause'] === 'boolean' ? document['securePause'] : null,
    participants,
    ...attributesAndHolders(document.participants),
  };
}

/** The attributes of a participant by name, each as its value alone. */
export function attributesOf({
  attributes,
}: ConversationParticipant): Readonly<Record<string, unknown>> {
  if (!isRecord(attributes)) return {};
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, plainValue(value)]),
  );
}

function attributesAndHolders(participants: readonly ConversationParticipant[]) {
  const holders = new Map<string, Holder[]>();
  const latest = new Map<string, unknown>();
  for (const participant of participants) {
    for (const [name, value] of Object.entries(attributesOf(participant))) {
      const held = holders.get(name) ?? [];
      held.push({
        participantId: participant.id,
        purpose: textOrNull(participant.purpose),
        value,
      });
      holders.set(name, held);
    }
  }
  for (const participant of participants.toSorted(byConnection)) {
    for (const [name, value] of Object.entries(attributesOf(participant))) latest.set(name, value);
  }
  // In the order in which the participants show them.
  const attributes = [...holders.keys()].map((name) => [name, latest.get(name)]);
  return {
    attributes: Object.fromEntries(attributes) as Record<string, unknown>,
    holders: Object.fromEntries(holders),
  };
}

/** Whoever connected last comes last; whoever has not connected yet comes before all who have. */
function byConnection(one: ConversationParticipant, other: ConversationParticipant): number {
  return (
    timeOf(one.connectedTime) - timeOf(other.connectedTime) ||
    timeOf(one.startTime) - timeOf(other.startTime)
  );
}

function timeOf(text: string | null | undefined): number {
  return Date.parse(text ?? '') || 0;
}

function divisionIdsOf(divisions: unknown): string[] {
  if (!Array.isArray(divisions)) return [];
  return unique(
    divisions.flatMap((one: unknown) => {
      const division = isRecord(one) ? one['division'] : undefined;
      const id = isRecord(division) ? division['id'] : undefined;
      return typeof id === 'string' ? [id] : [];
    }),
  );
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function wholeNumberOrNull(value: unknown): number | null {
  return Number.isInteger(value) ? (value as number) : null;
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
