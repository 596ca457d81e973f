import type { INodeProperties } from 'n8n-workflow';

import type { JsonTarget } from '../../../genesys/stores/json/versioned-json';
import { kindWrittenBy, versionedKinds } from '../../../genesys/stores/json/versioned-kinds';
import { quoted } from '../../../genesys/transport/excerpt';
import { choiceOf } from '../../parameters/choice';
import { InvalidParameter, unfit } from '../../parameters/invalid-parameter';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { fillIn } from './path-parameters';

const CUSTOM = 'custom';
const KIND = 'Kind';
const PATH = 'Path';

const method = choiceOf<'PUT' | 'PATCH'>(
  {
    displayName: 'Method',
    name: 'method',
    default: 'PUT',
    description: 'How Genesys Cloud wants it written',
    displayOptions: { show: { kind: [CUSTOM] } },
  },
  {
    PATCH: { name: 'PATCH', description: 'Only what changes is sent, with the version' },
    PUT: { name: 'PUT', description: 'All of it is sent, with the version' },
  },
);

/** The fields that say what is to be updated. */
export const kindProperties: readonly INodeProperties[] = [
  {
    displayName: KIND,
    name: 'kind',
    type: 'options',
    options: [
      ...versionedKinds.map(({ name, method: by, path }) => ({
        name,
        value: `${by} ${path}`,
        description: `${by} ${path}`,
      })),
      {
        name: 'Something Else',
        value: CUSTOM,
        description: 'Whatever else has a version: give its method and path',
      },
    ],
    default: 'PUT /api/v2/outbound/campaigns/{campaignId}',
    description: 'What to update. Type to search the list.',
  },
  method.property,
  {
    displayName: PATH,
    name: 'path',
    type: 'string',
    default: '',
    placeholder: 'e.g. /api/v2/routing/skillgroups/{skillGroupId}',
    description:
      'Where it is read and written, with its IDs, or with names in braces that Path Parameters give values to. It must show a version when it is read. Paths of conversations are refused, so that no call can be changed.',
    displayOptions: { show: { kind: [CUSTOM] } },
  },
  {
    displayName: 'Path Parameters',
    name: 'pathParameters',
    type: 'assignmentCollection',
    typeOptions: { assignment: { hideType: true, disableType: true, defaultType: 'string' } },
    default: {},
    description:
      'A row for each name in braces in the path, e.g. campaignId with the ID of the campaign',
  },
];

/**
 * What is to be updated, with its IDs filled in.
 *
 * @throws {InvalidParameter}
 */
export function readTarget(reader: ParameterReader, itemIndex: number): JsonTarget {
  const kind = reader.read('kind', KIND, itemIndex);
  const given = reader.read('pathParameters', 'Path Parameters', itemIndex);
  if (kind === CUSTOM) {
    const by = method.parse(reader.read('method', 'Method', itemIndex));
    const pattern = parsePath(reader.read('path', PATH, itemIndex));
    const path = fillIn(pattern, given, 'all');
    refuseConversations(by, path);
    return { ...kindWrittenBy(by, path), kind: pattern, method: by, path };
  }
  const known = versionedKinds.find(({ method: by, path }) => `${by} ${path}` === kind);
  if (!known) throw unfit(KIND, kind, 'is not in the list.', 'Choose one of the list.');
  return { ...known, kind: known.path, path: fillIn(known.path, given, known.otherIds ?? []) };
}

/** Letters, digits and what else no server takes for anything but a part of a name; some drop dots at its end. */
const SEGMENTS = /^\/api\/v2(\/([\w.~-]*[\w~-]|\{\w+\}))+$/;

/** @throws {InvalidParameter} */
function parsePath(value: unknown): string {
  const path = typeof value === 'string' ? value.trim() : undefined;
  if (path !== undefined && SEGMENTS.test(path)) return path;
  throw unfit(
    PATH,
    value,
    'is not a path of the API.',
    'It begins with /api/v2/, as in /api/v2/groups/{groupId}, and has neither a host, nor a query, nor dots at the end of a part, nor encoded characters.',
  );
}

/**
 * What acts on live calls stands under "conversations", here and there in the API.
 *
 * @throws {InvalidParameter}
 */
function refuseConversations(by: JsonTarget['method'], path: string): void {
  const isAboutCalls = path.toLowerCase().split('/').includes('conversations');
  if (!isAboutCalls || kindWrittenBy(by, path)) return;
  throw new InvalidParameter(
    PATH,
    `${quoted(`${by} ${path}`)} could change the state of a live call.`,
    'This node changes nothing under "conversations" but what the list of kinds has. For attributes of a participant, choose the resource Participant.',
  );
}
