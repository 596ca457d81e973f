import type { INodeProperties } from 'n8n-workflow';

import {
  jsonChange,
  type JsonNote,
  type WantedJson,
} from '../../../genesys/stores/json/json-change';
import type { Json, JsonObject } from '../../../genesys/stores/json/json';
import { leavesOf } from '../../../genesys/stores/json/pointer';
import {
  type JsonRaw,
  type JsonTarget,
  KEPT_BY_GENESYS,
  versionedJson,
} from '../../../genesys/stores/json/versioned-json';
import { quoted } from '../../../genesys/transport/excerpt';
import { RESOURCE_WRITTEN } from '../../failure/failure-title';
import { isBlank } from '../../parameters/blank';
import { type Collection, givenOr } from '../../parameters/collection';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { conflictPolicy } from '../parameters/choices';
import { parseJsonObject } from '../parameters/json-value';
import { optionsOf, readOptions, readPatience, sharedOption } from '../parameters/reading';
import { retryProperties } from '../parameters/retry';
import { kindProperties, readTarget } from '../parameters/versioned-kind';
import { resourceOutcome } from '../resource-outcome';
import type { RecordRequest } from '../running/item-request';
import { versionedUpdate } from './operation';

const CHANGES = 'Changes';
const ONLY_IF_EQUALS = 'Only If Equals';

const changesProperty: INodeProperties = {
  displayName: CHANGES,
  name: 'changes',
  type: 'json',
  default: '{}',
  placeholder: 'e.g. { "dialingMode": "preview" }',
  description:
    'Only what is to change, as a JSON merge patch (RFC 7396): null removes a field, objects are merged, lists are replaced as a whole. All other fields stay as they are.',
};

const onlyIfEqualsOption: INodeProperties = {
  displayName: ONLY_IF_EQUALS,
  name: 'onlyIfEquals',
  type: 'json',
  default: '{}',
  placeholder: 'e.g. { "campaignStatus": "off" }',
  description:
    'What fields must be for anything to be written, else the item fails. By their names as in Changes, or by JSON pointers such as "/contactList/id"; null stands for a field that is not there.',
};

interface Request extends RecordRequest {
  readonly path: string;
  readonly target: JsonTarget;
  readonly wanted: WantedJson;
}

/** Changes whatever has a version in Genesys Cloud, without losing what others write meanwhile. */
export const updateResource = versionedUpdate<Request, JsonObject, JsonRaw, JsonNote>({
  name: 'Update',
  value: 'update',
  action: 'Update a versioned resource',
  description:
    'Change some fields of a group, user, campaign, schedule or anything else that has a version, without losing what others write meanwhile. Returns what each field was before and is now.',
  properties: [
    ...kindProperties,
    changesProperty,
    optionsOf(
      sharedOption('concurrency', 'How many resources to work on at the same time'),
      {
        ...conflictPolicy.property,
        description:
          'What to do about a field that somebody else set to another value after this node first read it, and before it writes. All other fields are always kept.',
      },
      onlyIfEqualsOption,
    ),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const target = readTarget(reader, itemIndex);
    const options = readOptions(reader, itemIndex);
    return {
      ...readPatience(reader, itemIndex),
      path: target.path,
      target,
      told: { goal: RESOURCE_WRITTEN },
      wanted: {
        patch: parseChanges(reader.read('changes', CHANGES, itemIndex)),
        conflictPolicy: conflictPolicy.in(options),
        expected: parseExpected(options),
      },
    };
  },
  aimOf: () => ({ path: null }),
  resourceOf: ({ target }) => versionedJson(target),
  changeOf: ({ wanted }) => jsonChange(wanted),
  outcomeOf: ({ path }, result) => resourceOutcome(path, result),
  hintsOf: (_, { note }) => (note.kept.size > 0 ? ['fieldsKept'] : []),
});

/** @throws {InvalidParameter} */
function parseChanges(value: unknown): JsonObject {
  const changes = parseJsonObject(CHANGES, value);
  const names = Object.keys(changes);
  const kept = names.find((name) => KEPT_BY_GENESYS.has(name));
  if (kept !== undefined) {
    throw new InvalidParameter(
      CHANGES,
      `${quoted(kept)} is not for you to change: Genesys Cloud keeps it itself.`,
      kept === 'version'
        ? 'Remove it: each write goes out with the version that was read.'
        : 'Remove it.',
    );
  }
  if (names.length > 0) return changes;
  throw new InvalidParameter(CHANGES, 'There is nothing to change.', 'Give at least one field.');
}

/** By pointer, whether it is given by pointers or as an object like that which is meant. */
function parseExpected(options: Collection): ReadonlyMap<string, Json> {
  const given = givenOr(options, 'onlyIfEquals', '');
  if (isBlank(given)) return new Map();
  const expected = Object.entries(parseJsonObject(ONLY_IF_EQUALS, given));
  return new Map(
    expected.flatMap(([name, value]) =>
      name.startsWith('/') ? [[name, value] as const] : [...leavesOf({ [name]: value })],
    ),
  );
}
