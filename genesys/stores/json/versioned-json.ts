import * as z from 'zod/v4';

import { type Delta, difference, type Snapshot } from '../../../core';
import { spelt } from '../../conversations/ids';
import { namesVersion } from '../../transport/failure';
import { acceptanceAlone, CARRIES_ERROR } from '../../transport/reply';
import type { VersionedResource } from '../versioned-store';
import { hasLostDigits, isJsonObject, type JsonObject } from './json';
import { jsonParts, patchOf } from './json-parts';
import { mergePatch } from './merge-patch';

/** Which resource it is, and how it is written. */
export interface JsonTarget {
  /** Its path before the IDs were filled in. */
  readonly kind: string;
  readonly method: 'PUT' | 'PATCH';
  readonly path: string;
  /** Whether a write has to name the ID. Default false: the path does. */
  readonly sendsId?: boolean;
  /** Whether a PATCH is merged in at any depth, so that all of what is deeper is not to be sent. */
  readonly mergesInside?: boolean;
  /** Whether what it holds may stand in no message. Default false. */
  readonly isSecret?: boolean;
}

/** What a reply has shown, all of it. */
export interface JsonRaw {
  readonly document: JsonObject;
}

/** What Genesys Cloud keeps itself in whatever has it: no part of the record, and never written. */
export const KEPT_BY_GENESYS: ReadonlySet<string> = new Set([
  'id',
  'version',
  'selfUri',
  'dateCreated',
  'dateModified',
  'createdDate',
  'modifiedDate',
  'createdBy',
  'modifiedBy',
  'createdByApp',
  'modifiedByApp',
]);

/** Not zod's `looseObject`, which drops a name like `__proto__`. */
export const jsonReply = z
  .custom<JsonObject>(isJsonObject, 'expected one JSON object')
  .refine(
    (document) => !hasLostDigits(document),
    'it has a number with more digits than can be written back',
  );

const versionOf = z.looseObject({ version: z.int().nonnegative() });

/** A write may be answered with the resource, or with anything else that says that it was accepted. */
const jsonReceipt = z.union(
  [jsonReply.refine((document) => versionOf.safeParse(document).success), acceptanceAlone],
  { error: CARRIES_ERROR },
);

/**
 * Whatever the platform shows as a JSON object with a version. By PUT all of it is written, under that
 * version. By PATCH only what changes at the top level is, and that as a whole: right whether the
 * server merges what is deeper or replaces it.
 */
export function versionedJson({
  kind,
  method,
  path,
  sendsId = false,
  mergesInside = false,
}: JsonTarget): VersionedResource<JsonObject, JsonRaw> {
  return {
    kind: `${method} ${kind}`,
    path,
    written: { method, path },
    about: path.split('/').map(spelt).join('/'),
    reply: jsonReply,
    receipt: jsonReceipt,
    snapshotOf: (document) => ({
      version: versionOf.safeParse(document).data?.version ?? null,
      parts: jsonParts(ownOf(document)),
      raw: { document },
    }),
    bodyOf: (delta, { raw: { document }, version }, empties) => ({
      ...(method === 'PUT'
        ? wholeOf(document, delta, empties)
        : mergesInside
          ? patchOf(delta)
          : changedOf(document, delta)),
      ...(sendsId && { id: document['id'] }),
      version,
    }),
    isConflict: namesVersion,
  };
}

/** The resource as people see it: with all that the reply has shown, and what is known since. */
export function shownOf({ parts, raw: { document }, version }: Snapshot<JsonRaw>): JsonObject {
  const patch = patchOf(difference(jsonParts(ownOf(document)), parts));
  return { ...(mergePatch(document, patch) as JsonObject), version };
}

function wholeOf(document: JsonObject, delta: Delta, empties: boolean): JsonObject {
  const nulls = empties ? 'kept' : 'removed';
  return ownOf(mergePatch(document, patchOf(delta), nulls) as JsonObject);
}

function changedOf(document: JsonObject, delta: Delta): JsonObject {
  const patch = patchOf(delta);
  const changed = new Set(Object.keys(patch));
  const after = mergePatch(document, patch, 'kept') as JsonObject;
  return Object.fromEntries(Object.entries(after).filter(([name]) => changed.has(name)));
}

/** What is not Genesys Cloud's own affair. */
function ownOf(document: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(document).filter(([name]) => !KEPT_BY_GENESYS.has(name)),
  );
}
