import { Lanes, strategies, systemClock, type UpdatePolicy, type UpdateResult } from '../../core';
import { GenesysClient } from '../../genesys/client';
import { Shared } from '../../genesys/shared';
import type { AttributeNote } from '../../genesys/stores/attribute-change';
import { locateParticipant } from '../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';

type AttributeLanes = Lanes<ParticipantRaw, AttributeNote>;

/** In whose name a process updates, and where. */
export interface Account {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

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

/** The client of a process without n8n around it. */
export function clientOf({ clientId, clientSecret, url }: Account, shared: Shared): GenesysClient {
  return new GenesysClient(
    { loginUrl: url, apiUrl: url, clientId, clientSecret, requestsPerMinute: 100_000 },
    shared,
  );
}

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
