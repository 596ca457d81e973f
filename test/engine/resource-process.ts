/**
 * One process of several, on its own: sets so many fields of one resource, one update for each, all at
 * once, without n8n around it. Ends by itself when nothing keeps it alive any more.
 *
 * Arguments: the settings as JSON. Prints the outcomes as JSON.
 */
import { strategies, systemClock } from '../../core';
import { GenesysClient } from '../../genesys/client';
import { Shared } from '../../genesys/shared';
import { jsonChange, type JsonNote } from '../../genesys/stores/json/json-change';
import {
  type JsonRaw,
  type JsonTarget,
  versionedJson,
} from '../../genesys/stores/json/versioned-json';
import { versionedRecord } from '../../genesys/stores/versioned-record';

export interface ResourceProcessSettings {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly target: JsonTarget;
  /** The names of the fields to set. */
  readonly names: readonly string[];
  /** Wall-clock time to begin at. */
  readonly startAt: number;
}

async function main(settings: ResourceProcessSettings): Promise<void> {
  const { clientId, clientSecret, names, startAt, target, url } = settings;
  const shared = new Shared();
  const client = new GenesysClient(
    { loginUrl: url, apiUrl: url, clientId, clientSecret, requestsPerMinute: 100_000 },
    shared,
  );
  const located = versionedRecord(client, shared, versionedJson(target));
  await systemClock.sleep(Math.max(0, startAt - Date.now()));
  const outcomes = await Promise.all(
    names.map(async (name) => {
      const { outcome } = await shared.lanes.update<JsonRaw, JsonNote>(
        () => Promise.resolve(located),
        jsonChange({ patch: { [name]: name }, conflictPolicy: 'overwrite', expected: new Map() }),
        {
          maxAttempts: 30,
          totalTimeoutMs: 30_000,
          requestTimeoutMs: 10_000,
          backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
        },
      );
      return outcome;
    }),
  );
  process.stdout.write(JSON.stringify(outcomes));
}

void main(JSON.parse(process.argv[2] ?? '') as ResourceProcessSettings);
