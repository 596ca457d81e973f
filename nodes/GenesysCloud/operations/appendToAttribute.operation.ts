import type { INodeProperties } from 'n8n-workflow';

import { type Addition, appendChange } from '../../../genesys/stores/append-change';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import { participantOutcome } from '../outcomes/participant';
import { parseValue } from '../parameters/attributes';
import { InvalidParameter, unfit } from '../../parameters/invalid-parameter';
import { type Collection, givenOr } from '../../parameters/collection';
import { flagIn } from '../../parameters/flag';
import { optionsOf } from '../parameters/options-property';
import { withoutVersion } from '../parameters/choices';
import { participantProperties } from '../parameters/participant';
import {
  type AttributeRequest,
  attributeRequest,
  optionsGiven,
  type Parameters,
  parametersOf,
} from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import { attributeProperty, hintsOfSingle, parseAttribute } from '../parameters/single-attribute';
import { wholeNumber } from '../../parameters/whole-number';
import { participantUpdate } from './operation';

const valueProperty: INodeProperties = {
  displayName: 'Value',
  name: 'value',
  type: 'string',
  default: '',
  placeholder: 'e.g. identified',
  description:
    'What to add to the end. Values are text: numbers, dates and true or false are turned into it.',
};

const ownOptions: readonly INodeProperties[] = [
  {
    displayName: 'Max Length',
    name: 'maxLength',
    type: 'number',
    typeOptions: { minValue: 0, maxValue: 1_000_000 },
    default: 0,
    description:
      'How many characters the attribute may have: the oldest entries go first. 0 is for no limit.',
  },
  {
    displayName: 'Separator',
    name: 'separator',
    type: 'string',
    default: ',',
    description: 'What stands between two entries',
  },
  {
    displayName: 'Skip Duplicates',
    name: 'skipDuplicates',
    type: 'boolean',
    default: true,
    description: 'Whether to add nothing where the value is among the entries already',
  },
  withoutVersion.property,
];

interface Request extends AttributeRequest {
  readonly addition: Addition;
}

/** Adds an entry to the end of an attribute. */
export const appendToAttribute = participantUpdate<Request, AttributeNote>({
  name: 'Append to Attribute',
  value: 'appendToAttribute',
  action: 'Append to an attribute of a participant',
  description:
    'Add an entry to the end of an attribute, e.g. to a log of steps or a list of tags. Gives the whole new text.',
  properties: [
    ...participantProperties,
    attributeProperty('e.g. steps'),
    valueProperty,
    optionsOf(ownOptions, ['onlyIfConnected', 'return']),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const parameter = parametersOf(reader, itemIndex);
    const given = optionsGiven(parameter);
    return {
      ...attributeRequest(itemIndex, parameter, given),
      addition: parseAddition(parameter, given),
    };
  },
  changeOf: ({ addition }) => appendChange(addition),
  outcomeOf: participantOutcome,
  hintsOf: hintsOfSingle,
});

/** @throws {InvalidParameter} */
function parseAddition(parameter: Parameters, given: Collection): Addition {
  const attribute = parseAttribute(parameter('attribute'));
  const value = parseValue('Value', attribute, parameter('value')) ?? '';
  if (value === '') throw new InvalidParameter('Value', 'There is nothing to append.');
  const separator = givenOr(given, 'separator', ',');
  if (typeof separator !== 'string') {
    throw unfit('Separator', separator, 'is no text to stand between entries.');
  }
  const skipDuplicates = flagIn(given, 'Skip Duplicates', 'skipDuplicates', true);
  const most = wholeNumber('Max Length', givenOr(given, 'maxLength', 0), 0, 1_000_000);
  if (separator === '' && (skipDuplicates || most > 0)) {
    throw new InvalidParameter(
      'Separator',
      'Without one, entries cannot be told apart.',
      'Give one, or turn "Skip Duplicates" off and leave "Max Length" at 0.',
    );
  }
  if (most > 0 && value.length > most) {
    throw new InvalidParameter(
      'Max Length',
      `The value alone has ${value.length} characters, which is more than ${most}.`,
    );
  }
  return {
    attribute,
    value,
    separator,
    skipDuplicates,
    maxLength: most === 0 ? Infinity : most,
    withoutVersion: withoutVersion.in(given),
  };
}
