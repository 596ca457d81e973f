import type { INodeProperties } from 'n8n-workflow';
import * as z from 'zod/v4';

import type { ParticipantChoice } from '../../../genesys/conversations/conversation';
import { parseId } from './ids';
import { InvalidParameter, unfit } from './invalid-parameter';

/** The fields that say which participant is meant. */
export const participantProperties: readonly INodeProperties[] = [
  {
    displayName: 'Conversation ID',
    name: 'conversationId',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'e.g. 2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b',
    description: 'The conversation that the participant takes part in',
  },
  {
    displayName: 'Participant',
    name: 'participant',
    type: 'resourceLocator',
    required: true,
    default: { mode: 'purpose', value: 'customer' },
    description: 'Whose attributes to set',
    modes: [
      {
        displayName: 'Purpose',
        name: 'purpose',
        type: 'string',
        placeholder: 'e.g. customer',
        hint: 'Such as customer, agent, acd or ivr: the latest one connected, else the latest on the way (e.g. ringing), else the latest who left',
      },
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Choose a participant…',
        typeOptions: { searchListMethod: 'searchParticipants', searchable: true },
        hint: 'Fill in the conversation ID first. Good for trying out: another call has other participants.',
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. 7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f',
      },
    ],
  },
];

const locator = z.looseObject({ mode: z.enum(['purpose', 'id', 'list']), value: z.unknown() });
const purposeText = z.string().trim().min(1);

/** @throws {InvalidParameter} */
export function parseConversationId(value: unknown): string {
  return parseId('Conversation ID', value);
}

/** @throws {InvalidParameter} */
export function parseParticipant(value: unknown): ParticipantChoice {
  const parsed = locator.safeParse(value);
  if (!parsed.success) {
    throw new InvalidParameter('Participant', 'Choose it by purpose, from the list or by ID.');
  }
  if (parsed.data.mode !== 'purpose') return { id: parseId('Participant', parsed.data.value) };
  const purpose = purposeText.safeParse(parsed.data.value);
  if (purpose.success) return { purpose: purpose.data };
  throw unfit('Participant', parsed.data.value, 'is not a purpose such as customer, agent or acd.');
}
