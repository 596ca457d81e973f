import type { IDataObject, INodeProperties } from 'n8n-workflow';

import type { UpdateResult } from '../../../core';
import type { Standing } from '../../../genesys/conversations/conversation';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import { contactChange } from '../../../genesys/stores/contact-change';
import { CONTACT_PART, type ParticipantRaw } from '../../../genesys/stores/participant-parts';
import { CONTACT_LINKED } from '../../failure/failure-title';
import { flagIn } from '../../parameters/flag';
import { parseExternalId } from '../../parameters/ids';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { writeMethod } from '../parameters/choices';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { parseParticipant, participantPropertiesFor } from '../parameters/participant';
import {
  optionsOf,
  readConversationIdOf,
  readOptions,
  readPatience,
  sharedOption,
} from '../parameters/reading';
import { retryProperties } from '../parameters/retry';
import type { ParticipantRequest } from '../running/item-request';
import { participantUpdate } from './operation';

const contactProperty: INodeProperties = {
  displayName: 'External Contact ID',
  name: 'externalContactId',
  type: 'string',
  default: '',
  placeholder: 'e.g. 5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a',
  description:
    'The external contact to link the participant to. Only Genesys Cloud checks whether it exists. Leave it empty only with the option "Remove Link".',
};

const removeLinkOption: INodeProperties = {
  displayName: 'Remove Link',
  name: 'removeLink',
  type: 'boolean',
  default: false,
  description: 'Whether to remove the link to an external contact instead of making one',
};

interface Request extends ParticipantRequest {
  /** `null` where the link is to be taken away. */
  readonly contact: string | null;
}

/** Links a participant to an external contact, or takes the link away. */
export const setExternalContact = participantUpdate<Request, AttributeNote>({
  name: 'Set External Contact',
  value: 'setExternalContact',
  action: 'Set the external contact of a conversation',
  description:
    'Links a participant, mostly the customer, to an external contact, or takes the link away. Returns what the link was before and is now. Replaces a link to another contact.',
  properties: [
    ...participantPropertiesFor('Whom to link to the external contact'),
    contactProperty,
    optionsOf(
      sharedOption('concurrency'),
      removeLinkOption,
      sharedOption('waitUntilVisible'),
      sharedOption('writeMethod'),
    ),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const options = readOptions(reader, itemIndex);
    const removes = flagIn(options, 'Remove Link', 'removeLink', false);
    const { policy, ...patience } = readPatience(reader, itemIndex);
    return {
      conversationId: readConversationIdOf(reader, itemIndex),
      participant: parseParticipant(reader.read('participant', 'Participant', itemIndex)),
      contact: readContact(reader, itemIndex, removes),
      ...patience,
      told: { goal: CONTACT_LINKED },
      linksContact: 'alone',
      onlyIfConnected: false,
      policy: {
        ...policy,
        waitUntilVisible: flagIn(options, 'Wait Until Visible', 'waitUntilVisible', true),
      },
      writeMethod: writeMethod.in(options),
    };
  },
  changeOf: ({ contact }) => contactChange(contact),
  outcomeOf: ({ conversationId }, result, standing) => outcomeOf(conversationId, result, standing),
  hintsOf: () => [],
});

/** `null` where the link is to be taken away. */
function readContact(reader: ParameterReader, itemIndex: number, removes: boolean): string | null {
  const name = 'External Contact ID';
  const given = reader.read('externalContactId', name, itemIndex) ?? '';
  const isEmpty = typeof given === 'string' && given.trim() === '';
  if (!removes) return parseExternalId(name, given);
  if (isEmpty) return null;
  throw new InvalidParameter(
    name,
    'It is given, although the option "Remove Link" is on.',
    'Decide for one of the two.',
  );
}

function outcomeOf(
  conversationId: string,
  { changed, outcome, snapshot, superseded, ...story }: UpdateResult<ParticipantRaw, AttributeNote>,
  { presence, purpose }: Standing,
): IDataObject {
  const change = changed.get(CONTACT_PART);
  const lost = superseded?.get(CONTACT_PART);
  const { participantId, writeMethod } = snapshot.raw;
  return {
    outcome,
    changed: change ? { externalContactId: { from: change.from, to: change.to } } : {},
    externalContactId: snapshot.parts.get(CONTACT_PART) ?? null,
    ...(lost && { superseded: { externalContactId: { ...lost } } }),
    conversationId,
    participantId,
    purpose: purpose ?? null,
    connected: presence === undefined ? null : presence === 'connected',
    details: {
      writeMethod,
      version: snapshot.version,
      attempts: story.attempts,
      conflicts: story.conflicts,
      batchSize: story.batchSize,
      waitedMs: Math.round(story.waitedMs),
      elapsedMs: Math.round(story.elapsedMs),
    },
  };
}
