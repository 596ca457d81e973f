import type { LocateLimits, RequestLimits, Snapshot, UpdatePolicy } from '../../../core';
import type { GenesysClient } from '../../../genesys/client';
import type { ConversationDocument } from '../../../genesys/conversations/conversation';
import { type VersionedResource, VersionedStore } from '../../../genesys/stores/versioned-store';
import { storeError } from '../../../genesys/transport/failure';
import { GenesysError } from '../../../genesys/transport/genesys-error';
import type { ReadingRun } from './read-each';

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
 * Reads a versioned resource, and tries again as the policy says.
 *
 * @throws {UpdateError}
 */
export async function readResource<Reply, Raw>(
  resource: VersionedResource<Reply, Raw>,
  policy: UpdatePolicy,
  run: ReadingRun,
): Promise<Snapshot<Raw>> {
  const store = new VersionedStore(run.client, resource, run.shared.merging);
  return await persistently(
    async (limits) => await inTurn(run.client, (inTime) => store.read(inTime), limits),
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
 * Asks with one request when it is its turn within the requests a minute.
 *
 * @throws {GenesysError} or a {@link StoreError}
 */
export async function inTurn<Reply>(
  client: GenesysClient,
  ask: (limits: RequestLimits) => Promise<Reply>,
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
    if (!signal?.aborted) throw client.leaves.noneInTime;
    throw new GenesysError('The request was given up.', { kind: 'aborted', sent: false });
  }
  try {
    return await ask({ timeoutMs, permit, ...(signal && { signal }) });
  } finally {
    permit.giveBack();
  }
}
