import { setTimeout as sleep } from 'node:timers/promises';

import { Lanes, strategies, systemClock } from '../../core';
import { GenesysClient } from '../../genesys/client';
import { participantPath, readParticipants } from '../../genesys/conversations/conversation';
import { Shared } from '../../genesys/shared';
import { attributeChange, type AttributeNote } from '../../genesys/stores/attribute-change';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';
import { locateParticipant } from '../../genesys/stores/participant-record';
import { acceptance } from '../../genesys/transport/reply';
import type { Simulator } from '../../simulator';

/** Enough never to be what is measured. */
const REQUESTS_PER_MINUTE = 1_000_000;
const LIMITS = { timeoutMs: 10_000 };

/** What people wait before they look whether it is there. */
const FIXED_WAIT_MS = 1000;

export interface Target {
  readonly conversationId: string;
  readonly participantId: string;
  readonly purpose: string;
}

/** Sets an attribute to a value, and waits until it can be seen, or does not. */
export type SetAttribute = (target: Target, value: string) => Promise<void>;

/** A client in a process of its own that counts its requests, and notes when each PATCH was accepted. */
class CountingClient extends GenesysClient {
  requests = 0;
  patches = 0;
  /** By the ID of the participant. */
  readonly acceptedAt = new Map<string, number>();

  override call: GenesysClient['call'] = async (request, schema, limits) => {
    this.requests++;
    if (request.method === 'PATCH') this.patches++;
    const reply = await super.call(request, schema, limits);
    const [, participantId] = /\/participants\/([^/]+)\/attributes$/.exec(request.path) ?? [];
    if (participantId) this.acceptedAt.set(participantId, performance.now());
    return reply;
  };
}

/** Somebody who sets attributes, and what that costs. */
export interface Caller {
  readonly client: Pick<CountingClient, 'requests' | 'patches' | 'acceptedAt'>;
  readonly set: SetAttribute;
}

export type Way = 'id' | 'purpose' | 'unseen' | 'fixed';

/** The ways to do it: this package by ID, by purpose and without waiting; and what is done without it. */
export function callerOf(way: Way, simulator: Simulator): Caller {
  const shared = new Shared();
  const { url, clientId, clientSecret } = simulator;
  const account = { loginUrl: url, apiUrl: url, clientId, clientSecret };
  const client = new CountingClient({ ...account, requestsPerMinute: REQUESTS_PER_MINUTE }, shared);
  return { client, set: way === 'fixed' ? fixedWait(client) : thisPackage(client, shared, way) };
}

function thisPackage(
  client: GenesysClient,
  shared: Shared,
  way: Exclude<Way, 'fixed'>,
): SetAttribute {
  const lanes = new Lanes<ParticipantRaw, AttributeNote>({
    clock: systemClock,
    random: Math.random,
  });
  return async ({ conversationId, participantId: id, purpose }, value) => {
    await lanes.update(
      locateParticipant(client, shared, {
        conversationId,
        participant: way === 'purpose' ? { purpose } : { id },
        writeMethod: 'auto',
      }),
      attributeChange({
        set: new Map([['priority', value]]),
        remove: new Set(),
        conflictPolicy: 'overwrite',
        condition: { kind: 'always' },
      }),
      {
        maxAttempts: 30,
        totalTimeoutMs: 30_000,
        requestTimeoutMs: LIMITS.timeoutMs,
        backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
        waitUntilVisible: way !== 'unseen',
      },
    );
  };
}

/** PATCH, wait, GET, compare, and wait again. */
function fixedWait(client: GenesysClient): SetAttribute {
  return async ({ conversationId, participantId }, priority) => {
    const path = `${participantPath(conversationId, participantId)}/attributes`;
    await client.call(
      { method: 'PATCH', path, body: { attributes: { priority } } },
      acceptance,
      LIMITS,
    );
    for (;;) {
      await sleep(FIXED_WAIT_MS);
      const participants = await readParticipants(client, conversationId, LIMITS);
      const shown = participants.find(({ id }) => id === participantId)?.['attributes'];
      if (JSON.stringify(shown).includes(`"${priority}"`)) return;
    }
  };
}
