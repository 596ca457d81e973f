import {
  attributeChange,
  type AttributeNote,
  type WantedAttributes,
} from '../../../genesys/stores/attribute-change';
import { attributeHints } from '../attribute-hints';
import { participantOutcome } from '../outcomes/participant';
import { attributeNamesProperty } from '../parameters/attributes';
import { optionsOf, removalTerms } from '../parameters/options-property';
import { participantProperties } from '../parameters/participant';
import {
  type AttributeRequest,
  attributeRequest,
  optionsGiven,
  parametersOf,
  readRemoval,
} from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import { participantUpdate } from './operation';

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
    attributeNamesProperty,
    optionsOf(removalTerms, ['onlyIfConnected', 'return']),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const parameter = parametersOf(reader, itemIndex);
    const given = optionsGiven(parameter);
    const request = attributeRequest(itemIndex, parameter, given);
    return { ...request, wanted: readRemoval(parameter, given) };
  },
  changeOf: ({ wanted }) => attributeChange(wanted),
  outcomeOf: participantOutcome,
  hintsOf: ({ wanted }, result) => attributeHints(wanted, result),
});
