import * as z from 'zod/v4';

import { NONE_YET } from '../../../core';
import { namesVersion } from '../../transport/failure';
import { acceptanceAlone } from '../../transport/reply';
import type { VersionedResource } from '../versioned-store';
import { isJsonObject, type JsonObject } from './json';
import { jsonParts, patchOf } from './json-parts';
import { mergePatch } from './merge-patch';
import { jsonReply, type JsonRaw } from './versioned-json';

/** Which record of a conversation. */
export interface CustomTarget {
  readonly conversationId: string;
  readonly recordId: string;
  /** That of a record which is still to be made; without one, none is made. */
  readonly schemaId?: string;
}

/** What is read of a record, beside whatever else it has. */
const shape = z.looseObject({
  version: z.int().nonnegative().nullish(),
  schema: z.looseObject({ id: z.string().nullish() }).nullish(),
  divisions: z.array(z.unknown()).nullish(),
});

/** Not the shape itself, which drops a name like `__proto__`. */
const customReply = jsonReply.refine(
  (document) => shape.safeParse(document).success && isJsonObject(document['customAttributes']),
  'expected a record of custom attributes',
);

/** The records of a conversation. */
export const customListing = z.looseObject({ results: z.array(customReply) });

/** Where the records of a conversation are. */
export function customAttributesPath(conversationId: string): string {
  return `/api/v2/conversations/${encodeURIComponent(conversationId)}/customattributes`;
}

/**
 * A record of custom attributes. A write replaces all of it, and its reply shows nothing; one that
 * leaves the divisions out would clear them.
 */
export function customAttributes({
  conversationId,
  recordId,
  schemaId,
}: CustomTarget): VersionedResource<JsonObject, JsonRaw> {
  const records = customAttributesPath(conversationId);
  return {
    kind: 'customAttributes',
    variant: schemaId ?? '',
    path: `${records}/${encodeURIComponent(recordId)}`,
    written: { method: 'PUT', path: records },
    about: `${conversationId}/${recordId}`.toLowerCase(),
    reply: customReply,
    receipt: acceptanceAlone,
    snapshotOf: (document) => ({
      version: shape.parse(document).version ?? null,
      parts: jsonParts(valuesIn(document)),
      raw: { document },
    }),
    noneYet: ({ code }) =>
      schemaId !== undefined && code === 'conversation.custom.attributes.not.found'
        ? { version: NONE_YET, parts: new Map(), raw: { document: {} } }
        : undefined,
    bodyOf: (delta, { raw: { document }, version }, empties) => {
      const isNew = version === NONE_YET;
      const { divisions, schema } = shape.parse(document);
      const nulls = empties ? 'kept' : 'removed';
      return {
        id: isNew ? recordId : document['id'],
        customAttributes: mergePatch(valuesIn(document), patchOf(delta), nulls),
        // Genesys Cloud is to say itself that it cannot be another one.
        ...(schemaId !== undefined && (isNew || isOther(schema?.id, schemaId)) && { schemaId }),
        ...(divisions && { divisions }),
        ...(!isNew && { version }),
      };
    },
    isConflict: namesVersion,
  };
}

/** The values in a record. */
export function valuesIn({ customAttributes: values = {} }: JsonObject): JsonObject {
  return isJsonObject(values) ? values : {};
}

/** A record as people see it. */
export function simpleRecord(document: JsonObject) {
  const { divisions, schema, version } = shape.parse(document);
  return {
    schemaId: schema?.id ?? null,
    divisions: divisions ?? [],
    attributes: valuesIn(document),
    timestamps: document['customAttributesTimestamps'] ?? {},
    dateCreated: document['dateCreated'] ?? null,
    dateModified: document['dateModified'] ?? null,
    version: version ?? null,
  };
}

function isOther(one: string | null | undefined, other: string): boolean {
  return typeof one === 'string' && one.toLowerCase() !== other.toLowerCase();
}
