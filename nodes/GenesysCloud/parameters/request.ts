import type { WantedAttributes } from '../../../genesys/stores/attribute-change';
import { quoted } from '../../../genesys/transport/excerpt';
import type { ParticipantRequest } from '../running/item-request';
import { parseFields, parseJson, parseNames } from './attributes';
import { inputMode, removalCondition } from './choices';
import { type Collection, parseCollection } from '../../parameters/collection';
import { parseConversationId } from './conversation-id';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { parseOptions, parseSharedOptions, parseTerms, type SharedOptions } from './options';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { parseParticipant } from './participant';
import { parseRetry } from './retry';

/** What an item asks for that changes attributes, beside the change itself. */
export interface AttributeRequest extends ParticipantRequest {
  readonly returns: SharedOptions['returns'];
}

/** What one input item asks for, checked. */
export interface Request extends AttributeRequest {
  readonly wanted: WantedAttributes;
  /** How many attributes are left alone because their values are missing. */
  readonly skipped: number;
}

/** The parameters of the operations as the panel shows them. */
const DISPLAY_NAMES = {
  conversationId: 'Conversation ID',
  participant: 'Participant',
  attribute: 'Attribute',
  amount: 'Amount',
  value: 'Value',
  attributeNames: 'Attributes to Remove',
  inputMode: 'Attributes As',
  attributes: 'Attributes to Set',
  attributesJson: 'Attributes to Set (JSON)',
  retry: 'Retry and Backoff',
  options: 'Options',
};

/** The parameters of one item, by the names by which they are read. */
export type Parameters = (name: keyof typeof DISPLAY_NAMES) => unknown;

export function parametersOf(reader: ParameterReader, itemIndex: number): Parameters {
  return (name) => reader.read(name, DISPLAY_NAMES[name], itemIndex);
}

/** @throws {InvalidParameter} */
export function optionsGiven(parameter: Parameters): Collection {
  return parseCollection(DISPLAY_NAMES.options, parameter('options'));
}

/**
 * What all operations on attributes ask for alike.
 *
 * @throws {InvalidParameter}
 */
export function attributeRequest(
  itemIndex: number,
  parameter: Parameters,
  given: Collection,
): AttributeRequest {
  const conversationId = parseConversationId(parameter('conversationId'));
  const participant = parseParticipant(parameter('participant'));
  const { waitUntilVisible, ...shared } = parseSharedOptions(given);
  const { policy, patienceMs } = parseRetry(parameter('retry'));
  return {
    itemIndex,
    conversationId,
    participant,
    linksContact: false,
    ...shared,
    policy: { ...policy, waitUntilVisible },
    patienceMs,
  };
}

/** @throws {InvalidParameter} */
export function readRequest(reader: ParameterReader, itemIndex: number): Request {
  const parameter = parametersOf(reader, itemIndex);
  const given = optionsGiven(parameter);
  const request = attributeRequest(itemIndex, parameter, given);
  const { skipped, wanted } = readWanted(parameter, given);
  return {
    ...request,
    linksContact: wanted.externalContactId !== undefined,
    wanted,
    skipped,
  };
}

/**
 * Which attributes are to be set and removed, and on which terms.
 *
 * @throws {InvalidParameter}
 */
export function readWanted(
  parameter: Parameters,
  given: Collection,
): Pick<Request, 'skipped' | 'wanted'> {
  const mode = inputMode.parse(parameter('inputMode'));
  const { missingValues, ...others } = parseOptions(given);
  const { attributes: set, skipped } =
    mode === 'json'
      ? parseJson(parameter('attributesJson'), missingValues)
      : parseFields(parameter('attributes'), missingValues);

  const both = [...others.remove].find((name) => set.has(name));
  if (both !== undefined) {
    throw new InvalidParameter(
      'Attributes to Remove',
      `Attribute ${quoted(both)} is to be set as well.`,
      'Decide for one of the two.',
    );
  }
  const isEmpty = set.size === 0 && others.remove.size === 0 && skipped === 0;
  if (isEmpty && others.externalContactId === undefined) {
    throw new InvalidParameter(
      DISPLAY_NAMES[mode === 'json' ? 'attributesJson' : 'attributes'],
      'There is nothing to set and nothing to remove.',
      'Add at least one attribute.',
    );
  }
  return { wanted: { set, ...others }, skipped };
}

/**
 * Which attributes are to be removed, and on which terms.
 *
 * @throws {InvalidParameter}
 */
export function readRemoval(parameter: Parameters, given: Collection): WantedAttributes {
  const name = DISPLAY_NAMES.attributeNames;
  const remove = parseNames(name, parameter('attributeNames'));
  if (remove.size === 0) {
    throw new InvalidParameter(name, 'There is nothing to remove.', 'Add at least one name.');
  }
  return { set: new Map(), remove, ...parseTerms(given, removalCondition) };
}
