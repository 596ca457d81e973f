import { parseId } from '../../parameters/ids';
import type { ParameterReader } from '../../parameters/parameter-reader';

const CONVERSATION_ID = 'Conversation ID';

/** @throws {InvalidParameter} */
export function parseConversationId(value: unknown): string {
  return parseId(CONVERSATION_ID, value);
}

/** The conversation that an item is about, where its parameters tell so much, be the others wrong. */
export function readConversationId(reader: ParameterReader, itemIndex: number): string | null {
  try {
    return parseConversationId(reader.read('conversationId', CONVERSATION_ID, itemIndex));
  } catch {
    return null;
  }
}
