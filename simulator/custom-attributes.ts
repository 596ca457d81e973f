import { z } from 'zod/v4';
import { foreignAttributes } from './attributes';
import type { SimulatedCall } from './call';
import { conflictStyle, isSpuriousConflict, recordConflict } from './conflict';
import type { Fault } from './faults';
import type { ApiRequest } from './platform-api';
import type { ReadMoments } from './read-moments';
import type { Reply } from './replies';
import { errorReply, json } from './replies';
import type { Settings } from './settings';
import {
  type ContentCommit,
  type Fields,
  VersionedContent,
  type VersionedState,
} from './versioned-content';

/** What a record holds. */
export interface CustomContent {
  readonly values: Fields;
  readonly divisions: readonly string[];
  readonly schemaId: string;
}

/** What a test may look at and do. */
export interface CustomRecord {
  readonly id: string;
  /** 0 as long as it is not there. */
  readonly version: number;
  readonly content: CustomContent | undefined;
  /** Every change, the earliest first. */
  readonly commits: readonly ContentCommit<CustomContent>[];
  /** Another system sets these values. */
  write(values: Fields): void;
}

/** A record of custom attributes behind the API. */
export class SimulatedCustomRecord implements CustomRecord {
  readonly history = new VersionedContent<CustomContent>();

  constructor(readonly id: string) {}

  get version(): number {
    return this.history.now?.version ?? 0;
  }

  get content(): CustomContent | undefined {
    return this.history.now?.content;
  }

  get commits(): readonly ContentCommit<CustomContent>[] {
    return this.history.commits;
  }

  write(values: Fields): void {
    const { content } = this;
    if (content === undefined) return;
    this.history.commit({ ...content, values: { ...content.values, ...values } }, 'other');
  }
}

const CODE = 'conversation.custom.attributes';
const uuid = z.uuid();

const putBody = z.object({
  id: z.string(),
  customAttributes: foreignAttributes,
  schemaId: z.string().optional(),
  version: z.int().optional(),
  divisions: z.array(z.string()).default([]),
});

/** Serves the records of a call. */
export function answerCustom(
  call: SimulatedCall,
  request: ApiRequest,
  { moments, settings }: { moments: ReadMoments; settings: Settings },
): Reply {
  const { address, body, fault } = request;
  if (address.operation === 'putCustom') return put(call, body, fault, settings);
  const moment = moments.next(call.conversationId);
  if (address.operation === 'listCustom') {
    const records = call.customRecords.values();
    return json(200, { results: [...records].flatMap((record) => shown(call, record, moment)) });
  }
  const record = call.customRecords.get(address.recordId ?? '');
  const [document] = record ? shown(call, record, moment) : [];
  return document === undefined
    ? errorReply(404, `${CODE}.not.found`, 'Custom Attributes not found.')
    : json(200, document);
}

function put(
  call: SimulatedCall,
  body: unknown,
  fault: Fault | undefined,
  settings: Settings,
): Reply {
  const { data, error } = putBody.safeParse(body);
  if (error) return errorReply(400, `${CODE}.property.required`, z.prettifyError(error));
  if (!uuid.safeParse(data.id).success) {
    return errorReply(400, `${CODE}.invalid.id`, 'The record id is in an invalid format');
  }
  const record = call.customRecords.get(data.id) ?? new SimulatedCustomRecord(data.id);
  const before = record.history.now;
  const refusal = refuse(data, before, fault, settings);
  if (refusal) return refusal;
  const schemaId = before?.content.schemaId ?? data.schemaId ?? '';
  const values = Object.fromEntries(
    Object.entries(data.customAttributes).filter(([, value]) => value !== null),
  );
  call.customRecords.set(data.id, record);
  record.history.commit({ values, divisions: data.divisions, schemaId }, 'api');
  if (fault?.kind === 'foreignWrite' && fault.when === 'after') record.write(fault.attributes);
  return json(200, { id: data.id }, { applied: true });
}

function refuse(
  { divisions, schemaId, version: basedOn }: z.infer<typeof putBody>,
  before: VersionedState<CustomContent> | undefined,
  fault: Fault | undefined,
  settings: Settings,
): Reply | undefined {
  const isFree = basedOn === undefined && (!before || settings.withoutVersion === 'replaces');
  if (isSpuriousConflict(fault) || (!isFree && basedOn !== before?.version)) {
    const message = 'Incorrect version of Custom Attributes.';
    return recordConflict(conflictStyle(fault, settings), `${CODE}.version.conflict`, message);
  }
  if (!before && schemaId === undefined) {
    return errorReply(400, `${CODE}.property.required`, 'A property in the request is required.');
  }
  if (before && schemaId !== undefined && schemaId !== before.content.schemaId) {
    return errorReply(400, `${CODE}.cannot.update.schema.id`, 'SchemaId cannot be updated.');
  }
  if (![...divisions, ...(schemaId === undefined ? [] : [schemaId])].every(isUuid)) {
    return errorReply(400, `${CODE}.invalid.uuid`, 'One or more values are not a valid UUID');
  }
  return undefined;
}

function isUuid(id: string): boolean {
  return uuid.safeParse(id).success;
}

/** As the API shows it, as it was at a moment; nothing where it was not there yet. */
function shown(call: SimulatedCall, record: SimulatedCustomRecord, moment: number) {
  const state = record.history.asOf(moment);
  const first = record.history.first;
  if (state === undefined || first === undefined) return [];
  const { at, content, version } = state;
  const path = `/api/v2/conversations/${call.conversationId}/customattributes/${record.id}`;
  return [
    {
      id: record.id,
      conversationId: call.conversationId,
      divisions: content.divisions,
      schema: { id: content.schemaId, name: 'Case', version: 1, enabled: true },
      customAttributes: content.values,
      customAttributesTimestamps: Object.fromEntries(
        Object.keys(content.values).map((name) => [name, at.toISOString()]),
      ),
      version,
      dateCreated: first.at.toISOString(),
      dateModified: at.toISOString(),
      selfUri: path,
    },
  ];
}
