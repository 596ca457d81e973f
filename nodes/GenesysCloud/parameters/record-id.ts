import type { INodeProperties } from 'n8n-workflow';

import { parseId } from '../../parameters/ids';
import type { ParameterReader } from '../../parameters/parameter-reader';

const RECORD_ID = 'Record ID';

/** The field that says which record of custom attributes is meant. */
export const recordIdProperty: INodeProperties = {
  displayName: RECORD_ID,
  name: 'recordId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. 9a8b7c6d-5e4f-4a3b-8c2d-1e0f9a8b7c6d',
  description: 'The record of custom attributes. Whoever makes it chooses its ID, which is a UUID.',
};

/** @throws {InvalidParameter} */
export function readRecordId(reader: ParameterReader, itemIndex: number): string {
  return parseId(RECORD_ID, reader.read('recordId', RECORD_ID, itemIndex));
}
