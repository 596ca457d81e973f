import type { WantedAttributes } from '../../../genesys/stores/attribute-change';
import { quoted } from '../../../genesys/transport/excerpt';
import type { ParticipantRequest } from '../running/item-request';
import { parseFields, parseJson } from './attributes';
import { inputMode } from './choices';
import { parseConversationId } from './conversation-id';
import { InvalidParameter } from '../../parameters/invalid-parameter';
import { type Options, parseOptions } from './options';
import type { ParameterReader } from '../../parameters/parameter-reader';
import { parseParticipant } from './participant';
import { parseRetry } from './retry';

/** What one input item asks for, checked. */
export interface Request extends ParticipantRequest {
  readonly returns: Options['returns'];
  readonly wanted: WantedAttributes;
  /** How many attributes are left alone because their values are missing. */
  readonly skipped: number;
}

/** The parameters of the operation as the panel shows them. */
const DISPLAY_NAMES = {
  conversationId: 'Conversation ID',
  participant: 'Participant',
  inputMode: 'Attributes As',
  attributes: 'Attributes to Set',
  attributesJson: 'Attributes to Set (JSON)',
  retry: 'Retry and Backoff',
  options: 'Options',
};

/** @throws {InvalidParameter} */
export function readRequest(reader: ParameterReader, itemIndex: number): Request {
  const parameter = (name: keyof typeof DISPLAY_NAMES): unknown =>
    reader.read(name, DISPLAY_NAMES[name], itemIndex);
  const conversationId = parseConversationId(parameter('conversationId'));
  const participant = parseParticipant(parameter('participant'));
  const mode = inputMode.parse(parameter('inputMode'));
  const { missingValues, onlyIfConnected, writeMethod, returns, waitUntilVisible, ...others } =
    parseOptions(parameter('options'));
  const { attributes: set, skipped } =
    mode === 'json'
      ? parseJson(parameter('attributesJson'), missingValues)
      : parseFields(parameter('attributes'), missingValues);
  const { policy, patienceMs } = parseRetry(parameter('retry'));

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
  return {
    itemIndex,
    conversationId,
    participant,
    writeMethod,
    linksContact: others.externalContactId !== undefined,
    returns,
    wanted: { set, ...others },
    onlyIfConnected,
    skipped,
    policy: { ...policy, waitUntilVisible },
    patienceMs,
  };
}
