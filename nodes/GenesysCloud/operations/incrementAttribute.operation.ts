import type { INodeProperties } from 'n8n-workflow';

import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import { type Increment, incrementChange } from '../../../genesys/stores/increment-change';
import { participantOutcome } from '../outcomes/participant';
import { isBlank } from '../../parameters/blank';
import { parseNumber } from '../parameters/decimal';
import { givenOr } from '../../parameters/collection';
import { optionsOf } from '../parameters/options-property';
import { withoutVersion } from '../parameters/choices';
import { participantProperties } from '../parameters/participant';
import {
  type AttributeRequest,
  attributeRequest,
  optionsGiven,
  parametersOf,
} from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import { attributeProperty, hintsOfSingle, parseAttribute } from '../parameters/single-attribute';
import { participantUpdate } from './operation';

const amountProperty: INodeProperties = {
  displayName: 'Amount',
  name: 'amount',
  type: 'number',
  default: 1,
  description:
    'How much to add. A negative number counts down. Decimals are exact: 0.1 and 0.2 is 0.3.',
};

const startValueOption: INodeProperties = {
  displayName: 'Start Value',
  name: 'startValue',
  type: 'number',
  default: 0,
  description: 'What to count from where the attribute is missing or empty',
};

interface Request extends AttributeRequest {
  readonly increment: Increment;
}

/** Adds to an attribute that holds a number. */
export const incrementAttribute = participantUpdate<Request, AttributeNote>({
  name: 'Increment Attribute',
  value: 'incrementAttribute',
  action: 'Increment an attribute of a participant',
  description:
    'Add to a number that is kept as an attribute, e.g. how often a caller was transferred. Gives the new value; no two updates get the same one.',
  properties: [
    ...participantProperties,
    attributeProperty('e.g. transfer_count'),
    amountProperty,
    optionsOf([startValueOption, withoutVersion.property], ['onlyIfConnected', 'return']),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const parameter = parametersOf(reader, itemIndex);
    const given = optionsGiven(parameter);
    const startValue = givenOr(given, 'startValue', 0);
    return {
      ...attributeRequest(itemIndex, parameter, given),
      increment: {
        attribute: parseAttribute(parameter('attribute')),
        amount: parseNumber('Amount', parameter('amount')),
        startValue: parseNumber('Start Value', isBlank(startValue) ? 0 : startValue),
        withoutVersion: withoutVersion.in(given),
      },
    };
  },
  changeOf: ({ increment }) => incrementChange(increment),
  outcomeOf: participantOutcome,
  hintsOf: hintsOfSingle,
});
