import type { INodeProperties } from 'n8n-workflow';

import type { WantedAttributes } from '../../../genesys/stores/attribute-change';
import { SECURE_WRITTEN } from '../../failure/failure-title';
import { discreetly } from '../../parameters/invalid-parameter';
import type { ParameterReader } from '../../parameters/parameter-reader';
import type { RecordRequest } from '../running/item-request';
import { parseConversationId } from './conversation-id';
import { parseSharedOptions, type SharedOptions } from './options';
import { optionsOf } from './options-property';
import { conversationIdProperty } from './reading';
import { optionsGiven, type Parameters, parametersOf } from './request';
import { parseRetry } from './retry';

/** The field that says whose secure attributes are meant. */
export const secureConversationProperty: INodeProperties = {
  ...conversationIdProperty,
  description:
    'The conversation whose secure attributes are meant: they are not those of a participant',
};

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  condition: 'When to change anything',
  conflictPolicy:
    'What to do about an attribute that somebody else set to another value after this node first read it, and before it writes. All other attributes are always kept.',
  concurrency:
    'Tuning. How many conversations to work on at the same time. All items of one conversation are combined, usually into one read and one write.',
  return: 'What comes out, all of it under "secure"',
  waitUntilVisible:
    'Whether to wait until the new values can be read (tuning). Genesys Cloud accepts a write before it shows; without waiting, nobody sees whether it does.',
};

/**
 * The collection "Options" of an operation on secure attributes.
 *
 * @param job what is its own
 * @param names what it shares with Set Attributes
 */
export function secureOptions(
  job: readonly INodeProperties[],
  names: readonly string[],
): INodeProperties {
  const collection = optionsOf(job, [...names, 'return']);
  const options = (collection.options ?? []) as INodeProperties[];
  return {
    ...collection,
    options: options
      .filter(({ name }) => name !== 'writeMethod')
      .map((option) => {
        const description = DESCRIPTIONS[option.name];
        return description === undefined ? option : { ...option, description };
      }),
  };
}

/** What an item asks for of the secure attributes of a conversation. */
export interface SecureRequest extends RecordRequest {
  readonly conversationId: string;
  readonly returns: SharedOptions['returns'];
  readonly wanted: WantedAttributes;
  /** How many attributes are left alone because their values are missing. */
  readonly skipped: number;
}

/**
 * @param readWanted reads what is wanted, of which no message tells a value
 * @throws {InvalidParameter}
 */
export function readSecureRequest(
  reader: ParameterReader,
  itemIndex: number,
  readWanted: (
    parameter: Parameters,
    given: ReturnType<typeof optionsGiven>,
  ) => Pick<SecureRequest, 'skipped' | 'wanted'>,
): SecureRequest {
  const parameter = parametersOf(reader, itemIndex);
  const conversationId = parseConversationId(parameter('conversationId'));
  const { policy, patienceMs } = parseRetry(parameter('retry'));
  return discreetly(() => {
    const given = optionsGiven(parameter);
    const { returns, waitUntilVisible } = parseSharedOptions(given);
    const { skipped, wanted } = readWanted(parameter, given);
    return {
      itemIndex,
      conversationId,
      policy: { ...policy, waitUntilVisible },
      patienceMs,
      told: { goal: SECURE_WRITTEN },
      returns,
      wanted: { ...wanted, areSecret: true },
      skipped,
    };
  });
}
