import type { GenesysClient } from '../client';
import type { ParticipantChoice } from './conversation';

/**
 * Keeps requests about a participant from being sent until all updates of it are there that are about
 * to come. Whoever is chosen by purpose is looked up first, and it is the look-up that waits.
 *
 * @returns what to call when they are there.
 */
export function gather(
  { limits }: GenesysClient,
  conversationId: string,
  choice: ParticipantChoice,
): () => void {
  return limits.hold(('id' in choice ? choice.id : conversationId).toLowerCase());
}
