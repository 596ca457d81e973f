import type { INodeProperties } from 'n8n-workflow';

import {
  jsonChange,
  type JsonNote,
  type WantedJson,
} from '../../../genesys/stores/json/json-change';
import type { JsonObject } from '../../../genesys/stores/json/json';
import { namesIn } from '../../../genesys/stores/json/pointer';
import {
  type JsonRaw,
  type JsonTarget,
  KEPT_BY_GENESYS,
  versionedJson,
} from '../../../genesys/stores/json/versioned-json';
import { quoted } from '../../../genesys/transport/excerpt';
import { RESOURCE_WRITTEN, SECURE_WRITTEN } from '../../failure/failure-title';
import { discreetly, InvalidParameter } from '../../parameters/invalid-parameter';
import { conflictPolicy } from '../parameters/choices';
import {
  fieldPolicyOption,
  ONLY_IF_EQUALS,
  onlyIfEqualsOption,
  parseExpectedFields,
} from '../parameters/field-options';
import { parseJsonObject } from '../parameters/json-value';
import { optionsOf, readOptions, readPatience, sharedOption } from '../parameters/reading';
import { retryProperties } from '../parameters/retry';
import { kindProperties, readTarget } from '../parameters/versioned-kind';
import { resourceOutcome } from '../outcomes/resource';
import type { RecordRequest } from '../running/item-request';
import { versionedUpdate } from './operation';

const CHANGES = 'Changes';

const changesProperty: INodeProperties = {
  displayName: CHANGES,
  name: 'changes',
  type: 'json',
  default: '{}',
  placeholder: 'e.g. { "dialingMode": "preview" }',
  description:
    'Only what is to change, as a JSON merge patch (RFC 7396): null removes a field, objects are merged, lists are replaced as a whole. All other fields stay as they are.',
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
      fieldPolicyOption,
      onlyIfEqualsOption,
    ),
    ...retryProperties,
  ],
  read: (reader, itemIndex) => {
    const target = readTarget(reader, itemIndex);
    const { isSecret, path } = target;
    const readWanted = (): WantedJson => {
      const options = readOptions(reader, itemIndex);
      return {
        patch: parseChanges(reader.read('changes', CHANGES, itemIndex)),
        conflictPolicy: conflictPolicy.in(options),
        expected: expectedIn(parseExpectedFields(options)),
        isSecret,
      };
    };
    return {
      ...readPatience(reader, itemIndex),
      path,
      target,
      told: { goal: isSecret ? SECURE_WRITTEN : RESOURCE_WRITTEN },
      wanted: isSecret ? discreetly(readWanted) : readWanted(),
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

/**
 * What fields must be: of what Genesys Cloud keeps itself, nobody could tell our own from another's.
 *
 * @throws {InvalidParameter}
 */
function expectedIn(expected: WantedJson['expected']): WantedJson['expected'] {
  const names = [...expected.keys()].map((pointer) => namesIn(pointer)[0] ?? '');
  const kept = names.find((name) => KEPT_BY_GENESYS.has(name));
  if (kept === undefined) return expected;
  throw new InvalidParameter(
    ONLY_IF_EQUALS,
    `${quoted(kept)} is kept by Genesys Cloud itself, and cannot be a condition.`,
    'Name the fields that matter instead.',
  );
}
