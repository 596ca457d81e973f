import type { INodeProperties } from 'n8n-workflow';

import type { UpdateResult } from '../../../core';
import type { AttributeNote } from '../../../genesys/stores/attribute-change';
import type { ParticipantRaw } from '../../../genesys/stores/participant-parts';
import type { HintKind } from '../hints';
import { parseNameToSet } from './attributes';

/** The field that says which attribute is meant. */
export function attributeProperty(placeholder: string): INodeProperties {
  return {
    displayName: 'Attribute',
    name: 'attribute',
    type: 'string',
    required: true,
    default: '',
    placeholder,
    description: 'The name of the attribute. All others stay as they are.',
  };
}

/** @throws {InvalidParameter} */
export function parseAttribute(value: unknown): string {
  return parseNameToSet('Attribute', value);
}

/** What a person should know of an item that has counted or appended. */
export function hintsOfSingle(
  _: unknown,
  { outcome, snapshot }: UpdateResult<ParticipantRaw, AttributeNote>,
): readonly HintKind[] {
  return snapshot.raw.writeMethod === 'patch' && outcome !== 'unchanged'
    ? ['countedWithoutVersion']
    : [];
}
