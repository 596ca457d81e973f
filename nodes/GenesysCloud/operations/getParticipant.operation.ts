import { getParticipant as readParticipant } from '../../../genesys/stores/get-participant';
import { simpleParticipant } from '../../../genesys/conversations/simplified';
import { sharedOption } from '../parameters/reading';
import { writeMethod } from '../parameters/choices';
import { parseParticipant, participantPropertiesFor } from '../parameters/participant';
import {
  concurrencyOption,
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
import { persistently } from '../running/persistent-reads';

const writeMethodOption = sharedOption(
  'writeMethod',
  'How to read a participant that is given by ID: Versioned reads it by itself, which shows its version, and Patch as part of its conversation',
);

const TOLD = { goal: seen('The participant was not read') };

/** One participant with its attributes. */
export const getParticipant = reading({
  name: 'Get',
  value: 'get',
  action: 'Get a participant',
  description:
    'Returns one participant of a conversation: who it is, whether it is connected, and all its attributes. Use it to look up what is set before you decide. Changes nothing.',
  properties: [
    ...participantPropertiesFor('Whom to look at'),
    optionsOf(concurrencyOption, simplifyOption, writeMethodOption),
    ...readingRetryProperties,
  ],
  read: (reader, itemIndex) => {
    const options = readOptions(reader, itemIndex);
    return {
      conversationId: readConversationIdOf(reader, itemIndex),
      participant: parseParticipant(reader.read('participant', 'Participant', itemIndex)),
      ...readPatience(reader, itemIndex),
      told: TOLD,
      writeMethod: writeMethod.in(options),
      simplify: parseSimplify(options),
    };
  },
  find: async (request, run) => {
    const { conversationId, policy, simplify } = request;
    const found = await persistently(
      async (limits) => await readParticipant(run.client, request, limits, run.shared),
      policy,
      run,
    );
    return [
      simplify
        ? { ...simpleParticipant(conversationId, found) }
        : { conversationId, participantId: found.id, ...found },
    ];
  },
});
