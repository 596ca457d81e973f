import type { INodeProperties } from 'n8n-workflow';

import type { UpdatePolicy } from '../../../core';
import { type Collection, parseCollection } from '../../parameters/collection';
import { flagIn } from '../../parameters/flag';
import { optionsProperty } from './options-property';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { parseConversationId } from './conversation-id';
import { parseRetry, retryProperties } from './retry';

const CONCURRENCY = 'How many conversations to read at the same time';

/** "Options" of an operation, with these: in the order of their names, as n8n wants it. */
export function optionsOf(...options: readonly INodeProperties[]): INodeProperties {
  return {
    ...optionsProperty,
    options: options.toSorted((one, other) => one.displayName.localeCompare(other.displayName)),
  };
}

/** Options that an operation shares with Set Attributes. */
export function sharedOption(name: string, description?: string): INodeProperties {
  const found = optionsProperty.options?.find((option) => option.name === name);
  return { ...(found as INodeProperties), ...(description && { description }) };
}

export const concurrencyOption = sharedOption('concurrency', CONCURRENCY);

export const simplifyOption: INodeProperties = {
  displayName: 'Simplify',
  name: 'simplify',
  type: 'boolean',
  default: true,
  description: 'Whether to return what is worth knowing instead of all that Genesys Cloud sends',
};

/** The collection "Retry and Backoff" without the notice, which is about writes. */
export const readingRetryProperties = retryProperties.filter(({ type }) => type !== 'notice');

/** The same for what has a timeout of its own. */
export const waitingRetryProperties = readingRetryProperties.map((property) => ({
  ...property,
  ...(property.options && {
    options: property.options.filter(({ name }) => name !== 'totalTimeout'),
  }),
}));

export const conversationIdProperty: INodeProperties = {
  displayName: 'Conversation ID',
  name: 'conversationId',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. 2f9e3c1a-5b7d-4e8f-9a0b-1c2d3e4f5a6b',
  description: 'The conversation to look at, live or ended not long ago',
};

/** What all operations on what is there have in common. */
export interface Patient {
  readonly itemIndex: number;
  readonly policy: UpdatePolicy;
  /** In ms, for a conversation or participant that is not there yet; 0 for none. */
  readonly patienceMs: number;
}

/** @throws {InvalidParameter} */
export function readPatience(reader: ParameterReader, itemIndex: number): Patient {
  return { itemIndex, ...parseRetry(reader.read('retry', 'Retry and Backoff', itemIndex)) };
}

/** @throws {InvalidParameter} */
export function readConversationIdOf(reader: ParameterReader, itemIndex: number): string {
  return parseConversationId(reader.read('conversationId', 'Conversation ID', itemIndex));
}

/** @throws {InvalidParameter} */
export function readOptions(reader: ParameterReader, itemIndex: number): Collection {
  return parseCollection('Options', reader.read('options', 'Options', itemIndex));
}

/** @throws {InvalidParameter} */
export function parseSimplify(options: Collection): boolean {
  return flagIn(options, 'Simplify', 'simplify', true);
}
