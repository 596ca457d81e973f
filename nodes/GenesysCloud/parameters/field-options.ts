import type { INodeProperties } from 'n8n-workflow';

import type { Json } from '../../../genesys/stores/json/json';
import { leavesOf } from '../../../genesys/stores/json/pointer';
import { isBlank } from '../../parameters/blank';
import { type Collection, givenOr } from '../../parameters/collection';
import { conflictPolicy } from './choices';
import { parseJsonObject } from './json-value';

export const ONLY_IF_EQUALS = 'Only If Equals';

/** The conflict policy where fields are written. */
export const fieldPolicyOption: INodeProperties = {
  ...conflictPolicy.property,
  description:
    'What to do about a field that somebody else set to another value after this node first read it, and before it writes. All other fields are always kept.',
};

/** The condition where fields are written. */
export const onlyIfEqualsOption: INodeProperties = {
  displayName: ONLY_IF_EQUALS,
  name: 'onlyIfEquals',
  type: 'json',
  default: '{}',
  placeholder: 'e.g. { "campaignStatus": "off" }',
  description:
    'What fields must be for anything to be written, else the item fails. Give them by name as in Changes, or by JSON pointer such as "/contactList/id"; null stands for a field that is not there.',
};

/**
 * By pointer, whether it is given by pointers or as an object like that which is meant.
 *
 * @throws {InvalidParameter}
 */
export function parseExpectedFields(options: Collection): ReadonlyMap<string, Json> {
  const given = givenOr(options, 'onlyIfEquals', '');
  if (isBlank(given)) return new Map();
  const expected = Object.entries(parseJsonObject(ONLY_IF_EQUALS, given));
  return new Map(
    expected.flatMap(([name, value]) =>
      name.startsWith('/') ? [[name, value] as const] : [...leavesOf({ [name]: value })],
    ),
  );
}
