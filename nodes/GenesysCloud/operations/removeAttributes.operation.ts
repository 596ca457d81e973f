import type { INodeProperties } from 'n8n-workflow';

import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import { attributeHints } from '../attribute-hints';
import { outcomeOf } from '../outcome';
import { parseNames } from '../parameters/attributes';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { removalCondition } from '../parameters/choices';
import { parseTerms } from '../parameters/options';
import { optionsOf, removalTerms } from '../parameters/options-property';
import { participantProperties } from '../parameters/participant';
import {
  type AttributeRequest,
  attributeRequest,
  optionsGiven,
  parametersOf,
} from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import { participantUpdate } from './operation';

const namesProperty: INodeProperties = {
  displayName: 'Attributes to Remove',
  name: 'attributeNames',
  type: 'string',
  typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Name' },
  default: [],
  placeholder: 'e.g. callback_number',
  description:
    'Their names. An expression may give an array, or text with commas in between. Where Genesys Cloud cannot remove an attribute, it is set to an empty text.',
};

interface Request extends AttributeRequest {
  readonly wanted: WantedAttributes;
}

/** Removes attributes of one participant for each item. */
export const removeAttributes = participantUpdate<Request, AttributeNote>({
  name: 'Remove Attributes',
  value: 'removeAttributes',
  action: 'Remove participant attributes',
  description:
    'Remove attributes of a participant without losing what others write meanwhile. Gives what was removed; an attribute that is not there is no error.',
  properties: [
    ...participantProperties,
    namesProperty,
    optionsOf(removalTerms, ['onlyIfConnected', 'return']),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const parameter = parametersOf(reader, itemIndex);
    const given = optionsGiven(parameter);
    const request = attributeRequest(itemIndex, parameter, given);
    const remove = parseNames('Attributes to Remove', parameter('attributeNames'));
    if (remove.size === 0) {
      throw new InvalidParameter(
        'Attributes to Remove',
        'There is nothing to remove.',
        'Add at least one name.',
      );
    }
    const terms = parseTerms(given, removalCondition);
    return { ...request, wanted: { set: new Map(), remove, ...terms } };
  },
  changeOf: ({ wanted }) => attributeChange(wanted),
  outcomeOf,
  hintsOf: ({ wanted }, result) => attributeHints(wanted, result),
});
