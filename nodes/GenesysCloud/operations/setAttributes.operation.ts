import { attributeChange, type AttributeNote } from '../../../genesys/stores/attribute-change';
import { attributeHints } from '../attribute-hints';
import { isLeftToLink, linkContact } from '../link-contact';
import { participantOutcome } from '../outcomes/participant';
import { attributesProperties } from '../parameters/attributes';
import { optionsProperty } from '../parameters/options-property';
import { participantProperties } from '../parameters/participant';
import { readRequest, type Request } from '../parameters/request';
import { retryProperties } from '../parameters/retry';
import { participantUpdate } from './operation';

/** Sets attributes of one participant for each item, so that the change persists and nobody's write is lost. */
export const setAttributes = participantUpdate<Request, AttributeNote>({
  name: 'Set Attributes',
  value: 'setAttributes',
  action: 'Set participant attributes',
  description:
    'Set attributes of a participant without losing what others write meanwhile. The outcome "superseded" means that somebody else set the same attribute at the same time, and theirs stands.',
  properties: [
    ...participantProperties,
    ...attributesProperties,
    optionsProperty,
    ...retryProperties,
  ],
  read: readRequest,
  changeOf: ({ wanted }) => attributeChange(wanted),
  goOn: async (run, request, result) =>
    isLeftToLink(request.wanted, result) ? await linkContact(run, request, result) : result,
  outcomeOf: participantOutcome,
  hintsOf: ({ skipped, wanted }, result) => [
    ...(skipped > 0 ? (['valuesSkipped'] as const) : []),
    ...attributeHints(wanted, result),
  ],
});
