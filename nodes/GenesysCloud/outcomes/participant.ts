import type { IDataObject } from 'n8n-workflow';

import type { UpdateResult } from '../../../core';
import type { Standing } from '../../../genesys/conversations/conversation';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import { CONTACT_PART, type ParticipantRaw } from '../../../genesys/stores/participant-parts';
import { type Asked, toldOfAttributes } from './attributes';
import { detailsOf } from './details';

/** What a flow builder gets for an update of a participant that reached its goal: what people look for comes first. */
export function participantOutcome(
  asked: Asked & { readonly conversationId: string },
  result: UpdateResult<ParticipantRaw, AttributeNote>,
  standing: Standing,
): IDataObject {
  const { conversationId, wanted } = asked;
  const { snapshot } = result;
  const { presence } = standing;
  const { attributes, outcome, single } = toldOfAttributes(asked, result);
  return {
    outcome,
    ...single,
    ...attributes,
    // Without versions it is known only where the link was made.
    ...(wanted?.externalContactId !== undefined &&
      (snapshot.raw.writeMethod === 'versioned' || snapshot.parts.has(CONTACT_PART)) && {
        externalContactId: snapshot.parts.get(CONTACT_PART) ?? null,
      }),
    conversationId,
    participantId: snapshot.raw.participantId,
    purpose: standing.purpose ?? null,
    connected: presence === undefined ? null : presence === 'connected',
    details: detailsOf(snapshot.raw.writeMethod, result),
  };
}
