import { Lanes, strategies, systemClock, type UpdatePolicy, type UpdateResult } from '../../core';
import { Shared } from '../../genesys/shared';
import type { AttributeNote } from '../../genesys/stores/attribute-change';
import { locateParticipant } from '../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';
import { type Account, clientOf } from '../genesys/client-of';

type AttributeLanes = Lanes<ParticipantRaw, AttributeNote>;

/** Whom a process updates, and where. */
export interface LoneClient extends Account {
  readonly conversationId: string;
  readonly participantId: string;
}

/** The default of the node. */
export const POLICY: UpdatePolicy = {
  maxAttempts: 30,
  totalTimeoutMs: 30_000,
  requestTimeoutMs: 10_000,
  backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
};

/** Updates one participant with the defaults of the node, without n8n around it. */
export function updaterOf(
  { conversationId, participantId, ...account }: LoneClient,
  writeMethod: 'auto' | 'versioned',
): (
  change: Parameters<AttributeLanes['update']>[1],
) => Promise<UpdateResult<ParticipantRaw, AttributeNote>> {
  const shared = new Shared();
  const client = clientOf(account, shared);
  const lanes: AttributeLanes = new Lanes({ clock: systemClock, random: Math.random });
  return async (change) =>
    await lanes.update(
      locateParticipant(client, shared, {
        conversationId,
        participant: { id: participantId },
        writeMethod,
      }),
      change,
      POLICY,
    );
}
