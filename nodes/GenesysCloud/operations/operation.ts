import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';

import type { Shared } from '../../../genesys/shared';
import type {
  ItemRequest,
  LookRequest,
  ParticipantRequest,
  RecordRequest,
} from '../running/item-request';
import { type Reading, readEach } from '../running/read-each';
import { type Items, type Job, runItems } from '../running/run-items';
import { type ParticipantUpdate, participants } from '../running/update-participants';
import { type RecordKind, updateRecords } from '../running/update-records';
import { type VersionedUpdate, versionedResources } from '../running/update-versioned';

/** How an operation is shown. */
interface Appearance {
  /** In the dropdown. */
  readonly name: string;
  /** In saved workflows. */
  readonly value: string;
  /** In the node panel, as a sentence. */
  readonly action: string;
  readonly description: string;
  /** Shown only while this operation is chosen. */
  readonly properties: readonly INodeProperties[];
}

/** One thing the node can do. */
export interface Operation extends Appearance {
  /** Works on all input items and answers what comes out for each, in order. */
  execute(context: IExecuteFunctions, shared: Shared): Promise<INodeExecutionData[]>;
}

/** A kind of thing in Genesys Cloud, with what can be done to it. */
export interface Resource {
  readonly name: string;
  readonly value: string;
  readonly description: string;
  /** The first one is the default. */
  readonly operations: readonly [Operation, ...Operation[]];
}

/** An operation that changes a participant for each item, and gives one item for each. */
export function participantUpdate<Request extends ParticipantRequest, Note>(
  operation: Appearance & Items<Request> & ParticipantUpdate<Request, Note>,
): Operation {
  return recordUpdate(operation, participants(operation));
}

/** An operation that changes a versioned resource for each item, and gives one item for each. */
export function versionedUpdate<Request extends RecordRequest, Reply, Raw, Note>(
  operation: Appearance & Items<Request> & VersionedUpdate<Request, Reply, Raw, Note>,
): Operation {
  return recordUpdate(operation, versionedResources(operation));
}

function recordUpdate<Request extends RecordRequest, Raw, Note>(
  operation: Appearance & Items<Request>,
  kind: RecordKind<Request, Raw, Note>,
): Operation {
  return running(operation, async (run, requests) => {
    await updateRecords(run, requests, kind);
  });
}

/** An operation that changes nothing, and gives an item for each thing that it finds. */
export function reading<Request extends LookRequest>(
  operation: Appearance & Items<Request> & { readonly find: Reading<Request> },
): Operation {
  return running(operation, async (run, requests) => {
    await readEach(run, requests, operation.find);
  });
}

function running<Request extends ItemRequest>(
  { action, description, name, properties, value, ...items }: Appearance & Items<Request>,
  work: Job<Request>['work'],
): Operation {
  return {
    name,
    value,
    action,
    description,
    properties,
    execute: async (context, shared) => await runItems(context, shared, { ...items, work }),
  };
}
