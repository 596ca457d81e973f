import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { AttributeWait, type Awaited } from '../../../genesys/conversations/attribute-wait';
import { attributesOf } from '../../../genesys/conversations/simplified';
import { choiceOf } from '../../parameters/choice';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { parseParticipant, participantPropertiesFor } from '../parameters/participant';
import { readConversationIdOf, readPatience, waitingRetryProperties } from '../parameters/reading';
import { parseAttributeName, parseText } from '../parameters/text';
import { wholeNumber } from '../../parameters/whole-number';
import { seen } from '../../failure/failure-title';
import { reading } from './operation';

const DAY_MS = 86_400_000;

/** What the attribute is waited for to be. */
const waitFor = choiceOf<Awaited['kind']>(
  {
    displayName: 'Wait For',
    name: 'waitFor',
    noDataExpression: true,
    default: 'exists',
    description: 'What to wait for',
  },
  {
    exists: { name: 'Any Value', description: 'Until it is there and not empty' },
    equals: { name: 'This Value', description: 'Until it is just this' },
    differs: {
      name: 'Another Value',
      description: 'Until it is something else; missing counts as empty',
    },
  },
);

const waitProperties: readonly INodeProperties[] = [
  {
    displayName: 'Attribute',
    name: 'attribute',
    type: 'string',
    required: true,
    default: '',
    placeholder: 'e.g. result',
    description: 'The name of the attribute to wait for',
  },
  waitFor.property,
  {
    displayName: 'Value',
    name: 'value',
    type: 'string',
    default: '',
    description:
      'What to compare the attribute with. An empty text stands for a missing attribute.',
    displayOptions: { show: { waitFor: ['equals', 'differs'] } },
  },
  {
    displayName: 'Timeout (ms)',
    name: 'timeout',
    type: 'number',
    typeOptions: { minValue: 1, maxValue: DAY_MS },
    default: 60_000,
    description:
      'How long to wait. The execution stays open meanwhile; to wait for more than some minutes, end the workflow and begin another one with a trigger.',
  },
];

const TOLD = {
  goal: {
    ...seen('The attribute was not as awaited'),
    inVain: 'If it may take longer, raise "Timeout (ms)".',
  },
  timeoutName: 'Timeout (ms)',
};

/** Waits until an attribute is as awaited. All who wait on one conversation share its reads. */
export const waitForAttribute = reading({
  name: 'Wait for Attribute',
  value: 'waitForAttribute',
  action: 'Wait for an attribute of a participant',
  description:
    'Waits until an attribute of a participant is there, has a value, or has another value, and returns it with all others. Fails when the time is up or the call has ended. Changes nothing.',
  properties: [
    ...participantPropertiesFor('Whose attribute to wait for'),
    ...waitProperties,
    ...waitingRetryProperties,
  ],
  onlyWaits: true,
  read: (reader, itemIndex) => {
    const { policy, ...patience } = readPatience(reader, itemIndex);
    const timeout: unknown = reader.read('timeout', 'Timeout (ms)', itemIndex);
    return {
      conversationId: readConversationIdOf(reader, itemIndex),
      participant: parseParticipant(reader.read('participant', 'Participant', itemIndex)),
      attribute: parseAttributeName('Attribute', reader.read('attribute', 'Attribute', itemIndex)),
      awaited: readAwaited(reader, itemIndex),
      ...patience,
      told: TOLD,
      policy: { ...policy, totalTimeoutMs: wholeNumber('Timeout (ms)', timeout, 1, DAY_MS) },
    };
  },
  find: async (request, { client, shared, signal }) => {
    const { attribute, awaited, conversationId, participant, policy } = request;
    const wait = new AttributeWait(conversationId, participant, attribute, awaited);
    const { reads, result, waitedMs } = await shared.watches.until(
      JSON.stringify([client.key, conversationId.toLowerCase()]),
      async (limits) => await shared.conversations.read(client, conversationId, limits),
      (conversation) => wait.judge(conversation),
      { ...policy, timeoutMs: policy.totalTimeoutMs, signal },
    );
    return [
      {
        conversationId,
        participantId: result.participant.id,
        attribute,
        value: result.value as IDataObject[string],
        outcome: 'there',
        reads,
        waitedMs: Math.round(waitedMs),
        attributes: attributesOf(result.participant),
      },
    ];
  },
});

function readAwaited(reader: ParameterReader, itemIndex: number): Awaited {
  const kind = waitFor.parse(reader.read('waitFor', 'Wait For', itemIndex));
  if (kind === 'exists') return { kind };
  return { kind, value: parseText('Value', reader.read('value', 'Value', itemIndex)) };
}
