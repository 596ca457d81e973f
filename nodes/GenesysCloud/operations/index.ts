import { quoted } from '../../../genesys/transport/excerpt';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { appendToAttribute } from './appendToAttribute.operation';
import { getAllCustomAttributes } from './getAllCustomAttributes.operation';
import { getConversation } from './getConversation.operation';
import { getConversations } from './getConversations.operation';
import { getCustomAttributes } from './getCustomAttributes.operation';
import { getParticipant } from './getParticipant.operation';
import { getParticipants } from './getParticipants.operation';
import { getSecureAttributes } from './getSecureAttributes.operation';
import { incrementAttribute } from './incrementAttribute.operation';
import type { Operation, Resource } from './operation';
import { removeAttributes } from './removeAttributes.operation';
import { removeSecureAttributes } from './removeSecureAttributes.operation';
import { setAttributes } from './setAttributes.operation';
import { setCustomAttributes } from './setCustomAttributes.operation';
import { setExternalContact } from './setExternalContact.operation';
import { setSecureAttributes } from './setSecureAttributes.operation';
import { updateResource } from './updateResource.operation';
import { waitForAttribute } from './waitForAttribute.operation';

/** Everything the node can do: this drives both what the panel shows and what runs. */
export const resources: readonly Resource[] = [
  {
    name: 'Participant',
    value: 'participant',
    description: 'Somebody or something that takes part in a conversation',
    operations: [
      setAttributes,
      removeAttributes,
      incrementAttribute,
      appendToAttribute,
      getParticipant,
      getParticipants,
      waitForAttribute,
    ],
  },
  {
    name: 'Conversation',
    value: 'conversation',
    description: 'A call, a chat, an e-mail or whatever else somebody takes part in',
    operations: [getConversation, getConversations, setExternalContact],
  },
  {
    name: 'Secure Attribute',
    value: 'secureAttributes',
    description:
      'Attributes of a conversation that only people with a permission of their own may see',
    operations: [setSecureAttributes, removeSecureAttributes, getSecureAttributes],
  },
  {
    name: 'Custom Attribute',
    value: 'customAttributes',
    description:
      'Records of values that belong to a conversation and follow a schema of your organization',
    operations: [setCustomAttributes, getCustomAttributes, getAllCustomAttributes],
  },
  {
    name: 'Versioned Resource',
    value: 'versionedResource',
    description: 'A group, user, campaign, schedule or anything else that has a version',
    operations: [updateResource],
  },
];

/** @throws {InvalidParameter} for an operation that does not exist, as a hand-written workflow may ask. */
export function findOperation(resource: string, operation: string): Operation {
  const found = resources
    .find(({ value }) => value === resource)
    ?.operations.find(({ value }) => value === operation);
  if (found) return found;
  throw new InvalidParameter(
    'Operation',
    `There is no ${quoted(operation)} on ${quoted(resource)}.`,
  );
}
