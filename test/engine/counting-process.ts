/**
 * One process of several, on its own: counts one attribute of one participant up, so many times.
 *
 * Arguments: the settings as JSON. Prints as JSON what became of each update.
 */
import { type Change, Lanes, strategies, systemClock, textOf, UpdateError } from '../../core';
import { GenesysClient } from '../../genesys/client';
import { locateParticipant } from '../../genesys/stores/participant-record';
import { attributePart, type ParticipantRaw } from '../../genesys/stores/participant-parts';
import { Shared } from '../../genesys/shared';

const shared = new Shared();

export interface CountingSettings {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly conversationId: string;
  readonly participantId: string;
  readonly updates: number;
  /** So many updates are under way at a time. */
  readonly atATime: number;
  /** Wall-clock time to begin at. */
  readonly startAt: number;
}

/** What an update has counted to and how many attempts that took, or why it gave up. */
export type Counted = { readonly count: number; readonly attempts: number } | string;

const COUNTER = attributePart('counter');

const countUp: Change<ParticipantRaw, number> = {
  idempotent: false,
  apply: ({ parts }) => {
    const count = Number(textOf(parts, COUNTER)) + 1;
    const change = { from: parts.get(COUNTER) ?? null, to: String(count) };
    return { kind: 'write', delta: new Map([[COUNTER, change]]), note: count };
  },
};

async function main(settings: CountingSettings): Promise<void> {
  const { url, clientId, clientSecret, conversationId, participantId } = settings;
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
  const lanes = new Lanes<ParticipantRaw, number>({ clock: systemClock, random: Math.random });
  const update = async (): Promise<Counted> => {
    try {
      const { attempts, note } = await lanes.update(
        locateParticipant(client, shared, {
          conversationId,
          participant: { id: participantId },
          writeMethod: 'versioned',
        }),
        countUp,
        {
          maxAttempts: 30,
          totalTimeoutMs: 30_000,
          requestTimeoutMs: 10_000,
          backoff: strategies.adaptive({ baseMs: 100, maxMs: 5000 }),
        },
      );
      return { count: note, attempts };
    } catch (error) {
      if (error instanceof UpdateError) return `${error.reason}: ${error.message}`;
      throw error;
    }
  };
  await systemClock.sleep(Math.max(0, settings.startAt - Date.now()));
  const counted: Counted[] = [];
  let left = settings.updates;
  const oneAfterAnother = async () => {
    while (left-- > 0) counted.push(await update());
  };
  await Promise.all(Array.from({ length: settings.atATime }, oneAfterAnother));
  process.stdout.write(JSON.stringify(counted));
}

void main(JSON.parse(process.argv[2] ?? '') as CountingSettings);
