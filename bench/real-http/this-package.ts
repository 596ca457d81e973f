import { Lanes, strategies, systemClock } from '../../core';
import { attributeChange, type AttributeNote } from '../../genesys/stores/attribute-change';
import { GenesysClient } from '../../genesys/client';
import { locateParticipant } from '../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';
import { serveWriter } from './serve-writer';
import { type Account, BOUNDS, type Writer } from './writer';
import { Shared } from '../../genesys/shared';

const shared = new Shared();

/** Enough never to be what is measured. */
const REQUESTS_PER_MINUTE = 1_000_000;

/** What the node does for an item, without n8n around it, as the other ways have none. */
function thisPackage({ url, clientId, clientSecret }: Account): Writer {
  const client = new GenesysClient(
    {
      loginUrl: url,
      apiUrl: url,
      clientId,
      clientSecret,
      requestsPerMinute: REQUESTS_PER_MINUTE,
    },
    shared,
  );
  const lanes = new Lanes<ParticipantRaw, AttributeNote>({
    clock: systemClock,
    random: Math.random,
  });
  return async ({ conversationId, participantId }, name, strategy) => {
    await lanes.update(
      locateParticipant(client, shared, {
        conversationId,
        participant: { id: participantId },
        writeMethod: 'auto',
      }),
      attributeChange({
        set: new Map([[name, name]]),
        remove: new Set(),
        conflictPolicy: 'overwrite',
        condition: { kind: 'always' },
      }),
      {
        maxAttempts: 1000,
        totalTimeoutMs: 120_000,
        requestTimeoutMs: 10_000,
        backoff: strategies[strategy](BOUNDS),
      },
    );
  };
}

serveWriter(thisPackage);
