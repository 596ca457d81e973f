import type { Stands } from '../../core';
import { readable } from '../../genesys/conversations/attribute-value';
import { byAttribute } from '../../genesys/stores/participant-parts';
import { excerpt, quoted } from '../../genesys/transport/excerpt';

/** What an update is about, as far as the words for a failure go by it. */
export interface Subject {
  /** In the singular, e.g. `participant`. */
  readonly noun: string;
  /** Why it is not there, after a 404 to a request with this path: a clause. */
  readonly missing: (path: string) => string;
  /** What to do about that, as whole sentences. */
  readonly whereToLook: string;
  /**
   * The same where it is there, but has no version, or where a request with this path is not offered
   * with its method; default as for other failures.
   */
  readonly unfit?: (path: string | undefined) => string | undefined;
  /** What stands in its parts: a clause for each that may be told. */
  readonly shown: (stands: Stands) => readonly string[];
  /**
   * Set where nothing that may hold a value must be told, such as the server's own words: then the
   * permission that a request with this method takes, since those words would name it.
   */
  readonly permissionFor?: (method: string) => string;
}

/** Attributes and contacts are those of a participant. */
export const PARTICIPANT: Subject = {
  noun: 'participant',
  missing: (path) =>
    path.includes('/participants/')
      ? 'there is no such conversation or participant'
      : 'there is no such conversation',
  whereToLook:
    'Check the conversation and the participant. A call that ended long ago may be gone.',
  unfit: (path) =>
    // A conversation is read in one way only.
    path === undefined || path.includes('/participants/')
      ? 'Not every organization offers both ways of writing: with Versioned or Patch in the option "Write Method", choose Auto.'
      : undefined,
  shown: (stands) =>
    [...byAttribute(stands)].map(([name, value]) =>
      value === null || value === ''
        ? `${quoted(name)} is missing`
        : `${quoted(name)} is ${quoted(readable(value))}`,
    ),
};

/** A record of them. */
export const CUSTOM_ATTRIBUTES: Subject = {
  noun: 'record',
  missing: (path) =>
    path.endsWith('/customattributes')
      ? 'there is no such conversation or schema'
      : 'there is no such conversation or record',
  whereToLook:
    'Check the conversation and "Record ID". To make a record that is not there yet, Set takes a "Schema ID".',
  shown: (stands) => shownFields(stands),
};

/** Whatever has a version and a path. */
export const RESOURCE: Subject = {
  noun: 'resource',
  missing: () => 'there is no such resource',
  whereToLook: 'Check the kind or the path, and the IDs in "Path Parameters".',
  unfit: () =>
    'Check the kind, or the method and the path. Only what has a "version" when it is read can be changed here.',
  shown: (stands) => shownFields(stands),
};

function shownFields(stands: Stands): readonly string[] {
  return [...stands].map(([pointer, text]) =>
    text === null || text === ''
      ? `${quoted(pointer)} is missing`
      : `${quoted(pointer)} is ${excerpt(text)}`,
  );
}

/** Those of a conversation. */
export const SECURE_ATTRIBUTES: Subject = {
  noun: 'conversation',
  missing: () => 'there is no such conversation',
  whereToLook: 'Check the conversation. One that ended long ago may be gone.',
  shown: () => [],
  permissionFor: (method) =>
    `conversation:participant:attributes${method === 'GET' ? 'view' : 'edit'}`,
};
