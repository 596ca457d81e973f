import type { INodeProperties } from 'n8n-workflow';

import {
  customAttributes,
  type CustomTarget,
} from '../../../genesys/stores/json/custom-attributes';
import type { JsonObject } from '../../../genesys/stores/json/json';
import {
  jsonChange,
  type JsonNote,
  type WantedJson,
} from '../../../genesys/stores/json/json-change';
import type { JsonRaw } from '../../../genesys/stores/json/versioned-json';
import { CUSTOM_WRITTEN } from '../../failure/failure-title';
import { isBlank } from '../../parameters/blank';
import { parseId } from '../../parameters/ids';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { customOutcome } from '../outcomes/custom-attributes';
import { conflictPolicy, returned, type Returned } from '../parameters/choices';
import {
  fieldPolicyOption,
  onlyIfEqualsOption,
  parseExpectedFields,
} from '../parameters/field-options';
import { parseJsonObject } from '../parameters/json-value';
import {
  conversationIdProperty,
  optionsOf,
  readConversationIdOf,
  readOptions,
  readPatience,
  sharedOption,
} from '../parameters/reading';
import { readRecordId, recordIdProperty } from '../parameters/record-id';
import { retryProperties } from '../parameters/retry';
import type { RecordRequest } from '../running/item-request';
import { versionedUpdate } from './operation';

const SCHEMA_ID = 'Schema ID';
const VALUES = 'Values';

const schemaIdProperty: INodeProperties = {
  displayName: SCHEMA_ID,
  name: 'schemaId',
  type: 'string',
  default: '',
  placeholder: 'e.g. 5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a',
  description:
    'The schema of a record that is not there yet. Without it, such a record is not made. It cannot be changed later.',
};

const valuesProperty: INodeProperties = {
  displayName: VALUES,
  name: 'values',
  type: 'json',
  default: '{}',
  placeholder: 'e.g. { "caseNumber": "00123", "priority": 2 }',
  description:
    'Only what is to change, as a JSON merge patch (RFC 7396): null removes a value, objects are merged, lists are replaced as a whole. All other values stay as they are, and each keeps its type.',
};

const expectedValuesOption: INodeProperties = {
  ...onlyIfEqualsOption,
  placeholder: 'e.g. { "priority": 1 }',
  description:
    'What values must be for anything to be written, else the item fails. Give them by name as in Values, or by JSON pointer such as "/caseNumber"; null stands for a value that is not there.',
};

interface Request extends RecordRequest, CustomTarget {
  readonly returns: Returned;
  readonly wanted: WantedJson;
}

/** Sets custom attributes of a conversation, and makes the record where there is none. */
export const setCustomAttributes = versionedUpdate<Request, JsonObject, JsonRaw, JsonNote>({
  name: 'Set',
  value: 'set',
  action: 'Set custom attributes of a conversation',
  description:
    'Set values in a record of custom attributes without losing what others write meanwhile; the record is made where there is none and a schema is given. Returns what each value was before and is now.',
  properties: [
    { ...conversationIdProperty, description: 'The conversation that the record belongs to' },
    recordIdProperty,
    schemaIdProperty,
    valuesProperty,
    optionsOf(
      sharedOption('concurrency', 'How many records to work on at the same time'),
      fieldPolicyOption,
      expectedValuesOption,
      {
        ...returned.property,
        description: 'Whether all values of the record come out, or only what has changed',
      },
    ),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const options = readOptions(reader, itemIndex);
    const schemaId: unknown = reader.read('schemaId', SCHEMA_ID, itemIndex);
    return {
      ...readPatience(reader, itemIndex),
      conversationId: readConversationIdOf(reader, itemIndex),
      recordId: readRecordId(reader, itemIndex),
      ...(!isBlank(schemaId) && { schemaId: parseId(SCHEMA_ID, schemaId) }),
      told: { goal: CUSTOM_WRITTEN },
      returns: returned.in(options),
      wanted: {
        patch: parseValues(reader.read('values', VALUES, itemIndex)),
        conflictPolicy: conflictPolicy.in(options),
        expected: parseExpectedFields(options),
      },
    };
  },
  resourceOf: customAttributes,
  changeOf: ({ wanted }) => jsonChange(wanted),
  outcomeOf: customOutcome,
  hintsOf: (_, { note }) => (note.kept.size > 0 ? ['fieldsKept'] : []),
});

/** @throws {InvalidParameter} */
function parseValues(value: unknown) {
  const values = parseJsonObject(VALUES, value);
  if (Object.keys(values).length > 0) return values;
  throw new InvalidParameter(VALUES, 'There is nothing to set.', 'Give at least one value.');
}
