import {
  ApplicationError,
  type ILoadOptionsFunctions,
  type INodeListSearchResult,
} from 'n8n-workflow';

import type { SharedByClients } from '../../genesys/client';
import {
  byPresence,
  type ConversationParticipant,
  type Presence,
  presenceOf,
  readParticipants,
} from '../../genesys/conversations/conversation';
import { clientFor } from '../credential/client';
import { parseConversationId } from './parameters/conversation-id';

const TIMEOUT_MS = 10_000;

/** The list shows it in its own place. */
const FILL_IN_FIRST =
  'Fill in "Conversation ID" first. Where it is an expression, run the nodes before this one.';

/** Everybody in the conversation, for the list in the panel: those connected first, those who have left last. */
export async function searchParticipants(
  context: ILoadOptionsFunctions,
  shared: SharedByClients,
  filter: string,
): Promise<INodeListSearchResult> {
  const given = context.getCurrentNodeParameter('conversationId', { extractValue: true });
  if (isBlank(given)) throw new ApplicationError(FILL_IN_FIRST, { level: 'warning' });
  const conversationId = parseConversationId(given);
  const client = clientFor(await context.getCredentials('genesysCloudApi'), shared);
  const participants = await readParticipants(client, conversationId, { timeoutMs: TIMEOUT_MS });
  return {
    results: participants
      .toSorted(byPresence)
      .map((participant) => ({ name: label(participant), value: participant.id }))
      .filter(({ name }) => name.toLowerCase().includes(filter.trim().toLowerCase())),
  };
}

/** Nothing yet, or an expression for which there are no items yet. */
function isBlank(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'string' && !value.trim());
}

const STATES: Record<Presence, string> = {
  connected: 'connected',
  onTheWay: 'on the way',
  left: 'left',
};

function label(participant: ConversationParticipant): string {
  const { purpose, name } = participant;
  const state = STATES[presenceOf(participant)];
  // Flows and queues often have no other name than their purpose.
  const parts = new Set([purpose ?? 'unknown', name ?? '', state]);
  return [...parts].filter((part) => part !== '').join(' · ');
}
