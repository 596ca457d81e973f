import * as z from 'zod/v4';

import type { Delta, Snapshot } from '../../core';
import { participantPath, showsParticipant, standingOf } from '../conversations/conversation';
import { namesVersion } from '../transport/failure';
import { acceptance } from '../transport/reply';
import {
  CONTACT_PART,
  NO_ATTRIBUTES,
  type ParticipantRaw,
  partsOf,
  wireAfter,
  wireAttributes,
} from './participant-parts';
import type { VersionedResource } from './versioned-store';

const participantReceipt = z.looseObject({
  version: z.int().nonnegative().nullish(),
  attributes: wireAttributes,
  externalContactId: z.string().nullish(),
});

const participantReply = participantReceipt.extend({ attributes: wireAttributes.nullish() });
type ParticipantReply = z.infer<typeof participantReply>;

/** One without a version is written in another way, which does not mind that it has no attributes yet. */
function replyAbout(participantId: string): z.ZodType<ParticipantReply> {
  const isComplete = (json: unknown) => {
    const reply = json as ParticipantReply;
    if (reply.attributes) return true;
    const isError = !acceptance.safeParse(reply).success;
    return typeof reply.version !== 'number' && !isError && showsParticipant(reply, participantId);
  };
  // A refined object would be compiled anew for each participant.
  return participantReply.pipe(
    z.custom<ParticipantReply>(isComplete, { path: ['attributes'], message: NO_ATTRIBUTES }),
  );
}

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
    // Made for each read, and not for each update: it takes some time.
    get reply() {
      return replyAbout(participantId);
    },
    receipt: participantReceipt,
    snapshotOf: (reply) => ({
      version: reply.version ?? null,
      parts: partsOf(reply.attributes ?? {}, reply.externalContactId),
      raw: {
        participantId,
        writeMethod: 'versioned',
        wire: reply.attributes ?? {},
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
