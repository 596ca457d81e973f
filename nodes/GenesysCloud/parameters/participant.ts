import type { INodeProperties, INodePropertyModeValidation } from 'n8n-workflow';
import * as z from 'zod/v4';

import type { ParticipantChoice } from '../../../genesys/conversations/conversation';
import { parseId } from '../../parameters/ids';
import { InvalidParameter, unfit } from '../../parameters/invalid-parameter';

const A_UUID = '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const A_WORD = '[A-Za-z_]+';

/** n8n itself refuses what another mode has left in the field, in the panel and before a run. */
function not(leftover: string, errorMessage: string): INodePropertyModeValidation[] {
  const regex = `(?!\\s*${leftover}\\s*$).*`;
  return [{ type: 'regex', properties: { regex, errorMessage } }];
}

/** The fields that say which participant is meant. */
export const participantProperties: readonly INodeProperties[] = [
  {
    displayName: 'Conversation ID',
    name: 'conversationId',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'e.g. 2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b',
    description:
      'The conversation that the participant takes part in. In Architect it is Call.ConversationId.',
  },
  {
    displayName: 'Participant',
    name: 'participant',
    type: 'resourceLocator',
    required: true,
    default: { mode: 'purpose', value: 'customer' },
    description: 'Whose attributes are meant',
    modes: [
      {
        displayName: 'Purpose',
        name: 'purpose',
        type: 'string',
        placeholder: 'e.g. customer',
        hint: 'Customer, agent, acd or ivr. If several match, the most recent one still on the call.',
        validation: not(A_UUID, 'This is an ID. Give a purpose such as customer, or choose By ID'),
      },
      {
        displayName: 'From List',
        name: 'list',
        type: 'list',
        placeholder: 'Choose a participant…',
        typeOptions: { searchListMethod: 'searchParticipants', searchable: true },
        hint: 'For trying out: another call has other participants',
        validation: not(A_WORD, 'Choose a participant from the list'),
      },
      {
        displayName: 'By ID',
        name: 'id',
        type: 'string',
        placeholder: 'e.g. 7c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f',
        validation: not(
          A_WORD,
          'This is not the ID of a participant. For a word such as customer, choose Purpose',
        ),
      },
    ],
  },
];

const locator = z.looseObject({ mode: z.enum(['purpose', 'id', 'list']), value: z.unknown() });
const purposeText = z.string().trim().min(1);

/** @throws {InvalidParameter} */
export function parseParticipant(value: unknown): ParticipantChoice {
  const parsed = locator.safeParse(value);
  if (!parsed.success) {
    throw new InvalidParameter('Participant', 'Choose it by purpose, from the list or by ID.');
  }
  if (parsed.data.mode !== 'purpose') return { id: parseId('Participant', parsed.data.value) };
  return { purpose: parsePurpose('Participant', parsed.data.value) };
}

/** @throws {InvalidParameter} */
export function parsePurpose(parameter: string, value: unknown): string {
  const purpose = purposeText.safeParse(value);
  if (purpose.success) return purpose.data;
  throw unfit(parameter, value, 'is not a purpose such as customer, agent or acd.');
}

/** The same fields, for something else than setting attributes. */
export function participantPropertiesFor(description: string): readonly INodeProperties[] {
  return participantProperties.map((property) =>
    property.name === 'participant' ? { ...property, description } : property,
  );
}
