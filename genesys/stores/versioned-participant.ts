import * as z from 'zod/v4';

import type { Delta, Snapshot } from '../../core';
import { participantPath, standingOf } from '../conversations/conversation';
import { namesVersion } from '../transport/failure';
import {
  CONTACT_PART,
  type ParticipantRaw,
  partsOf,
  wireAfter,
  wireAttributes,
} from './participant-parts';
import type { VersionedResource } from './versioned-store';

const participantReply = z.looseObject({
  version: z.int().nonnegative().nullish(),
  attributes: wireAttributes,
  externalContactId: z.string().nullish(),
});
type ParticipantReply = z.infer<typeof participantReply>;

/** A participant as a versioned resource. What is written is the whole attribute map. */
export function versionedParticipant(
  conversationId: string,
  participantId: string,
): VersionedResource<ParticipantReply, ParticipantRaw> {
  const path = participantPath(conversationId, participantId);
  return {
    kind: 'participant',
    path,
    written: { method: 'PUT', path },
    about: participantId.toLowerCase(),
    reply: participantReply,
    receipt: participantReply,
    snapshotOf: (reply) => ({
      version: reply.version ?? null,
      parts: partsOf(reply.attributes, reply.externalContactId),
      raw: {
        participantId,
        writeMethod: 'versioned',
        wire: reply.attributes,
        standing: standingOf(reply),
      },
    }),
    bodyOf,
    isConflict: namesVersion,
  };
}

function bodyOf(delta: Delta, base: Snapshot<ParticipantRaw>, empties: boolean): object {
  const { raw, version } = base;
  const contact = delta.get(CONTACT_PART);
  return {
    ...(contact && { externalContactId: contact.to }),
    attributes: wireAfter(raw.wire, delta, empties),
    version,
  };
}
