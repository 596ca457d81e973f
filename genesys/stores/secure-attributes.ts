import * as z from 'zod/v4';

import { NONE_YET } from '../../core';
import { namesVersion } from '../transport/failure';
import { acceptanceAlone } from '../transport/reply';
import { type AttributesRaw, partsOf, wireAfter, wireAttributes } from './participant-parts';
import type { VersionedResource } from './versioned-store';

const secureReply = z.looseObject({
  version: z.int().nonnegative().nullish(),
  attributes: wireAttributes,
});
type SecureReply = z.infer<typeof secureReply>;

/**
 * The secure attributes of a conversation. A write replaces all of them, and is only accepted; the one
 * that makes the first of them has no version to name.
 */
export function secureAttributes(
  conversationId: string,
): VersionedResource<SecureReply, AttributesRaw> {
  const path = `/api/v2/conversations/${encodeURIComponent(conversationId)}/secureattributes`;
  return {
    kind: 'secureAttributes',
    path,
    written: { method: 'PUT', path },
    about: conversationId.toLowerCase(),
    reply: secureReply,
    receipt: acceptanceAlone,
    onlyAccepts: true,
    snapshotOf: ({ attributes: wire, version }) => ({
      version: version ?? null,
      parts: partsOf(wire),
      raw: { writeMethod: 'versioned', wire },
    }),
    noneYet: ({ code }) =>
      code === 'secure.attributes.not.found'
        ? {
            version: NONE_YET,
            parts: new Map(),
            raw: { writeMethod: 'versioned', wire: {} },
          }
        : undefined,
    bodyOf: (delta, { raw: { wire }, version }, empties) => ({
      attributes: wireAfter(wire, delta, empties),
      ...(version !== NONE_YET && { version }),
    }),
    isConflict: namesVersion,
  };
}
