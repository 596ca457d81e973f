import type { INodeProperties } from 'n8n-workflow';

import {
  type ConversationParticipant,
  presenceOf,
} from '../../../genesys/conversations/conversation';
import { simpleParticipant } from '../../../genesys/conversations/simplified';
import { givenOr } from '../../parameters/collection';
import { flagIn } from '../../parameters/flag';
import { limitProperties, readLimit } from '../parameters/limit';
import { parsePurpose } from '../parameters/participant';
import {
  concurrencyOption,
  conversationIdProperty,
  optionsOf,
  parseSimplify,
  readConversationIdOf,
  readingRetryProperties,
  readOptions,
  readPatience,
  simplifyOption,
} from '../parameters/reading';
import { seen } from '../../failure/failure-title';
import { reading } from './operation';
import { readConversation } from '../running/persistent-reads';

const connectedOnlyOption: INodeProperties = {
  displayName: 'Connected Only',
  name: 'connectedOnly',
  type: 'boolean',
  default: false,
  description:
    'Whether to leave out those who have left, and those who are only on the way, e.g. ringing',
};

const purposeOption: INodeProperties = {
  displayName: 'Purpose',
  name: 'purpose',
  type: 'string',
  default: '',
  placeholder: 'e.g. agent',
  description: 'Return only participants with this purpose',
};

const TOLD = { goal: seen('The participants were not read') };

/** Everybody in a conversation. */
export const getParticipants = reading({
  name: 'Get Many',
  value: 'getAll',
  action: 'Get many participants',
  description:
    'Returns everybody who takes part in one conversation or has done so, an item for each: purpose, IDs, whether they are connected, and their attributes. Changes nothing.',
  properties: [
    conversationIdProperty,
    ...limitProperties,
    optionsOf(concurrencyOption, connectedOnlyOption, purposeOption, simplifyOption),
    ...readingRetryProperties,
  ],
  read: (reader, itemIndex) => {
    const options = readOptions(reader, itemIndex);
    const purpose = givenOr(options, 'purpose', '');
    return {
      conversationId: readConversationIdOf(reader, itemIndex),
      limit: readLimit(reader, itemIndex),
      ...readPatience(reader, itemIndex),
      told: TOLD,
      connectedOnly: flagIn(options, 'Connected Only', 'connectedOnly', false),
      purpose: purpose === '' ? undefined : parsePurpose('Purpose', purpose).toLowerCase(),
      simplify: parseSimplify(options),
    };
  },
  find: async ({ conversationId, policy, simplify, limit, ...wanted }, run) =>
    await readConversation(conversationId, policy, run, ({ participants }) =>
      participants
        .filter((one) => isWanted(one, wanted))
        .slice(0, limit)
        .map((one) =>
          simplify
            ? { ...simpleParticipant(conversationId, one) }
            : { conversationId, participantId: one.id, ...one },
        ),
    ),
});

function isWanted(
  participant: ConversationParticipant,
  {
    connectedOnly,
    purpose,
  }: { readonly connectedOnly: boolean; readonly purpose: string | undefined },
): boolean {
  if (connectedOnly && presenceOf(participant) !== 'connected') return false;
  return purpose === undefined || participant.purpose?.toLowerCase() === purpose;
}
