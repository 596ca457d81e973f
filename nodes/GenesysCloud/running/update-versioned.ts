import type { IDataObject } from 'n8n-workflow';

import type { Change, UpdateError, UpdateResult } from '../../../core';
import { versionedRecord } from '../../../genesys/stores/versioned-record';
import type { VersionedResource } from '../../../genesys/stores/versioned-store';
import type { HintKind } from '../hints';
import type { RecordRequest } from './item-request';
import { isOfNobody } from './read-each';
import type { Run } from './run';
import type { RecordKind, RecordUpdate } from './update-records';

/** What an operation does to one versioned resource, and what comes out. */
export interface VersionedUpdate<Request extends RecordRequest, Reply, Raw, Note> {
  readonly resourceOf: (request: Request) => VersionedResource<Reply, Raw>;
  readonly changeOf: (request: Request) => Change<Raw, Note>;
  /** What comes out for an item. */
  readonly outcomeOf: (request: Request, result: UpdateResult<Raw, Note>) => IDataObject;
  /** What a person should know of an item that is done, beside what comes out. */
  readonly hintsOf: (request: Request, result: UpdateResult<Raw, Note>) => readonly HintKind[];
}

/** Versioned resources, updated as an operation does it. */
export function versionedResources<Request extends RecordRequest, Reply, Raw, Note>(
  operation: VersionedUpdate<Request, Reply, Raw, Note>,
): RecordKind<Request, Raw, Note> {
  const { resourceOf } = operation;
  return {
    recordOf: (request) => resourceOf(request).about,
    hold: ({ limits }, request) => limits.hold(resourceOf(request).about),
    updateOf: (run, request) => updateOf(run, request, operation),
  };
}

function updateOf<Request extends RecordRequest, Reply, Raw, Note>(
  { client, shared }: Run,
  request: Request,
  { changeOf, hintsOf, outcomeOf, resourceOf }: VersionedUpdate<Request, Reply, Raw, Note>,
): RecordUpdate<Raw, Note> {
  const located = versionedRecord(client, shared, resourceOf(request));
  const change = changeOf(request);
  let wasSeen = false;
  return {
    locate: () => Promise.resolve(located),
    change: {
      ...change,
      apply: (view) => {
        wasSeen = true;
        return change.apply(view);
      },
    },
    tell: (result) => ({ json: outcomeOf(request, result), hints: hintsOf(request, result) }),
    isOfNobody: (error): error is UpdateError => !wasSeen && isOfNobody(error),
  };
}
