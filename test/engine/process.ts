/**
 * One process of several, on its own: sets so many attributes of one participant, one update for each,
 * all at once, without n8n around it. Ends by itself when nothing keeps it alive any more.
 *
 * Arguments: the settings as JSON. Prints the outcomes as JSON.
 */
import { Lanes, strategies, systemClock } from '../../core';
import { attributeChange, type AttributeNote } from '../../genesys/stores/attribute-change';
import { GenesysClient } from '../../genesys/client';
import { locateParticipant } from '../../genesys/stores/participant-record';
import type { ParticipantRaw } from '../../genesys/stores/participant-parts';
import { Shared } from '../../genesys/shared';

const shared = new Shared();

export interface ProcessSettings {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly conversationId: string;
  readonly participantId: string;
  /** The names of the attributes to set. */
  readonly names: readonly string[];
  /** Wall-clock time to begin at. */
  readonly startAt: number;
}

async function main(settings: ProcessSettings): Promise<void> {
  const { url, clientId, clientSecret, conversationId, participantId, names, startAt } = settings;
  const client = new GenesysClient(
    {
      loginUrl: url,
      apiUrl: url,
      clientId,
      clientSecret,
      requestsPerMinute: 100_000,
    },
    shared,
  );
  const lanes = new Lanes<ParticipantRaw, AttributeNote>({
    clock: systemClock,
    random: Math.random,
  });
  await systemClock.sleep(Math.max(0, startAt - Date.now()));
  const outcomes = await Promise.all(
    names.map(async (name) => {
      const { outcome, attempts, conflicts } = await lanes.update(
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
          maxAttempts: 30,
          totalTimeoutMs: 30_000,
          requestTimeoutMs: 10_000,
          backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
        },
      );
      return { outcome, attempts, conflicts };
    }),
  );
  process.stdout.write(JSON.stringify(outcomes));
}

void main(JSON.parse(process.argv[2] ?? '') as ProcessSettings);
