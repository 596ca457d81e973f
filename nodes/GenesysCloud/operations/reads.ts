import type * as z from 'zod/v4';

import type { LocateLimits, UpdatePolicy } from '../../../core';
import type { ApiRequest, GenesysClient } from '../../../genesys/client';
import type { ConversationDocument } from '../../../genesys/conversations/conversation';
import { storeError } from '../../../genesys/transport/failure';
import { GenesysError } from '../../../genesys/transport/genesys-error';
import type { ReadingRun } from '../running/read-each';

/** Timers go no further. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Reads a conversation, and tries again as the policy says.
 *
 * @param judge what is made of it; where that fails, the read has failed
 * @throws {UpdateError}
 */
export async function readConversation<Result>(
  conversationId: string,
  policy: UpdatePolicy,
  run: ReadingRun,
  judge: (conversation: ConversationDocument) => Result,
): Promise<Result> {
  return await persistently(
    async (limits) =>
      judge((await run.shared.conversations.read(run.client, conversationId, limits)).conversation),
    policy,
    run,
  );
}

/**
 * Asks, and tries again as the policy says.
 *
 * @throws {UpdateError}
 */
export async function persistently<Result>(
  ask: (limits: LocateLimits) => Promise<Result>,
  policy: UpdatePolicy,
  { shared, signal }: ReadingRun,
): Promise<Result> {
  const asked = async (limits: LocateLimits) => {
    try {
      return await ask(limits);
    } catch (error) {
      throw storeError(error, 'read');
    }
  };
  return await shared.lanes.read(asked, policy, signal);
}

/**
 * Sends a request when it is its turn within the requests a minute.
 *
 * @throws {GenesysError} or a {@link StoreError}
 */
export async function inTurn<Reply>(
  client: GenesysClient,
  request: ApiRequest,
  schema: z.ZodType<Reply>,
  { patienceMs, signal, timeoutMs }: LocateLimits,
): Promise<Reply> {
  const closed = client.limits.closed();
  if (closed) throw closed;
  const permit = await client.limits
    .permit(
      1,
      AbortSignal.any([
        AbortSignal.timeout(Math.min(Math.ceil(patienceMs), LONGEST_TIMER_MS)),
        ...(signal ? [signal] : []),
      ]),
    )
    .catch(() => undefined);
  if (!permit) {
    if (!signal?.aborted) throw client.noLeave;
    throw new GenesysError('The request was given up.', { kind: 'aborted', sent: false });
  }
  try {
    return await client.call(request, schema, { timeoutMs, permit, ...(signal && { signal }) });
  } finally {
    permit.giveBack();
  }
}
